"""Present boundaries for readers: how values were put on them, and how well our recalculation agrees."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.data.inputs import Inputs
from policyreport.figures.exhibits import Exhibit, Exhibits, join
from policyreport.figures.present.behind import rows_behind
from policyreport.figures.present.recalculated import WEIGHTS, spread
from policyreport.figures.present.voice import Voice
from policyreport.figures.tables import table
from policyreport.records.notebooks import BoundaryCheck


def boundaries(checks: Sequence[BoundaryCheck], inputs: Inputs) -> Exhibits:
    """Show which values were recalculated, and the recalculation against the publisher's own series.

    From `check_boundaries`: "boundaries", "boundaries-ranges", "discrepancies".
    """
    voice = Voice(inputs)
    return Exhibits([_bases(voice), _ranges(voice), _discrepancies(voice, checks)])


def _discrepancies(voice: Voice, checks: Sequence[BoundaryCheck]) -> Exhibit:
    """A table per indicator: merged provinces, the largest difference first."""
    if not checks:
        return Exhibit("discrepancies", "No series of the publisher's own on present boundaries was known by then.")
    by: dict[str, list[BoundaryCheck]] = {}
    for check in checks:
        by.setdefault(check.indicator, []).append(check)
    return join("discrepancies", *(_discrepancy(voice, indicator, rows) for indicator, rows in by.items()))


def _discrepancy(voice: Voice, indicator: str, rows: Sequence[BoundaryCheck]) -> Exhibit:
    formats, head = voice.formats, rows[0]
    unit = "percentage points" if head.unit == "points" else "per cent of the published value"
    if round(max(abs(row.largest) for row in rows), 2) == 0:
        same = f"{voice.indicator(indicator)}: all {len(rows)} merged provinces agree to two decimals, {unit}."
        return Exhibit("", same)
    beyond = [row for row in rows if row.beyond]
    body = [
        [
            voice.area(row.area),
            voice.value(formats.number(row.largest, 2, signed=True), row.inputs),
            str(row.largest_year),
            formats.number(row.mean_absolute, 2),
            f"{row.first_year}–{row.last_year} ({row.years})",
            f"**beyond, {row.beyond} of {row.years} years**" if row.beyond else "within",
        ]
        for row in rows
    ]
    return table(
        f"discrepancies-{indicator.replace('_', '-')}",
        [
            "Province",
            "Largest difference",
            "In",
            "Mean size",
            "Years",
            f"Tolerance {formats.number(head.tolerance, 2)}",
        ],
        body,
        f"{voice.indicator(indicator)}: {len(beyond)} of {len(rows)} merged provinces differ by more than the tolerance "
        f"in some year; root mean square difference {formats.number(_whole_error(rows), 3)}. *Recalculated from the former "
        f"provinces minus the publisher's own series on present boundaries, {unit}, largest first; the publisher's own is what "
        f"the report uses.{_assumed(voice, indicator)}*",
        voice.source(rows_behind(body)),
        align="lrrrll",
        wide=True,
        sortable=True,
    )


def _ranges(voice: Voice) -> Exhibit:
    """How far a recalculated value may be from the truth: its parts, and what other weights would give."""
    panel = voice.inputs.panel
    rows = panel[(panel["basis"] == "recalculated") & panel["value"].notna() & panel["low"].notna()]
    if rows.empty:
        return Exhibit("boundaries-ranges", "")
    widest = rows.iloc[int((rows["weight_high"] - rows["weight_low"]).to_numpy().argmax())]
    largest = voice.formats.number(float(widest["weight_high"] - widest["weight_low"]), 2)
    name = voice.indicator(str(widest["indicator"]))
    body = [
        [
            voice.indicator(str(indicator)),
            ", ".join(sorted({text for text in again["weight"] if text})),
            voice.formats.count(len(again)),
            spread(voice, again, "low", "high"),
            spread(voice, again, "weight_low", "weight_high"),
            voice.formats.count(int((again["note"] == "renormalised").sum())),
        ]
        for indicator, again in rows.groupby("indicator", sort=True)
    ]
    return table(
        "boundaries-ranges",
        ["Indicator", "Weights", "Values", "Former provinces apart", "Other weights move", "Small part missing"],
        body,
        f"Other weights move a recalculated value by {largest} at most ({name}). *Merged provinces and years, median (largest) in the "
        f"indicator's unit: from the lowest to the highest former province, and the range under {WEIGHTS}; last column: values without a former province of little weight.*",
        align="llrrrr",
        wide=True,
    )


def _bases(voice: Voice) -> Exhibit:
    """Which indicators were recalculated on present boundaries."""
    panel, provinces = voice.inputs.panel, set(voice.inputs.provinces)
    rows = panel[panel["area"].isin(provinces)]
    if rows.empty:
        return Exhibit("boundaries", "No annual series is known on present boundaries.")
    body = []
    for indicator, group in rows.groupby("indicator", sort=True):
        done = group[group["value"].notna()]
        again = done[done["basis"] == "recalculated"]
        body.append(
            [
                voice.indicator(str(indicator)),
                f"{int(done['year'].min())}–{int(done['year'].max())}" if len(done) else "",
                voice.formats.count(int((done["basis"] == "published").sum())),
                voice.formats.count(int((done["basis"] == "back-cast").sum())),
                voice.formats.count(len(again)),
                voice.formats.count(int(group["value"].isna().sum())),
            ]
        )
    return table(
        "boundaries",
        [
            "Indicator",
            "Years",
            "As published",
            "Publisher's recalculation",
            "Our recalculation",
            "Part missing",
        ],
        body,
        "The statistics office's own series on present boundaries is used wherever it exists. *Annual values of the "
        "provinces by how they came to stand on present boundaries.*",
        align="llrrrr",
        wide=True,
    )


def _whole_error(rows: Sequence[BoundaryCheck]) -> float:
    """Root mean square difference over all years of all areas."""
    squares = sum(row.years * row.root_mean_square**2 for row in rows)
    return float((squares / sum(row.years for row in rows)) ** 0.5)


def _assumed(voice: Voice, indicator: str) -> str:
    """The error of recalculated growth and income where they have to stand in for the publisher's own."""
    settings = voice.inputs.settings.harmonise
    errors = {"chain": settings.growth_error, "per-head": settings.income_error}
    error = errors.get(voice.inputs.indicators.get(indicator).harmonise)
    if error is None:
        return ""
    return f" Where ours has to stand in, an error of {voice.formats.number(error, 3)} is added in quadrature."
