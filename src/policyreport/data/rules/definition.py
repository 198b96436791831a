"""Rules of definition: lists, measures, bounds, question sets, ranks and top lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from policyreport.data.rules.evidence import Breach, Evidence, by_source, figures, half_unit, ids, listing
from policyreport.params.spelling import sort_key
from policyreport.records.digits import as_published
from policyreport.records.periods import period_bounds


def list_changed(evidence: Evidence) -> Iterator[Breach]:
    """Consecutive counts of one area and issuing body that are on different lists."""
    totals = evidence.ledger[
        (evidence.ledger["indicator"] == evidence.tasks.total) & evidence.ledger["reference_date"].notna()
    ]
    # The first part of a list's slug names its issuer.
    issuer = totals["list"].str.replace(r"-.*", "", regex=True)
    for (area, _), rows in totals.groupby([totals["area"], issuer]):
        for before, after in pairwise([day for _, day in rows.groupby("reference_date")]):
            first, second = sorted(set(before["list"])), sorted(set(after["list"]))
            if not set(first) & set(second):
                text = f"the list changed from {' and '.join(first)} to {' and '.join(second)}"
                yield Breach(ids(before) + ids(after), f"{evidence.who(area)}: {text}; no comparison is made.")


def list_ended(evidence: Evidence) -> Iterator[Breach]:
    """Counts of a quarter after the deadline of their list: they must be of another list."""
    due = {described.id: described for described in evidence.context.policy.lists if described.deadline is not None}
    rows = evidence.ledger[evidence.ledger["list"].isin(list(due))]
    keys = ["area", "list", "period", "reference_date"]
    for (area, name, period, _), group in rows.groupby(keys, dropna=False):
        start, end = period_bounds(str(period))
        day, described = group["reference_date"].iloc[0], due[str(name)]
        if described.ended(start, end if pd.isna(day) else day.date(), evidence.settings.reference_slack_days):
            text = f"counted in {period}, its tasks were due on {described.deadline}"
            yield Breach(ids(group), f"{evidence.who(str(area))}, {name}: {text}.")


def overdue_basis(evidence: Evidence) -> Iterator[Breach]:
    """Lists that count the overdue tasks as in progress, and lists that do not, by their own arithmetic."""
    by_basis: dict[bool, list[tuple[str, tuple[str, ...], str]]] = {True: [], False: []}
    role = evidence.tasks
    used = (role.total, role.completed, role.in_progress, role.overdue)
    for rows, value, row in evidence.snapshots:
        if set(used) <= set(value) and value[role.overdue]:
            total, done, running, late = (value[name] for name in used)
            if total in (done + running, done + running + late):
                name, area = str(rows["list"].iloc[0]), str(rows["area"].iloc[0])
                by_basis[total == done + running].append((name, tuple(row[column] for column in used), area))
    if by_basis[True] and by_basis[False]:
        inside, outside = (
            listing(sorted({name for name, _, _ in by_basis[key]}, key=sort_key)) for key in (True, False)
        )
        rows_used = tuple(id for name, part, _ in by_basis[False] for id in part)
        text = f"the overdue are counted beside the tasks in progress on {outside}, among them on {inside}"
        yield Breach(rows_used, f"{text[:1].upper()}{text[1:]}.")


def _differ_from_official(evidence: Evidence, measures: Sequence[str], rate: str) -> Iterator[Breach]:
    """Figures of some measures that differ from the official one for the same area and period."""
    rows = evidence.newest.reset_index()
    official = rows[rows["measure"].isin(evidence.settings.official_measures)]
    others = rows[rows["measure"].isin(measures)]
    # An unchanged province has its former key in older reports and its present one in the tables.
    successor = evidence.areas.crosswalk.loc[evidence.areas.crosswalk["relation"] == "unchanged", "new"]
    for table in (official, others):
        table.insert(0, "place", table["area"].map(successor).fillna(table["area"]))
    both = others.merge(official, on=["place", "indicator", "period", "list"], suffixes=("", "_official"))
    # The same key first, so that a province present under two keys is compared once.
    both = both.assign(other=both["area"] != both["area_official"]).sort_values("other", kind="stable")
    both = both.drop_duplicates("id")
    # A trailing zero is lost when a figure becomes a number: the finest figure of a file shows how it was rounded.
    file = ["source", "indicator", "measure"]
    printed = rows["value"].map(half_unit).groupby([rows[name] for name in file]).min().rename("slack")
    both = both.join(printed, on=file)
    off = both[(both["value"] - both["value_official"]).abs() > both["slack"]]
    for row in figures(off):
        other = f"{row.measure_official} {as_published(row.value_official)} {row.unit}"
        text = f"{rate} gives {as_published(row.value)}, {other}".rstrip()
        named = f"{evidence.who(row.area)}, {evidence.named(row.indicator)}, {row.period}"
        yield Breach((row.id, row.id_official), f"{named}: {text}.")


def press_against_official(evidence: Evidence) -> Iterator[Breach]:
    """Figures in the press that differ from the official one."""
    yield from _differ_from_official(evidence, evidence.settings.press_measures, "the press")


def office_against_official(evidence: Evidence) -> Iterator[Breach]:
    """Figures of a province's own office that differ from the official one."""
    yield from _differ_from_official(evidence, evidence.settings.office_measures, "the province's office")


