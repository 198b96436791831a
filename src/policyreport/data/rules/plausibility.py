"""Rules of plausibility: typing errors show as jumps, swaps and copies."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from policyreport.data.rules.evidence import SERIES, Breach, Evidence, figures, ids, listing
from policyreport.records.digits import as_published

_LEVELS = ("extensive", "intensive")


def _series(evidence: Evidence) -> pd.DataFrame:
    """Annual provincial and national figures in order of years, with the year and value before."""
    rows = evidence.annual[evidence.annual["kind"].isin(_LEVELS)]
    rows = rows.sort_values([*SERIES, "year"], kind="stable").reset_index()
    before = rows.groupby(SERIES)[["id", "year", "value"]].shift()
    rows["id_before"], rows["before"] = before["id"], before["value"]
    return rows[rows["year"] - before["year"] == 1]


def unusual_value(evidence: Evidence) -> Iterator[Breach]:
    """A value outside its indicator's usual range."""
    usual = {id: definition.plausible for id, definition in evidence.indicators.items() if definition.plausible}
    rows = evidence.ledger[evidence.ledger["indicator"].isin(list(usual)) & evidence.ledger["value"].notna()]
    low, high = (
        rows["indicator"].map({id: getattr(plausible, end) for id, plausible in usual.items()}).astype(float)
        for end in ("low", "high")
    )
    for row in figures(rows[~rows["value"].between(low, high)]):
        text = f"{as_published(row.value)} {row.unit}, usually {usual[row.indicator]}"
        yield Breach((row.id,), f"{evidence.about(row)}: {text}.")


def magnitude(evidence: Evidence) -> Iterator[Breach]:
    """A value ten, a thousand or a million times its neighbours: the wrong unit."""
    settings = evidence.settings
    pairs = [_series(evidence), _dated(evidence)]
    for rows in pairs:
        positive = rows[(rows["value"] > 0) & (rows["before"] > 0) & ~rows["indicator"].isin(settings.growing_rates)]
        ratio = pd.Series(np.log10(positive["value"] / positive["before"]), index=positive.index).abs()
        factors = np.log10(np.array(settings.magnitude_factors))
        # A year's growth adds to the wrong unit; the tolerance is on the ratio.
        slack = np.log10(1 + settings.magnitude_tolerance)
        slip = pd.Series(False, index=positive.index)
        for factor in factors:
            slip |= (ratio - factor).abs() <= slack
        for row in figures(positive[slip]):
            text = f"{as_published(row.value)} after {as_published(row.before)}"
            yield Breach((row.id_before, row.id), f"{evidence.about(row)}: {text}.")


def _dated(evidence: Evidence) -> pd.DataFrame:
    """Counts on one list in order of days, with the count before."""
    rows = evidence.newest[(evidence.newest["list"] != "") & evidence.newest["reference_date"].notna()]
    keys = ["area", "list", "indicator"]
    rows = rows.sort_values([*keys, "reference_date"], kind="stable").reset_index()
    before = rows.groupby(keys)[["id", "value"]].shift()
    return rows.assign(id_before=before["id"], before=before["value"]).dropna(subset="before")


def transposed_digits(evidence: Evidence) -> Iterator[Breach]:
    """Two prints of one figure, or two days of one list, that differ by two neighbouring digits only."""
    rows = evidence.ledger[evidence.ledger["bound"] == "="]
    keys = ["area", "indicator", "measure", "list", "period"]
    several = rows[rows.duplicated(keys, keep=False)].sort_values([*keys, "reference_date", "published"], kind="stable")
    several = several.reset_index()
    before = several.groupby(keys)[["id", "value"]].shift()
    prints = several.assign(id_before=before["id"], before=before["value"]).dropna(subset="before")
    both = pd.concat([prints, _dated(evidence)]).drop_duplicates(["id_before", "id"])
    for row in figures(both):
        if _swapped(row.before, row.value):
            text = f"{as_published(row.before)} and {as_published(row.value)}"
            yield Breach((row.id_before, row.id), f"{evidence.about(row)}: {text}.")


