"""What the validity page prints: the kept study, its claims, and which rows each text under a table is about.

The texts are templates, reports/validity.qmd and reports/en/sentences/validity.md; here rows are chosen for them by the
design of a simulation, so that a text changes without a new study.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any

from policyreport.errors import DataError
from policyreport.figures.words import WORDS
from policyreport.params.registry import Registry
from policyreport.records.formats import EN_DASH, Formats
from policyreport.records.markdown import Markdown, in_english
from policyreport.statistics.validity import measures as judged_by
from policyreport.statistics.validity.designs import DESIGNS
from policyreport.statistics.validity.fingerprint import fingerprint
from policyreport.statistics.validity.measures import CellResult, Measure, MethodResult

FOLDER = Path("data") / "validity"
"""Results that the page shows; `policyreport validity --keep` writes them."""
SIMULATORS = ("tasks", "unlike", "outlooks", "pooled", "series", "families", "panels", "yearly", "places")
"""Modules with the simulations, by name so that a page is made without loading the methods."""
DEFAULTS = {
    "entry": "first day", "mean": 0.0, "jumps": 0.0, "design_effect": 1, "assumed": 1, "process": "AR(1)",
    "sloping": 0,
}  # fmt: skip
"""What holds in cells whose design does not name it; a test compares it with the simulations."""
UNCLAIMED = ("mixed carry-over", "random walk")
"""As `yearly.UNCLAIMED`, which is not loaded for a page; a test holds them equal."""
BENEATH = "walk beneath noise"
"""As `yearly_panels.BENEATH`, likewise."""
EARLIER = 0.003
"""As `tasks.EARLIER`, likewise."""
DRAWS = 2000
"""Repetitions of the page, by METHODS §17."""
BANDS = {
    "continuous": judged_by.CONTINUOUS,
    "at_least": judged_by.AT_LEAST,
    "rank_sets": judged_by.RANK_SETS,
    "nominal_test": judged_by.NOMINAL_TEST,
    "exact_test": judged_by.EXACT_TEST,
    "errors": judged_by.ERRORS,
    "level": judged_by.LEVEL,
    "repetitions": DRAWS,
    "error": sqrt(judged_by.LEVEL * (1 - judged_by.LEVEL) / DRAWS),
}
"""Bands of METHODS §17, and the error of a share at the nominal level."""
SMALL = 0.0005
"""Errors below this would be printed as 0 with three decimals."""

Design = Mapping[str, Any]


def ignores_groups(design: Design) -> bool:
    """Return whether tasks cluster more than is assumed; learnt clustering is not assumed."""
    assumed = design.get("assumed", 1)
    return isinstance(assumed, int) and assumed < design.get("design_effect", 1)


def exceeds_assumed(design: Design) -> bool:
    """Return whether tasks cluster more than is assumed where some clustering is."""
    return ignores_groups(design) and design.get("assumed", 1) > 1


def _is_beyond(design: Design) -> bool:
    """Return whether a steady effort meets tasks more unlike than the verdict on a pace allows for."""
    return design["frailty"] in ("gamma 2", "half never") and (design.get("effort") == 1 or design.get("slope") == 0)


def _is_unclaimed(design: Design) -> bool:
    return design.get("process") in UNCLAIMED


def _is_clustered(design: Design) -> bool:
    return str(design.get("kind")).endswith("clustered")


def _has(**wanted: object) -> Callable[[Design], bool]:
    return lambda design: all(design.get(name) == value for name, value in wanted.items())


def _is_of_one_spread(design: Design) -> bool:
    return design.get("spread", "prior") != "prior" and not design.get("mean") and not design.get("jumps")


@dataclass(frozen=True)
class Note:
    """A text under a table (a macro's name) for the cells of one kind of simulation whose design it applies to."""

    name: str
    what: str
    holds: Callable[[Design], bool]

    def is_of(self, cell: CellResult) -> bool:
        """Return whether the text is about a cell."""
        return cell.design["what"] == self.what and self.holds(cell.design)


@dataclass(frozen=True)
class Stop(Note):
    """A violation of one method, with the measure whose worst value its text gives."""

    method: str
    measure: str
    worst: Callable[..., float] = min


NOTES = (
    Note("groups_in_lists", "completion", ignores_groups),
    Note("groups_in_changes", "flow change", ignores_groups),
    Note("even_entry", "flow change", _has(entry="evenly")),
    Note("even_entry", "flow trend", _has(entry="evenly")),
    Note("beyond_allowance", "unlike change", _is_beyond),
    Note("beyond_allowance", "unlike trend", _is_beyond),
    Note("harder_tasks_left", "unlike outlook", _has()),
    Note("groups_in_outlooks", "outlook", ignores_groups),
    Note("groups_in_shares", "pooling", lambda design: ignores_groups(design) and design.get("assumed", 1) == 1),
    Note("larger_groups_in_shares", "pooling", exceeds_assumed),
    Note("groups_in_funnel", "funnel", ignores_groups),
    Note("one_spread", "threshold", _is_of_one_spread),
    Note("upward_revisions", "threshold", lambda design: bool(design.get("mean"))),
    Note("jumping_revisions", "threshold", lambda design: bool(design.get("jumps"))),
    Note("serial_dependence", "trend", lambda design: design.get("rho", 0) > 0),
    Note("walk_beneath_noise", "trend families", _has(process=BENEATH)),
    Note("unclaimed_means", "mean differences", _is_unclaimed),
    Note("jumping_years", "mean differences", _has(process="jumps")),
    Note("unclaimed_ranks", "ranks of means", _is_unclaimed),
    Note("unequal_noise", "panel", lambda design: bool(design.get("uneven"))),
    Note("few_exposed", "exposed", lambda design: str(design["kind"]).isdigit() and int(design["kind"]) < 6),
    Note("groups_in_ranks", "ranks", _is_clustered),
)
"""What is known of cells beforehand, in the order of the table."""
REMARKS = {
    "flow change": "false_alarms",
    "flow trend": "short_lists",
    "trend families": "families_by_order",
    "level trends": "levels_by_order",
    "mean differences": "each_by_itself",
    "threshold": "chances",
    "unlike change": "unlike_tasks",
    "unlike trend": "unlike_tasks",
    "panel": "noise_found_unequal",
    "mixed model": "unused_fits",
    "ranks": "leaning_places",
}
"""What a table shows without judging it, by kind of simulation: names of macros, given all of its rows."""


STOPS = (
    Stop("stop_grouped_lists", "completion", ignores_groups, "completion", "coverage, mean over p of 0.05 to 0.95"),
    Stop("stop_grouped_changes", "flow change", ignores_groups, "flow", "coverage"),
    Stop("stop_unlike_tasks", "unlike trend", _has(frailty="gamma 2", slope=0), "flow", "verdict falling", max),
    Stop(
        "stop_unfinishable_tasks", "unlike trend", _has(frailty="half never", slope=0), "flow", "verdict falling", max
    ),
    Stop("stop_harder_tasks", "unlike outlook", _has(), "outlook", "coverage, as printed"),
    Stop("stop_grouped_shares", "pooling", exceeds_assumed, "pooling", "coverage"),
    Stop("stop_grouped_funnel", "funnel", exceeds_assumed, "funnel", "any area singled out", max),
    Stop("stop_large_revisions", "threshold", _has(spread="1.5"), "threshold", "coverage"),
    Stop("stop_correlated_years", "trend", _has(rho=0.6, slope=0), "trend", "verdict rising or falling", max),
    Stop(
        "stop_walk_beneath_noise", "trend families", _has(process=BENEATH), "trend", "areas named without a trend", max
    ),
    Stop("stop_unlike_means", "mean differences", _is_unclaimed, "peers", "coverage"),
    Stop("stop_unlike_ranks", "ranks of means", _is_unclaimed, "ranks", "coverage, all sets together"),
    Stop("stop_unequal_noise", "panel", _has(uneven=1, ratio=0), "panel", "equal slopes rejected", max),
    Stop("stop_few_exposed", "exposed", _has(kind="3", association=0), "exposure", "plain clustered t rejects", max),
    Stop("stop_grouped_ranks", "ranks", _is_clustered, "ranks", "coverage, all sets together"),
)
"""Of the violations that were studied, those that cost most."""


def study_of(results: Mapping[str, MethodResult], registry: Registry, formats: Formats) -> dict[str, object]:
    """Collect what the page prints of the kept study: counts, bands, claims, methods in the registry's order."""
    studied = [results[id] for id in registry.methods if id in results]
    methods = [_method(result, registry[result.method].title, formats) for result in studied]
    claims = [
        [registry[result.method].title, in_english(claim, formats.language), *_claim(measures, formats)]
        for result in studied
        for claim, measures in _claims(result.cells)
    ]
    present = {fingerprint(f"policyreport.statistics.validity.{name}") for name in SIMULATORS}
    older = [result for result in studied if not {cell.code for cell in result.cells} <= present]
    shorter = (cell for result in studied for cell in result.cells if is_short(cell, result))
    short = [(in_english(str(cell.design["what"]), formats.language, always=True), cell.draws) for cell in shorter]
    return {
        "methods": methods,
        "cells": {id: list(results[id].cells) if id in results else [] for id in registry.methods},
        "rows": sum(len(result.cells) for result in studied),
        "judged": sum(method["judged"] for method in methods),
        "met": sum(method["met"] for method in methods),
        "draws": sorted({result.draws for result in studied}),
        "shortened": [
            {"what": in_english(str(what), formats.language, always=True), "draws": draws}
            for what, draws in dict.fromkeys(short)
        ],
        "bands": BANDS,
        "after": registry.references["MWC19"].full,
        "older": [registry[result.method].title for result in older],
        "claims": claims,
        "claims_met": sum(row[2] == "meets" for row in claims),
        "claim_rows": [[*row[:2], said(str(row[2]), formats), *row[3:]] for row in claims],
        "missing": [method for method in methods if method["misses"]],
        "stopping": [method for method in methods if method["stops"]],
        "earlier": EARLIER,
    }


def _method(result: MethodResult, title: str, formats: Formats) -> dict[str, Any]:
    """Collect one method's counts, misses with their notes, tables, and violations under which it stops holding."""
    missed = failures(result)
    judged = sum(measure.low is not None for cell in result.cells for measure in cell.measures)
    return {
        "id": result.method,
        "title": title,
        "version": result.version,
        "judged": judged,
        "met": judged - len(missed),
        "verdict": said(verdict_of([measure for cell in result.cells for measure in cell.measures]), formats),
        "misses": [
            {
                "design": in_english(_described(cell), formats.language),
                "name": in_english(measure.name, formats.language),
                "measured": measured(measure, formats),
                "side": said("below" if measure.verdict == "fails low" else "above", formats),
                "band": (measure.low, measure.high),
            }
            for cell, measure in missed
        ],
        "notes": notes_on([cell for cell, _ in missed]),
        "kinds": [_table(result, str(what), formats) for what in dict.fromkeys(c.design["what"] for c in result.cells)],
        "stops": [
            {"name": stop.name, "worst": stop.worst(values)}
            for stop in STOPS
            if stop.method == result.method and (values := measure_of(filter(stop.is_of, result.cells), stop.measure))
        ],
    }


def _table(result: MethodResult, what: str, formats: Formats) -> dict[str, object]:
    """Lay out one table: a row per cell with its design, the verdict on it, and a column for each measure."""
    rows = [cell for cell in result.cells if cell.design["what"] == what]
    designs = list(dict.fromkeys(name for cell in rows for name in cell.design if name != "what"))
    measures = [measure for cell in rows for measure in cell.measures]
    bands = {
        measure.name: band_of(measure.low, measure.high, formats)
        for measure in measures
        if measure.low is not None and measure.high is not None
    }
    names = list(dict.fromkeys(measure.name for measure in measures))
    headed = [f"{name} ({bands[name]})" if name in bands else name for name in names]
    return {
        "id": f"validity-{result.method}-{what.replace(' ', '-')}",
        "title": in_english(what.capitalize(), formats.language),
        "description": Markdown(DESIGNS.get(what, "")),
        "columns": [
            *(in_english(design.replace("_", " "), formats.language) for design in designs),
            WORDS[formats.language].verdict,
            *(in_english(name, formats.language) for name in headed),
        ],
        "cells": [_row(cell, designs, names, bands, formats) for cell in rows],
        "judged": sum(measure.low is not None for measure in measures),
        "missed": sum(measure.verdict.startswith("fails") for measure in measures),
        "measures": len(measures),
        "fewer": sorted({cell.draws for cell in rows if is_short(cell, result)}),
        "rows": rows,
        "remark": REMARKS.get(what),
        "notes": notes_on(rows),
    }


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


def failures(result: MethodResult) -> list[tuple[CellResult, Measure]]:
    """List the judged measures that miss their band, in the order of the table."""
    measures = [(cell, measure) for cell in result.cells for measure in cell.measures]
    return [(cell, measure) for cell, measure in measures if measure.verdict.startswith("fails")]


def is_short(cell: CellResult, result: MethodResult) -> bool:
    """Return whether a cell was repeated less often than the others; enumerated ones were not repeated."""
    return 0 < cell.draws < result.draws


def notes_on(cells: Sequence[CellResult]) -> list[dict[str, object]]:
    """List the notes on rows: the macro's `name`, and the `cells` that it is about."""
    by_note: list[dict[str, object]] = [
        {"name": note.name, "cells": [cell for cell in cells if note.is_of(cell)]} for note in NOTES
    ]
    return [note for note in by_note if note["cells"]]


def verdict_of(measures: Sequence[Measure]) -> str:
    """Write the verdict on the measures of a row, or of a claim over all rows.

    ``meets``; ``below``, ``above``, or how many of several judged ones are; ``shown`` where none is judged.
    """
    verdicts = [str(measure.verdict) for measure in measures]
    if set(verdicts) <= {"not judged"}:
        return "shown"
    missed = [(verdicts.count(f"fails {side}"), word) for side, word in (("low", "below"), ("high", "above"))]
    judged = len(verdicts) - verdicts.count("not judged")
    texts = (f"{count} {word}" if judged > 1 else word for count, word in missed if count)
    return ", ".join(texts) or "meets"


def said(verdict: str, formats: Formats) -> str:
    """Write a verdict of `verdict_of` in the page's language."""
    words = WORDS[formats.language].bands
    return re.sub("[a-z]+", lambda word: words.get(word[0], word[0]), verdict)


def band_of(low: float, high: float, formats: Formats) -> str:
    """Write a band, ``0.930–0.975``, or one number where the ends are the same."""
    return EN_DASH.join(dict.fromkeys(formats.number(end, 3) for end in (low, high)))


def measured(measure: Measure, formats: Formats) -> str:
    """Write a measure with its Monte-Carlo error, if it has one: ``0.950 ± 0.005``, with a fourth decimal if needed."""
    if not measure.error:
        return formats.number(measure.value, 3)
    decimals = 3 if measure.error >= SMALL else 4
    return f"{formats.number(measure.value, decimals)} ± {formats.number(measure.error, decimals)}"


def where(cells: Iterable[CellResult], **design: object) -> list[CellResult]:
    """Choose rows by their design; a list is of values that will do, none of what a design does not name."""
    return [cell for cell in cells if _fits(cell, design, all)]


def without(cells: Iterable[CellResult], **design: object) -> list[CellResult]:
    """Leave out rows by their design."""
    return [cell for cell in cells if not _fits(cell, design, any)]


def design_of(cells: Iterable[CellResult], name: str) -> list[object]:
    """List what rows differ in, once each."""
    return list(dict.fromkeys(cell.design[name] for cell in cells))


def measure_of(cells: Iterable[CellResult], *names: str) -> list[float]:
    """Give one measure, such as ``coverage``, or several, of every row that has it."""
    return [measure.value for cell in cells for measure in cell.measures if measure.name in names]


def nominal_of(cells: Iterable[CellResult], name: str) -> float | None:
    """Give the level that a method states for a measure."""
    return next((measure.nominal for cell in cells for measure in cell.measures if measure.name == name), None)


FILTERS: dict[str, Callable[..., object]] = {
    "where": where,
    "without": without,
    "design": design_of,
    "measure": measure_of,
    "nominal": nominal_of,
}
"""Filters of templates that choose among the study's rows."""


def _fits(cell: CellResult, design: Design, how: Callable[[Iterable[bool]], bool]) -> bool:
    return how(cell.design.get(name) in (wanted if isinstance(wanted, list) else [wanted])
               for name, wanted in design.items())  # fmt: skip


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


def _claim(measures: Sequence[Measure], formats: Formats) -> list[object]:
    ordered = sorted(measures, key=lambda measure: measure.value)
    levels = [measure.nominal for measure in measures if measure.nominal is not None]
    nominal = band_of(min(levels), max(levels), formats) if levels else None
    (low, high) = {(measure.low or 0.0, measure.high or 1.0) for measure in measures}.pop()
    judged = verdict_of(measures), nominal, band_of(low, high, formats), len(measures)
    return [*judged, measured(ordered[0], formats), measured(ordered[-1], formats)]


def _row(
    cell: CellResult, designs: Sequence[str], names: Sequence[str], bands: Mapping[str, str], formats: Formats
) -> list[object]:
    by = {measure.name: measure for measure in cell.measures}
    shown = [str(cell.design.get(name, DEFAULTS.get(name, EN_DASH))) for name in designs]
    # The dagger marks a cell whose result was known beforehand and is explained under the table.
    shown[-1] += " †" if any(note.is_of(cell) for note in NOTES) else ""
    shown = [in_english(text, formats.language) for text in shown]
    numbers = [_marked(by[name], name in bands, formats) if name in by else None for name in names]
    return [*shown, said(verdict_of(cell.measures), formats), *numbers]


def _marked(measure: Measure, judged_elsewhere: bool, formats: Formats) -> Markdown:
    """Print bold where the band is missed, in brackets where only other rows of the column are judged."""
    text = measured(measure, formats)
    if measure.verdict.startswith("fails"):
        return Markdown(f"**{text}**")
    return Markdown(f"({text})" if judged_elsewhere and measure.low is None else text)


def _described(cell: CellResult) -> str:
    parts = [f"{name.replace('_', ' ')} {value}" for name, value in cell.design.items() if name != "what"]
    return f"{cell.design['what']}, {', '.join(parts)}"
