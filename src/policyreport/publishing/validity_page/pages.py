"""The validity page: what the study measured, which measures miss their band, and what is done about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from policyreport.errors import DataError
from policyreport.figures.tables import table
from policyreport.params.registry import Registry
from policyreport.publishing.validity_page.claims import bands, otherwise
from policyreport.publishing.validity_page.limits import known_limits
from policyreport.publishing.validity_page.lookups import Rows
from policyreport.publishing.validity_page.notes import REMARKS, marked, notes_under
from policyreport.publishing.validity_page.stops import stops_holding
from policyreport.publishing.validity_page.summary import band_of, claims_table, number, verdict_of
from policyreport.records.formats import EN_DASH, Formats
from policyreport.statistics.validity.designs import DESIGNS
from policyreport.statistics.validity.fingerprint import fingerprint
from policyreport.statistics.validity.measures import CellResult, Measure, MethodResult

SIMULATORS = ("tasks", "unlike", "outlooks", "pooled", "series", "families", "panels", "mixed", "yearly", "places")
"""Modules with the simulations, by name so that a page is made without loading the methods."""
DEFAULTS = {
    "entry": "first day", "mean": 0.0, "jumps": 0.0, "design_effect": 1, "assumed": 1, "process": "AR(1)",
    "sloping": 0,
}  # fmt: skip
"""What holds in cells whose design does not name it; a test compares it with the simulations."""
FOLDER = Path("data") / "validity"
"""Results that the page shows; `policyreport validity --keep` writes them."""


def read_results(root: Path) -> dict[str, MethodResult]:
    """Read the kept results of the study by method; raises DataError for a file that holds none."""
    results = {}
    for path in sorted((root / FOLDER).glob("*.json")):
        try:
            results[path.stem] = MethodResult.from_json(path.read_bytes())
        except ValueError as error:
            got = " ".join(str(error).split())[:120]
            todo = f"Run `policyreport validity {path.stem} --keep` again."
            raise DataError(str(path), "results of a simulation study", got, todo) from None
    return results


def validity_page(results: Mapping[str, MethodResult], registry: Registry, formats: Formats) -> str:
    """Write the page's body in Markdown: what passes, what does not, the claims, then a section per method."""
    ordered = [results[id] for id in registry.methods if id in results]
    judged = [
        measure for result in ordered for cell in result.cells for measure in cell.measures if measure.low is not None
    ]
    met = sum(measure.verdict == "passes" for measure in judged)
    cells = sum(len(result.cells) for result in ordered)
    draws = " and ".join(formats.count(number) for number in sorted({result.draws for result in ordered}))
    lead = (
        f"{formats.count_of(met, len(judged))} judged measures meet their band, in {formats.count(cells)} sizes and "
        f"truths of {len(ordered)} methods, each simulated {draws} times (completion is "
        f"enumerated{_fewer(ordered, formats)}), after {registry.references['MWC19'].full}"
    )
    sections = [_section(result, registry, formats) for result in ordered]
    claims = claims_table(ordered, registry, formats)
    ends = (
        stops_holding(results, registry, formats),
        otherwise(results, registry, formats),
        known_limits(results, formats),
    )
    parts = [lead, bands(formats), *_made_by_older_code(ordered, registry), claims, *sections, *ends]
    return "\n\n".join(part for part in parts if part)


def _fewer(results: Sequence[MethodResult], formats: Formats) -> str:
    """Name the slow kinds of simulation, with the number of repetitions made."""
    kinds = dict.fromkeys(
        f", {cell.design['what']} {formats.count(cell.draws)} times"
        for result in results
        for cell in result.cells
        if _is_short(cell, result)
    )
    return "".join(kinds)


def _is_short(cell: CellResult, result: MethodResult) -> bool:
    """Return whether a cell was repeated less often than the others; enumerated ones were not repeated."""
    return 0 < cell.draws < result.draws


def _made_by_older_code(results: Sequence[MethodResult], registry: Registry) -> list[str]:
    """Name the methods whose code changed after they were simulated; comments and docstrings do not count."""
    present = {fingerprint(f"policyreport.statistics.validity.{name}") for name in SIMULATORS}
    older = [result.method for result in results if not {cell.code for cell in result.cells} <= present]
    if not older:
        return []
    names = ", ".join(registry[method].title for method in older)
    return [
        f"The code behind these has changed since they were simulated: {names}. `make validity` simulates them again."
    ]


def failures(result: MethodResult) -> list[tuple[CellResult, Measure]]:
    """List the judged measures that miss their band, in the order of the table."""
    measured = [(cell, measure) for cell in result.cells for measure in cell.measures]
    return [(cell, measure) for cell, measure in measured if measure.verdict.startswith("fails")]