def measures_differ(evidence: Evidence) -> Iterator[Breach]:
    """One quantity by several measures for one area and period: never one series."""
    handled = {*evidence.settings.press_measures, *evidence.settings.office_measures}
    rows = evidence.newest[~evidence.newest["measure"].isin(handled) & (evidence.newest["measure"] != "")]
    groups = rows.groupby(["area", "indicator", "period"])
    several = rows[groups["measure"].transform("nunique") > 1]
    for _, group in several.groupby(["area", "indicator", "period"]):
        if len(set(group["value"])) == 1:
            continue
        values = ", ".join(f"{as_published(row.value)} ({row.measure})" for row in figures(group))
        named = f"{evidence.who(group['area'].iloc[0])}, {evidence.named(group['indicator'].iloc[0])}"
        yield Breach(ids(group), f"{named}, {group['period'].iloc[0]}: {values}.")


def bound_only(evidence: Evidence) -> Iterator[Breach]:
    """A figure stated as more than, less than or about, and never exactly."""
    for group in _with_bound(evidence):
        if not (group["bound"] == "=").any():
            stated = (f"{row.bound} {as_published(row.value, ',')} {row.unit}".rstrip() for row in figures(group))
            yield Breach(ids(group), f"{evidence.what(group)}: only {', '.join(stated)}.")


def bound_beside_exact(evidence: Evidence) -> Iterator[Breach]:
    """An exact figure that a bound for the same area and period excludes."""
    for group in _with_bound(evidence):
        for exact in figures(group[group["bound"] == "="]):
            for row in figures(group[group["bound"].isin([">", "<"])]):
                if (exact.value <= row.value) if row.bound == ">" else (exact.value >= row.value):
                    text = f"{row.bound} {as_published(row.value)} beside {as_published(exact.value)}"
                    yield Breach((row.id, exact.id), f"{evidence.what(group)}: {text}.")


def _with_bound(evidence: Evidence) -> Iterator[pd.DataFrame]:
    """Figures of one area, indicator, measure, list and period of which at least one is a bound."""
    keys = ["area", "indicator", "measure", "list", "period"]
    bounded = evidence.ledger.loc[evidence.ledger["bound"] != "=", keys].drop_duplicates()
    rows = evidence.ledger.reset_index().merge(bounded, on=keys).set_index("id")
    for _, group in rows.groupby(keys):
        yield group


def other_quantity(evidence: Evidence) -> Iterator[Breach]:
    """Several quantities compared with one threshold."""
    named = evidence.context.policy.threshold.indicators
    rows = evidence.newest
    rows = rows[rows["indicator"].isin(named) & (rows["area"] == evidence.nation)]
    # For a span of months the last year counts.
    year = rows["period"].str.extract(r"(\d{4})(?!.*\d{4})")[0]
    for when, group in rows.groupby(year):
        if len(set(group["indicator"])) > 1:
            values = [
                f"{evidence.named(row.indicator, row.measure)} {row.bound} {as_published(row.value)}"
                for row in figures(group)
            ]
            text = f"{'; '.join(values)} are different quantities"
            yield Breach(ids(group), f"{evidence.who(evidence.nation)}, {when}: {text}.")


def task_without_list(evidence: Evidence) -> Iterator[Breach]:
    """Counts of tasks that are on no list: other tasks than the policy's."""
    rows = evidence.ledger
    loose = rows[(rows["unit"] == "tasks") & (rows["list"] == "")]
    for (area, source), group in loose.groupby(["area", "source"]):
        counts = listing([f"{evidence.named(row.indicator)} {as_published(row.value)}" for row in figures(group)])
        yield Breach(ids(group), f"{evidence.who(area)}, {source}: {counts}; on no list of the policy.")


def question_break(evidence: Evidence) -> Iterator[Breach]:
    """Figures on both sides of a new question set or definition."""
    annual = evidence.annual
    for id, definition in evidence.indicators.items():
        for new in definition.breaks:
            years = annual[annual["indicator"] == id]
            before, after = years[years["year"] < new.year], years[years["year"] >= new.year]
            if len(before) and len(after):
                first = after[after["year"] == after["year"].min()]
                reason = new.reason.rstrip(".")
                yield Breach(ids(first), f"{evidence.named(id)}: new from {new.year} ({reason}).")


def top_n_list(evidence: Evidence) -> Iterator[Breach]:
    """Only the first places of a ranking were published: not a panel, not a sample."""
    rows = evidence.ledger[evidence.ledger["quality"].str.contains("top-n-list")]
    for (indicator, measure), group in rows.groupby(["indicator", "measure"]):
        periods = [f"{period} ({len(part)})" for period, part in group.groupby("period")]
        text = f"only the first places in {listing(periods, 8)}"
        yield Breach(ids(group), f"{evidence.named(indicator, measure)}: {text}.")


