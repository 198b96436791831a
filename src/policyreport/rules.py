"""Rules that reach across rows of the ledger: what each breach means, and how it is found.

Nothing is repaired here. A breach is a finding: shown on the data-quality page, or, as an error, the end of
the run. Rules on single cells (``unit-known``, ``area-known-in-period`` and alike) stop `load_ledger` at the
first breach; they stand in the table so that the page can name every rule that was held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Literal

import pandas as pd

from policyreport.observations.periods import period_bounds
from policyreport.observations.schema import KEY
from policyreport.records.base import Finding

Check = Callable[[pd.DataFrame], Iterator[tuple[tuple[str, ...], str]]]

# One list on one day: the cells a count is made of.
_SNAPSHOT = ["area", "list", "period", "reference_date"]
_SUM_PARTS = (
    "tasks_in_progress",
    "tasks_in_progress_on_schedule",
    "tasks_overdue",
    "tasks_recurring",
    "tasks_not_started",
    "tasks_not_completed",
)
# Without one of these the open tasks are not laid out, only some of them named.
_OPEN_PARTS = {"tasks_in_progress", "tasks_in_progress_on_schedule", "tasks_not_completed"}
_RATES = {
    "task_completion_rate": "tasks_completed",
    "tasks_recurring_share": "tasks_recurring",
    "tasks_in_progress_share": "tasks_in_progress_on_schedule",
    "tasks_not_completed_share": "tasks_not_completed",
}


@dataclass(frozen=True)
class Rule:
    """One rule of the ledger.

    Parameters
    ----------
    id : str
        Its name.
    severity : str
        ``error`` stops the run, ``warning`` and ``note`` are shown.
    sentence : str
        What holds where the rule is kept.
    check : callable, optional
        Ledger to breaches, each the rows and a message; None where `load_ledger` holds the rule.
    """

    id: str
    severity: Literal["error", "warning", "note"]
    sentence: str
    check: Check | None = None


def check_ledger(ledger: pd.DataFrame) -> list[Finding]:
    """Hold a ledger against every rule.

    Parameters
    ----------
    ledger : DataFrame
        What `load_ledger` gave, or the part of it known on a day.

    Returns
    -------
    list of Finding
        In the order of the table of rules, then of rows.
    """
    return [
        Finding(rule=rule.id, severity=rule.severity, rows=rows, message=message)
        for rule in RULES
        if rule.check is not None
        for rows, message in sorted(rule.check(ledger))
    ]


def duplicates(ledger: pd.DataFrame) -> Iterator[tuple[tuple[str, ...], str]]:
    """Find two figures of one key and one publication day.

    Parameters
    ----------
    ledger : DataFrame
        The ledger.

    Yields
    ------
    tuple
        Rows and message of each breach.
    """
    twice = ledger[ledger.duplicated([*KEY, "published"], keep=False)]
    for _, rows in twice.groupby([*KEY, "published"], dropna=False):
        values = ", ".join(f"{value:g}" for value in rows["value"])
        yield tuple(rows.index), f"{_what(rows)} has {len(rows)} figures of one day: {values}."


def sums_of_parts(ledger: pd.DataFrame) -> Iterator[tuple[tuple[str, ...], str]]:
    """Find counts whose printed parts do not add up to the printed total.

    Parameters
    ----------
    ledger : DataFrame
        The ledger.

    Yields
    ------
    tuple
        Rows and message of each breach.

    Notes
    -----
    Sources differ in whether "in progress" counts the overdue or the recurring, so the rule is kept if the
    completed and *some* choice of the printed open parts give the total. Completed must be on time plus late.
    """
    for rows, value, ids in _snapshots(ledger):
        total, done = value.get("tasks_total"), value.get("tasks_completed")
        parts = [name for name in _SUM_PARTS if name in value]
        if total is not None and done is not None and _OPEN_PARTS & set(parts):
            choices = [part for size in range(1, len(parts) + 1) for part in combinations(parts, size)]
            sums = [done + sum(value[name] for name in part) for part in choices]
            if total not in sums:
                nearest = min(sums, key=lambda each: abs(each - total))
                used = ("tasks_total", "tasks_completed", *parts)
                side = f"{abs(total - nearest):g} {'short of' if nearest < total else 'above'}"
                yield (
                    tuple(ids[name] for name in used),
                    f"{_what(rows)}: the parts add up to {nearest:g}, {side} {total:g}.",
                )
        on_time, late = value.get("tasks_completed_on_time"), value.get("tasks_completed_late")
        if None not in (done, on_time, late) and done != (on_time or 0) + (late or 0):
            used = ("tasks_completed", "tasks_completed_on_time", "tasks_completed_late")
            yield (
                tuple(ids[name] for name in used),
                f"{_what(rows)}: {on_time:g} on time and {late:g} late are not the {done:g} completed.",
            )


def parts_above_whole(ledger: pd.DataFrame) -> Iterator[tuple[tuple[str, ...], str]]:
    """Find a part that is larger than its whole.

    Parameters
    ----------
    ledger : DataFrame
        The ledger.

    Yields
    ------
    tuple
        Rows and message of each breach.
    """
    pairs = [("tasks_completed_on_time", "tasks_completed"), ("tasks_completed_late", "tasks_completed")]
    pairs += [(name, "tasks_total") for name in ("tasks_completed", *_SUM_PARTS)]
    for rows, value, ids in _snapshots(ledger):
        for part, whole in pairs:
            if part in value and whole in value and value[part] > value[whole]:
                yield (
                    (ids[part], ids[whole]),
                    f"{_what(rows)}: {part} {value[part]:g} is more than {whole} {value[whole]:g}.",
                )


def rates(ledger: pd.DataFrame) -> Iterator[tuple[tuple[str, ...], str]]:
    """Find printed percentages that the printed counts do not give, at the decimals printed.

    Parameters
    ----------
    ledger : DataFrame
        The ledger.

    Yields
    ------
    tuple
        Rows and message of each breach.
    """
    for rows, value, ids in _snapshots(ledger):
        for rate, count in _RATES.items():
            if rate in value and count in value and value.get("tasks_total"):
                computed = 100 * value[count] / value["tasks_total"]
                decimals = len(f"{value[rate]:g}".partition(".")[2])
                if abs(computed - value[rate]) > 0.5 * 10**-decimals + 1e-9:
                    yield (
                        (ids[rate], ids[count], ids["tasks_total"]),
                        f"{_what(rows)}: {rate} is printed as {value[rate]:g}; "
                        f"{value[count]:g} of {value['tasks_total']:g} is {computed:.2f}.",
                    )


def falling_counts(ledger: pd.DataFrame) -> Iterator[tuple[tuple[str, ...], str]]:
    """Find a list on which fewer tasks are completed than on an earlier day.

    Parameters
    ----------
    ledger : DataFrame
        The ledger.

    Yields
    ------
    tuple
        Rows and message of each breach.
    """
    done = ledger[(ledger["indicator"] == "tasks_completed") & ledger["reference_date"].notna()]
    for _, rows in done.groupby(["area", "list"]):
        ordered = rows.sort_values("reference_date", kind="stable")
        for before, after in zip(ordered.index[:-1], ordered.index[1:], strict=True):
            first, second = float(ordered["value"][before]), float(ordered["value"][after])
            if second < first:
                yield (before, after), f"{_what(rows)}: completed fell from {first:g} to {second:g}."


def changed_lists(ledger: pd.DataFrame) -> Iterator[tuple[tuple[str, ...], str]]:
    """Find consecutive counts of one area and issuing body that are on different lists.

    Parameters
    ----------
    ledger : DataFrame
        The ledger; the first word of a list's slug names who issues it.

    Yields
    ------
    tuple
        Rows and message of each breach.
    """
    totals = ledger[(ledger["indicator"] == "tasks_total") & ledger["reference_date"].notna()]
    issuer = totals["list"].str.replace(r"-.*", "", regex=True)
    for (area, _), rows in totals.groupby([totals["area"], issuer]):
        days = [day for _, day in rows.groupby("reference_date")]
        for before, after in pairwise(days):
            first, second = sorted(set(before["list"])), sorted(set(after["list"]))
            if not set(first) & set(second):
                yield (
                    (*before.index, *after.index),
                    f"{area}: the list changed from {' and '.join(first)} to {' and '.join(second)}; "
                    "no comparison is made.",
                )


def late_vintages(ledger: pd.DataFrame) -> Iterator[tuple[tuple[str, ...], str]]:
    """Find a key whose later vintage is less certain than an earlier one.

    Parameters
    ----------
    ledger : DataFrame
        The ledger.

    Yields
    ------
    tuple
        Rows and message of each breach.
    """
    rank = {"projection": 0, "estimate": 1, "preliminary": 2, "observed": 3}
    several = ledger[ledger.duplicated(list(KEY), keep=False) & ledger["status"].isin(list(rank))]
    for _, rows in several.groupby(list(KEY), dropna=False):
        ordered = rows.sort_values("published", kind="stable")
        for before, after in zip(ordered.index[:-1], ordered.index[1:], strict=True):
            first, second = str(ordered["status"][before]), str(ordered["status"][after])
            if rank[second] < rank[first]:
                yield (before, after), f"{_what(rows)}: {second} published after {first}."


def early_publications(ledger: pd.DataFrame) -> Iterator[tuple[tuple[str, ...], str]]:
    """Find figures published before their period or reference date was over, projections apart.

    Parameters
    ----------
    ledger : DataFrame
        The ledger.

    Yields
    ------
    tuple
        Rows and message of each breach.
    """
    ends = {period: pd.Timestamp(period_bounds(period)[1]) for period in ledger["period"].unique()}
    day = ledger["reference_date"].fillna(ledger["period"].map(ends).astype("datetime64[s]"))
    early = ledger[(ledger["published"] < day) & (ledger["status"] != "projection")]
    for (source, indicator, period), rows in early.groupby(["source", "indicator", "period"]):
        first, last = rows["published"].min().date(), day[rows.index].max().date()
        yield tuple(rows.index), f"{source}, {indicator}, {period}: published {first}, before {last}."


def mixed_units(ledger: pd.DataFrame) -> Iterator[tuple[tuple[str, ...], str]]:
    """Find an indicator and measure printed in several units within one area and scheme.

    Parameters
    ----------
    ledger : DataFrame
        The ledger.

    Yields
    ------
    tuple
        Rows and message of each breach.
    """
    for (area, indicator, measure), rows in ledger.groupby(["area", "indicator", "measure"]):
        units = sorted(rows["unit"].unique())
        if len(units) > 1:
            named = f"{area}, {indicator} ({measure})" if measure else f"{area}, {indicator}"
            yield tuple(rows.index), f"{named} is printed in {' and in '.join(units)}."


def unmeasured_shares(ledger: pd.DataFrame) -> Iterator[tuple[tuple[str, ...], str]]:
    """Find a share of output without its measure.

    Parameters
    ----------
    ledger : DataFrame
        The ledger.

    Yields
    ------
    tuple
        Rows and message of each breach.
    """
    of_output = ledger["unit"].isin(["% of GDP", "% of GRDP"])
    for id, row in ledger[of_output & (ledger["measure"] == "")].iterrows():
        yield (str(id),), f"{row['area']}, {row['indicator']}, {row['period']}: a share without its measure."


def short_sums(ledger: pd.DataFrame) -> Iterator[tuple[tuple[str, ...], str]]:
    """Find bands of provinces that do not add up to one number across measures.

    Parameters
    ----------
    ledger : DataFrame
        The ledger.

    Yields
    ------
    tuple
        Rows and message of each breach.
    """
    bands = ledger[ledger["indicator"].str.startswith("digital_economy_provinces_")]
    sums = {key: (rows["value"].sum(), rows.index) for key, rows in bands.groupby(["area", "period", "measure"])}
    expected = max((total for total, _ in sums.values()), default=0.0)
    for key, (total, index) in sums.items():
        if total != expected:
            named = ", ".join(str(word) for word in key if word)
            yield tuple(index), f"{named}: the bands add up to {total:g} provinces, not {expected:g}."


def _snapshots(ledger: pd.DataFrame) -> Iterator[tuple[pd.DataFrame, dict[str, float], dict[str, str]]]:
    """Each list on each day as printed on each day: rows, values and ids by indicator."""
    counts = ledger[ledger["list"] != ""]
    for _, rows in counts.groupby(_SNAPSHOT, dropna=False):
        newest = rows.sort_values("published", kind="stable").drop_duplicates("indicator", keep="last")
        values = dict(zip(newest["indicator"], newest["value"].astype(float), strict=True))
        ids = dict(zip(newest["indicator"], newest.index.astype(str), strict=True))
        yield newest, values, ids


def _what(rows: pd.DataFrame) -> str:
    """Name what rows are about."""
    first = rows.iloc[0]
    words = [first["area"], first["list"] or first["indicator"], first["period"]]
    return ", ".join(str(word) for word in words)


RULES: tuple[Rule, ...] = (
    Rule("unit-known", "error", "Every figure is in a unit of its indicator."),
    Rule("indicator-known", "error", "Every indicator and measure is defined in params/indicators.yaml."),
    Rule(
        "area-known-in-period",
        "error",
        "Every area existed in the period, or was recalculated by the publisher.",
    ),
    Rule(
        "value-in-range",
        "error",
        "Every value lies within the limits of its indicator; shares within 0 and 100.",
    ),
    Rule("duplicate", "error", "A key has one figure a publication day.", duplicates),
    Rule("part-above-whole", "error", "No part is larger than its whole.", parts_above_whole),
    Rule(
        "measure-missing-on-share",
        "error",
        "No share of output travels without its measure.",
        unmeasured_shares,
    ),
    Rule("sum-of-parts", "warning", "Printed parts add up to the printed total.", sums_of_parts),
    Rule("sum-of-bands", "warning", "Provinces counted by band add up to all provinces.", short_sums),
    Rule("rate-agrees", "warning", "A printed percentage is that of the printed counts.", rates),
    Rule("monotone-cumulative", "warning", "Inside one list the completed do not become fewer.", falling_counts),
    Rule("vintage-order", "warning", "A later vintage is at least as certain as an earlier one.", late_vintages),
    Rule(
        "published-before-period-end",
        "warning",
        "Nothing but a projection is published before its period is over.",
        early_publications,
    ),
    Rule("unit-mixed", "warning", "An area's indicator and measure is printed in one unit.", mixed_units),
    Rule("list-changed", "note", "Counts of one issuing body are on one list.", changed_lists),
)
