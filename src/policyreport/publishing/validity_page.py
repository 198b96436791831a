"""What the validity page prints: the kept study, its claims, and which rows each text under a table is about.

The texts are templates, reports/validity.qmd and reports/en/sentences/validity.md; here rows are chosen for them by the
design of a simulation, so that a text changes without a new study.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from pathlib import Path
from typing import Any

from policyreport.errors import DataError
from policyreport.params.registry import MethodEntry, Registry
from policyreport.records.formats import EN_DASH, Formats
from policyreport.records.markdown import Markdown
from policyreport.statistics.validity import measures as judged_by
from policyreport.statistics.validity.designs import DESIGNS
from policyreport.statistics.validity.fingerprint import fingerprint
from policyreport.statistics.validity.measures import CellResult, Measure, MethodResult

FOLDER = Path("data") / "validity"
"""Results that the page shows; `policyreport validity --keep` writes them."""
SIMULATORS = ("tasks", "unlike", "outlooks", "pooled", "series", "families", "panels", "mixed", "yearly", "places")
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


def _is_of_one_spread(design: Design) -> bool:
    return design.get("spread", "prior") != "prior" and not design.get("mean") and not design.get("jumps")


@dataclass(frozen=True)
class Note:
    """A text under a table (a macro's name) for the cells of one kind of simulation whose design it applies to."""

    name: str
    what: str
    holds: Callable[[Design], bool]

    def is_of(self, cell: CellResult) -> bool:
        """Return whether the note applies to a cell."""
        return cell.design["what"] == self.what and self.holds(cell.design)


NOTES = (
    Note("groups_in_lists", "completion", ignores_groups),
    Note("groups_in_changes", "flow change", ignores_groups),
    Note("even_entry", "flow change", lambda design: design.get("entry") == "evenly"),
    Note("even_entry", "flow trend", lambda design: design.get("entry") == "evenly"),
    Note("beyond_allowance", "unlike change", _is_beyond),
    Note("beyond_allowance", "unlike trend", _is_beyond),
    Note("harder_tasks_left", "unlike outlook", lambda design: True),
    Note("groups_in_outlooks", "outlook", ignores_groups),
    Note("groups_in_shares", "pooling", lambda design: ignores_groups(design) and design.get("assumed", 1) == 1),
    Note("larger_groups_in_shares", "pooling", exceeds_assumed),
    Note("groups_in_funnel", "funnel", ignores_groups),
    Note("one_spread", "threshold", _is_of_one_spread),
    Note("upward_revisions", "threshold", lambda design: bool(design.get("mean"))),
    Note("jumping_revisions", "threshold", lambda design: bool(design.get("jumps"))),
    Note("serial_dependence", "trend", lambda design: design.get("rho", 0) > 0),
    Note("walk_beneath_noise", "trend families", lambda design: design.get("process") == BENEATH),
    Note("unclaimed_means", "mean differences", lambda design: design.get("process") in UNCLAIMED),
    Note("jumping_years", "mean differences", lambda design: design.get("process") == "jumps"),
    Note("unclaimed_ranks", "ranks of means", lambda design: design.get("process") in UNCLAIMED),
    Note("unequal_noise", "panel", lambda design: bool(design.get("uneven"))),
    Note("few_exposed", "exposed", lambda design: str(design["kind"]).isdigit() and int(design["kind"]) < 6),
    Note("groups_in_ranks", "ranks", lambda design: str(design.get("kind")).endswith("clustered")),
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


@dataclass(frozen=True)
class Stop:
    """A violation of one method, with the measure whose worst value its text (a macro's name) gives."""

    name: str
    method: str
    what: str
    holds: Callable[[Design], bool]
    measure: str
    worst: Callable[..., float] = min


STOPS = (
    Stop("stop_grouped_lists", "completion", "completion", ignores_groups, "coverage, mean over p of 0.05 to 0.95"),
    Stop("stop_grouped_changes", "flow", "flow change", ignores_groups, "coverage"),
    Stop(
        "stop_unlike_tasks", "flow", "unlike trend",
        lambda design: design["frailty"] == "gamma 2" and design["slope"] == 0, "verdict falling", max,
    ),
    Stop(
        "stop_unfinishable_tasks", "flow", "unlike trend",
        lambda design: design["frailty"] == "half never" and design["slope"] == 0, "verdict falling", max,
    ),
    Stop("stop_harder_tasks", "outlook", "unlike outlook", lambda design: True, "coverage, as printed"),
    Stop("stop_grouped_shares", "pooling", "pooling", exceeds_assumed, "coverage"),
    Stop("stop_grouped_funnel", "funnel", "funnel", exceeds_assumed, "any area singled out", max),
    Stop(
        "stop_large_revisions", "threshold", "threshold",
        lambda design: str(design.get("spread")) == "1.5", "coverage",
    ),
    Stop(
        "stop_correlated_years", "trend", "trend",
        lambda design: design.get("rho", 0) > 0.3 and design.get("slope") == 0, "verdict rising or falling", max,
    ),
    Stop(
        "stop_walk_beneath_noise", "trend", "trend families",
        lambda design: design.get("process") == BENEATH, "areas named without a trend", max,
    ),
    Stop("stop_unlike_means", "peers", "mean differences", NOTES[16].holds, "coverage"),
    Stop("stop_unlike_ranks", "ranks", "ranks of means", NOTES[16].holds, "coverage, all sets together"),
    Stop(
        "stop_unequal_noise", "panel", "panel",
        lambda design: bool(design.get("uneven")) and design.get("ratio") == 0, "equal slopes rejected", max,
    ),
    Stop(
        "stop_few_exposed", "exposure", "exposed",
        lambda design: design.get("kind") == "3" and design.get("association") == 0, "plain clustered t rejects", max,
    ),
    Stop(
        "stop_grouped_ranks", "ranks", "ranks",
        lambda design: str(design.get("kind")).endswith("clustered"), "coverage, all sets together",
    ),
)  # fmt: skip
"""Of the violations that were studied, those that cost most."""


@dataclass(frozen=True)
class Study:
    """The kept study as the page prints it."""

    results: Mapping[str, MethodResult]
    registry: Registry
    formats: Formats
    earlier: float = EARLIER

    @cached_property
    def methods(self) -> list[Method]:
        """The studied methods in the registry's order."""
        found = ((id, entry) for id, entry in self.registry.methods.items() if id in self.results)
        return [Method(self.results[id], entry, self.formats) for id, entry in found]

    @cached_property
    def cells(self) -> dict[str, list[CellResult]]:
        """Rows of the study by method; none of a method that was not studied."""
        return {id: list(self.results[id].cells) if id in self.results else [] for id in self.registry.methods}

    @property
    def rows(self) -> int:
        """Number of rows of all tables."""
        return sum(map(len, self.cells.values()))

    @property
    def judged(self) -> int:
        """Number of judged measures."""
        return sum(method.judged for method in self.methods)

    @property
    def met(self) -> int:
        """Number of judged measures that meet their band."""
        return sum(method.met for method in self.methods)

    @property
    def draws(self) -> list[int]:
        """Numbers of repetitions."""
        return sorted({result.draws for result in self.results.values()})

    @property
    def shortened(self) -> list[dict[str, object]]:
        """Slow kinds of simulation (`what`) with the repetitions that were made of them (`draws`)."""
        short = {
            (str(cell.design["what"]), cell.draws): None
            for method in self.methods for cell in method.result.cells if is_short(cell, method.result)
        }  # fmt: skip
        return [{"what": what, "draws": draws} for what, draws in short]

    @property
    def bands(self) -> dict[str, object]:
        """Bands of METHODS §17, and the error of a share at the nominal level."""
        level = judged_by.LEVEL
        return {
            "continuous": judged_by.CONTINUOUS,
            "at_least": judged_by.AT_LEAST,
            "rank_sets": judged_by.RANK_SETS,
            "nominal_test": judged_by.NOMINAL_TEST,
            "exact_test": judged_by.EXACT_TEST,
            "errors": judged_by.ERRORS,
            "level": level,
            "repetitions": DRAWS,
            "error": sqrt(level * (1 - level) / DRAWS),
        }

    @property
    def older(self) -> list[str]:
        """Titles of methods whose code changed after they were simulated; comments and docstrings do not count."""
        present = {fingerprint(f"policyreport.statistics.validity.{name}") for name in SIMULATORS}
        return [each.title for each in self.methods if not {cell.code for cell in each.result.cells} <= present]

    @cached_property
    def claims(self) -> list[list[object]]:
        """A row for each judged claim: method, claim, verdict, nominal level, band, sizes, lowest, highest."""
        return [
            [method.title, claim, *_claim(measures, self.formats)]
            for method in self.methods
            for claim, measures in _claims(method.result.cells)
        ]

    @property
    def claims_met(self) -> int:
        """Number of claims that meet their band at every size."""
        return sum(row[2] == "meets" for row in self.claims)

    @property
    def missing(self) -> list[Method]:
        """Methods with a measure that misses its band."""
        return [method for method in self.methods if method.failures]

    @property
    def stops(self) -> list[dict[str, object]]:
        """Methods (`title`) with the violations under which they stop holding (`stops`), as far as studied."""
        by_method: list[dict[str, object]] = [
            {"title": method.title, "stops": [stop for stop in map(method.worst, STOPS) if stop]}
            for method in self.methods
        ]
        return [method for method in by_method if method["stops"]]


@dataclass(frozen=True)
class Method:
    """One studied method."""

    result: MethodResult
    entry: MethodEntry
    formats: Formats

    @property
    def id(self) -> str:
        """Key of the method."""
        return self.result.method

    @property
    def title(self) -> str:
        """Name of the method for readers."""
        return self.entry.title

    @property
    def version(self) -> str:
        """Version of the package that made the results."""
        return self.result.version

    @cached_property
    def failures(self) -> list[tuple[CellResult, Measure]]:
        """The judged measures that miss their band, in the order of the table."""
        return failures(self.result)

    @property
    def judged(self) -> int:
        """Number of judged measures."""
        return sum(measure.low is not None for cell in self.result.cells for measure in cell.measures)

    @property
    def met(self) -> int:
        """Number of judged measures that meet their band."""
        return self.judged - len(self.failures)

    @property
    def verdict(self) -> str:
        """How many measures are below and above their band."""
        return verdict_of([measure for cell in self.result.cells for measure in cell.measures])

    @property
    def misses(self) -> list[dict[str, object]]:
        """The measures that miss their band: `design`, `name`, `measured`, `side`, and the band `low` to `high`."""
        return [
            {
                "design": _described(cell),
                "name": measure.name,
                "measured": measured(measure, self.formats),
                "side": "below" if measure.verdict == "fails low" else "above",
                "low": measure.low,
                "high": measure.high,
            }
            for cell, measure in self.failures
        ]

    @property
    def notes(self) -> list[dict[str, object]]:
        """Notes on the rows that miss their band."""
        return notes_on([cell for cell, _ in self.failures])

    @property
    def kinds(self) -> list[dict[str, object]]:
        """Its tables, one for each kind of simulation."""
        return [self._kind(kind) for kind in dict.fromkeys(str(cell.design["what"]) for cell in self.result.cells)]

    def worst(self, stop: Stop) -> dict[str, object] | None:
        """Give the worst value under a violation, if it is this method's and was studied."""
        own = [cell for cell in self.result.cells if cell.design["what"] == stop.what and stop.holds(cell.design)]
        values = measure_of(own, stop.measure) if stop.method == self.id else []
        return {"name": stop.name, "worst": stop.worst(values)} if values else None

    def _kind(self, what: str) -> dict[str, object]:
        """Lay out one table: a row per cell with its design, the verdict on it, and a column for each measure."""
        rows = [cell for cell in self.result.cells if cell.design["what"] == what]
        designs = list(dict.fromkeys(name for cell in rows for name in cell.design if name != "what"))
        measures = [measure for cell in rows for measure in cell.measures]
        bands = {
            measure.name: band_of(measure.low, measure.high, self.formats)
            for measure in measures
            if measure.low is not None and measure.high is not None
        }
        names = list(dict.fromkeys(measure.name for measure in measures))
        return {
            "id": f"validity-{self.id}-{what.replace(' ', '-')}",
            "title": what.capitalize(),
            "description": Markdown(DESIGNS.get(what, "")),
            "columns": [
                *(design.replace("_", " ") for design in designs),
                "verdict",
                *(f"{name} ({bands[name]})" if name in bands else name for name in names),
            ],
            "cells": [_row(cell, designs, names, bands, self.formats) for cell in rows],
            "judged": sum(measure.low is not None for measure in measures),
            "missed": sum(measure.verdict.startswith("fails") for measure in measures),
            "measures": len(measures),
            "fewer": sorted({cell.draws for cell in rows if is_short(cell, self.result)}),
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
    numbers = [_marked(by[name], name in bands, formats) if name in by else None for name in names]
    return [*shown, verdict_of(cell.measures), *numbers]


def _marked(measure: Measure, judged_elsewhere: bool, formats: Formats) -> Markdown:
    """Print bold where the band is missed, in brackets where only other rows of the column are judged."""
    text = measured(measure, formats)
    if measure.verdict.startswith("fails"):
        return Markdown(f"**{text}**")
    return Markdown(f"({text})" if judged_elsewhere and measure.low is None else text)


def _described(cell: CellResult) -> str:
    parts = [f"{name.replace('_', ' ')} {value}" for name, value in cell.design.items() if name != "what"]
    return f"{cell.design['what']}, {', '.join(parts)}"