def _section(result: MethodResult, registry: Registry, formats: Formats) -> str:
    """Write a heading, what fails, and a table for each kind of simulation."""
    missed = failures(result)
    judged = sum(measure.low is not None for cell in result.cells for measure in cell.measures)
    text = f"{formats.count_of(judged - len(missed), judged)} judged measures meet their band."
    if missed:
        text += " These do not, and the results of such sizes must be read with that in mind:\n\n"
        text += "\n".join(f"- {_design(cell)}: {_one(measure, formats)}" for cell, measure in missed)
        text += "".join(f"\n\n{note}" for note in notes_under([cell for cell, _ in missed], registry.settings, formats))
    kinds = dict.fromkeys(str(cell.design["what"]) for cell in result.cells)
    tables = [part for kind in kinds for part in (DESIGNS.get(kind, ""), _table(result, kind, registry, formats))]
    heading = f"## {registry[result.method].title} {{#validity-{result.method}}}"
    return "\n\n".join([heading, text, *(part for part in tables if part)])


def _one(measure: Measure, formats: Formats) -> str:
    side = "below" if measure.verdict == "fails low" else "above"
    band = f"{formats.number(measure.low or 0, 3)} to {formats.number(measure.high or 0, 3)}"
    return f"{measure.name} {number(measure, formats)}, {side} {band}."


def _table(result: MethodResult, kind: str, registry: Registry, formats: Formats) -> str:
    """Write one row per cell: its design, the verdict on it, and a column for each measure."""
    cells = [cell for cell in result.cells if cell.design["what"] == kind]
    designs = list(dict.fromkeys(name for cell in cells for name in cell.design if name != "what"))
    measures = [measure for cell in cells for measure in cell.measures]
    judged = {
        measure.name: band_of(measure.low, measure.high, formats)
        for measure in measures
        if measure.low is not None and measure.high is not None
    }
    names = list(dict.fromkeys(measure.name for measure in measures))
    rows = [_row(cell, designs, names, judged, formats) for cell in cells]
    notes = notes_under(cells, registry.settings, formats)
    noted = f" † {' '.join(notes)}" if notes else ""
    remark = f" {REMARKS[kind](Rows(cells, registry.settings, formats))}" if kind in REMARKS else ""
    bands_shown = "; bands in the headings; what stands in brackets is not judged" if judged else ""
    fewer = sorted({cell.draws for cell in cells if _is_short(cell, result)})
    times = f" of {' and '.join(formats.count(draws) for draws in fewer)} repetitions" if fewer else ""
    shown = f"value ± Monte-Carlo standard error{times}, version {result.version}{bands_shown}"
    caption = f"{_finding(measures, formats)} *{kind.capitalize()}: {shown}.*{remark}{noted}"
    heads = [
        *(design.replace("_", " ") for design in designs),
        "verdict",
        *(f"{name} ({judged[name]})" if name in judged else name for name in names),
    ]
    id = f"validity-{result.method}-{kind.replace(' ', '-')}"
    return table(
        id, heads, rows, caption, align="r" * len(heads), wide=True, sortable=True, empty="not measured"
    ).markdown


def _finding(measures: Sequence[Measure], formats: Formats) -> str:
    """Count the judged numbers of a table, and whether all of these meet their band."""
    judged = sum(measure.low is not None for measure in measures)
    if not judged:
        return "No number is judged by a band."
    missed = sum(measure.verdict.startswith("fails") for measure in measures)
    met = f"{missed} of them miss it (in bold)" if missed else "all of them meet it"
    return f"{formats.count_of(judged, len(measures))} numbers are judged by a band; {met}."


def _row(
    cell: CellResult, designs: Sequence[str], names: Sequence[str], judged: Mapping[str, str], formats: Formats
) -> list[str | None]:
    by = {measure.name: measure for measure in cell.measures}
    shown = [str(cell.design.get(name, DEFAULTS.get(name, EN_DASH))) for name in designs]
    # The dagger marks a cell whose result was known beforehand and is explained under the table.
    shown[-1] += " †" if marked(cell) else ""
    numbers = [_marked(by[name], name in judged, formats) if name in by else None for name in names]
    return [*shown, verdict_of(cell.measures, formats), *numbers]


def _marked(measure: Measure, judged_elsewhere: bool, formats: Formats) -> str:
    """Print bold where the band is missed, in brackets where only other rows of the column are judged."""
    text = number(measure, formats)
    if measure.verdict.startswith("fails"):
        return f"**{text}**"
    return f"({text})" if judged_elsewhere and measure.low is None else text


def _design(cell: CellResult) -> str:
    parts = [f"{name.replace('_', ' ')} {value}" for name, value in cell.design.items() if name != "what"]
    return f"{cell.design['what']}, {', '.join(parts)}"