def top_n_unmarked(evidence: Evidence) -> Iterator[Breach]:
    """The first places of a ranking and no others, not marked as such."""
    ranks = evidence.newest[evidence.kinds[evidence.newest.index] == "rank"]
    ranks = ranks[~ranks["quality"].str.contains("top-n-list|incomplete", regex=True)]
    for _, rows in ranks.groupby(["indicator", "measure", "period", "unit"]):
        places, of = sorted(rows["value"]), evidence.number_of_provinces(str(rows["area"].iloc[0]))
        if evidence.settings.top_places <= len(rows) < of and places == list(range(1, len(rows) + 1)):
            text = f"the first {len(rows)} of {of} places, not marked top-n-list"
            yield Breach(ids(rows), f"{evidence.what(rows)}: {text}.")


def averaged_parts(evidence: Evidence) -> Iterator[Breach]:
    """Figures of a merged province that average its parts, as their publisher says."""
    rows = evidence.ledger[evidence.ledger["quality"].str.contains("not-a-measurement")]
    for (indicator, measure, period), group in rows.groupby(["indicator", "measure", "period"]):
        areas = listing([evidence.who(area) for area in sorted(set(group["area"]))])
        yield Breach(ids(group), f"{evidence.named(indicator, measure)}, {period}: means of the parts for {areas}.")


def averaged_parts_unmarked(evidence: Evidence) -> Iterator[Breach]:
    """A merged province's score that is the plain mean of its parts, not marked as such."""
    annual = evidence.annual[evidence.annual["kind"].isin(["intensive", "rank"])]
    own = annual[~annual["quality"].str.contains("not-a-measurement|back-cast", regex=True)]
    table = evidence.areas.table
    own = own[own["area"].isin(table.index[table["parts"].str.contains(" ")])]
    keys = ["area", "indicator", "measure", "year"]
    values = dict(zip(annual[keys].itertuples(index=False, name=None), annual["value"], strict=True))
    for row in figures(own):
        parts_of = [(part, row.indicator, row.measure, int(row.period)) for part in evidence.areas.parts(row.area)]
        if all(key in values for key in parts_of):
            parts = [float(values[key]) for key in parts_of]
            if max(parts) > min(parts) and abs(float(np.mean(parts)) - row.value) <= half_unit(row.value):
                listed = ", ".join(as_published(value) for value in parts)
                yield Breach((row.id,), f"{evidence.about(row)}: {as_published(row.value)} is the mean of {listed}.")


def rank_aggregated(evidence: Evidence) -> Iterator[Breach]:
    """Ranks made from the figures of parts: a mean has no rank."""
    ranks = evidence.ledger[evidence.kinds == "rank"]
    made = ranks["quality"].str.contains("not-a-measurement|back-cast", regex=True) | (ranks["value"] % 1 != 0)
    yield from by_source(ranks[made], "with a place put together from the parts of merged provinces")
    for id, definition in evidence.indicators.items():
        if definition.kind == "rank" and definition.harmonise != "none":
            yield Breach((), f"{evidence.named(id)} is a rank and is to be carried to present provinces.")


def rank_out_of_range(evidence: Evidence) -> Iterator[Breach]:
    """A place before the first or after the last."""
    ranks, last = _places(evidence)
    for row in figures(ranks[(ranks["value"] < 1) | (ranks["value"] > last)]):
        yield Breach((row.id,), f"{evidence.about(row)}: place {as_published(row.value)}, {row.unit}.")


def rank_scheme(evidence: Evidence) -> Iterator[Breach]:
    """A rank among the provinces of another time."""
    ranks, last = _places(evidence)
    expected = ranks["area"].map({key: evidence.number_of_provinces(key) for key in set(ranks["area"])})
    yield from by_source(ranks[last.notna() & (expected > 0) & (last != expected)], "ranked among other provinces")


def tied_ranks(evidence: Evidence) -> Iterator[Breach]:
    """Areas on one rank where the source does not mention a tie."""
    ranks = evidence.newest[evidence.kinds[evidence.newest.index] == "rank"]
    tie = "|".join(re.escape(word) for word in evidence.settings.tie_words)
    keys = ["indicator", "measure", "period", "unit", "source", "value"]
    tied = ranks[ranks.duplicated(keys, keep=False)]
    for _, rows in tied.groupby(keys):
        if not rows["note"].str.contains(tie, case=False, regex=True).any():
            named = f"{evidence.named(rows['indicator'].iloc[0])}, {rows['period'].iloc[0]}"
            who = " and ".join(evidence.who(area) for area in rows["area"])
            yield Breach(ids(rows), f"{named}: {who} share place {as_published(rows['value'].iloc[0])}.")


def _places(evidence: Evidence) -> tuple[pd.DataFrame, pd.Series[float]]:
    """Ranks with the last place their unit names; NaN where it names none."""
    ranks = evidence.ledger[evidence.kinds == "rank"]
    return ranks, ranks["unit"].str.extract(r"rank of (\d+)")[0].astype(float)