def _swapped(one: float, two: float) -> bool:
    """Whether two numbers differ by an exchange of two neighbouring digits."""
    first, second = (f"{value:.10f}".rstrip("0") for value in (one, two))
    whole = max(len(first.partition(".")[0]), len(second.partition(".")[0]))
    parts = max(len(first.partition(".")[2]), len(second.partition(".")[2]))
    a, b = (f"{value:0{whole + parts + bool(parts)}.{parts}f}".replace(".", "") for value in (one, two))
    off = [i for i, (left, right) in enumerate(zip(a, b, strict=False)) if left != right]
    if len(a) != len(b) or len(off) != 2 or off[1] != off[0] + 1:
        return False
    return a[off[0]] == b[off[1]] and a[off[1]] == b[off[0]]


def sudden_step(evidence: Evidence) -> Iterator[Breach]:
    """A yearly change, less the year's median, that is far beyond all provinces' changes."""
    rows = _series(evidence)
    rows = rows[rows["scheme"] != ""]
    rates = set(evidence.settings.growing_rates)
    logged = (rows["value"] > 0) & (rows["before"] > 0) & ~rows["indicator"].isin(rates)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = pd.Series(np.log(rows["value"] / rows["before"]), index=rows.index)
    change = ratio.where(logged, rows["value"] - rows["before"])
    table = rows.assign(change=change)
    keys = ["indicator", "measure", "scheme"]
    table["off"] = table["change"] - table.groupby([*keys, "year"])["change"].transform("median")
    spread = 1.4826 * table["off"].abs().groupby([table[key] for key in keys]).transform("median")
    enough = table.groupby(keys)["off"].transform("count") >= evidence.settings.step_minimum_changes
    far = enough & (spread > 0) & (table["off"].abs() > evidence.settings.step_deviations * spread)
    for row in figures(table.assign(size=(table["off"].abs() / spread))[far]):
        text = f"{as_published(row.value)} after {as_published(row.before)}, {row.size:.1f} robust deviations"
        yield Breach((row.id_before, row.id), f"{evidence.about(row)}: {text}.")


def repeated_value(evidence: Evidence) -> Iterator[Breach]:
    """One value with decimals year after year: a cell that was copied down."""
    rows = _series(evidence)
    rows = rows[(rows["scheme"] != "") & (rows["value"] % 1 != 0)]
    least = evidence.settings.repeats - 1
    # Areas in square kilometres do not change, and are printed every year.
    still = (rows["value"] == rows["before"]).groupby([rows[key] for key in ("indicator", "measure", "scheme")])
    rows = rows[still.transform("mean") < evidence.settings.standing_share]
    for _, group in rows[rows["value"] == rows["before"]].groupby([*SERIES, "value"]):
        if len(group) >= least:
            years = [str(year) for year in group["year"]]
            text = f"{as_published(group['value'].iloc[0])} again in {listing(years)}"
            yield Breach((str(group["id_before"].iloc[0]), *group["id"]), f"{evidence.what(group)}: {text}.")


def copied_series(evidence: Evidence) -> Iterator[Breach]:
    """Two provinces with the same figures in every year: a column that was copied."""
    rows = evidence.annual[evidence.annual["kind"].isin(_LEVELS) & (evidence.annual["scheme"] != "")]
    keys = ["indicator", "measure", "scheme"]
    least = evidence.settings.copied_periods
    ordered = rows.sort_values(["area", "year"])
    columns: dict[tuple[Any, ...], dict[str, list[tuple[int, float]]]] = {}
    for indicator, measure, scheme, area, year, value in zip(
        *(ordered[name].tolist() for name in (*keys, "area", "year", "value")), strict=True
    ):
        columns.setdefault((indicator, measure, scheme), {}).setdefault(area, []).append((year, value))
    for (indicator, measure, scheme), by_area in sorted(columns.items()):
        alike: dict[tuple[tuple[int, float], ...], list[str]] = {}
        for area, column in by_area.items():
            alike.setdefault(tuple(column), []).append(area)
        for same_figures, areas in sorted(alike.items()):
            if len(areas) > 1 and len(same_figures) >= least:
                same = ordered[(ordered[keys] == [indicator, measure, scheme]).all(axis=1)]
                who = " and ".join(evidence.who(area) for area in areas)
                text = f"{who} have the same {len(same_figures)} figures"
                yield Breach(ids(same[same["area"].isin(areas)]), f"{evidence.named(indicator, measure)}: {text}.")
