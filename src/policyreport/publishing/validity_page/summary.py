"""The study in one table: each claim's data, nominal level, band, what was measured, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.figures.tables import table
from policyreport.params.registry import Registry
from policyreport.records.formats import EN_DASH, Formats
from policyreport.statistics.validity.measures import CellResult, Measure, MethodResult

COLUMNS = ("Method", "Claim", "Verdict", "Nominal", "Band", "Sizes", "Lowest", "Highest")
SMALL = 0.0005
"""Errors below this would be printed as 0 with three decimals."""


def claims_table(results: Sequence[MethodResult], registry: Registry, formats: Formats) -> str:
    """Write a row for each judged claim of the study; empty if nothing is judged."""
    rows = [
        [registry[result.method].title, claim, *_cells(measures, formats)]
        for result in results
        for claim, measures in _claims(result.cells)
    ]
    if not rows:
        return ""
    met = sum(row[2] == "meets" for row in rows)
    caption = (
        f"{formats.count_of(met, len(rows))} claims meet their band at every size. *Each judged claim over all its "
        "sizes and truths: lowest and highest value ± Monte-Carlo standard error. A range of nominal levels is that "
        "of exact methods, whose attainable level depends on the number of values.*"
    )
    return table(
        "validity-claims", COLUMNS, rows, caption, align="lllrrrrr", wide=True, empty="no nominal level"
    ).markdown


def _claims(cells: Sequence[CellResult]) -> list[tuple[str, list[Measure]]]:
    """Group judged measures by name, with the kind of simulation where a method has several."""
    several = len({cell.design["what"] for cell in cells for measure in cell.measures if measure.low is not None}) > 1
    by_claim: dict[str, list[Measure]] = {}
    for cell in cells:
        for measure in cell.measures:
            if measure.low is not None:
                claim = f"{cell.design['what']}: {measure.name}" if several else measure.name
                by_claim.setdefault(claim, []).append(measure)
    return list(by_claim.items())


def _cells(measures: Sequence[Measure], formats: Formats) -> list[str | None]:
    ordered = sorted(measures, key=lambda measure: measure.value)
    levels = [measure.nominal for measure in measures if measure.nominal is not None]
    nominal = band_of(min(levels), max(levels), formats) if levels else None
    (low, high) = {(measure.low or 0.0, measure.high or 1.0) for measure in measures}.pop()
    judged = verdict_of(measures, formats), nominal, band_of(low, high, formats), formats.count(len(measures))
    return [*judged, number(ordered[0], formats), number(ordered[-1], formats)]


def band_of(low: float, high: float, formats: Formats) -> str:
    """Write a band, ``0.930–0.975``, or one number where the ends are the same."""
    ends = formats.number(low, 3), formats.number(high, 3)
    return ends[0] if ends[0] == ends[1] else f"{ends[0]}{EN_DASH}{ends[1]}"


def number(measure: Measure, formats: Formats) -> str:
    """Write a measure with its Monte-Carlo error, if it has one: ``0.950 ± 0.005``, with a fourth decimal if needed."""
    if not measure.error:
        return formats.number(measure.value, 3)
    decimals = 3 if measure.error >= SMALL else 4
    return f"{formats.number(measure.value, decimals)} ± {formats.number(measure.error, decimals)}"


def verdict_of(measures: Sequence[Measure], formats: Formats) -> str:
    """Write the verdict on the measures of a row, or of a claim over all rows.

    ``meets``; ``below``, ``above``, or how many of several judged ones are; ``shown`` where none is judged.
    """
    verdicts = [str(measure.verdict) for measure in measures]
    if set(verdicts) <= {"not judged"}:
        return "shown"
    missed = [(verdicts.count(f"fails {side}"), word) for side, word in (("low", "below"), ("high", "above"))]
    judged = len(verdicts) - verdicts.count("not judged")
    texts = (f"{formats.count(count)} {word}" if judged > 1 else word for count, word in missed if count)
    return ", ".join(texts) or "meets"
