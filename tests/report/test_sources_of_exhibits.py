"""A figure or table cites the files of what it shows: none that it shows nothing of, and every one that it does."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from policyreport.data.inputs import Inputs, files_of, read_inputs
from policyreport.figures.exhibits import Exhibit
from policyreport.figures.frame import Frame
from policyreport.figures.present.voice import Voice
from policyreport.params.wording import read_wording
from policyreport.publishing import report
from policyreport.publishing.names import name_filters
from policyreport.publishing.provenance import read_provenance
from policyreport.records.base import Observation
from policyreport.records.marks import read_marks
from policyreport.records.notebooks import LeagueRow
from policyreport.records.shares import VintageValue
from policyreport.running import plan

ROOT = Path(__file__).parents[2]
TABLE = re.compile(
    r"^::: \{#tbl-(?P<id>[\w-]+)[^}]*\}\n(?P<body>(?:(?!^:::).*\n)+):::\n+::: \{\.source\}\n+(?P<line>.+)\n",
    re.MULTILINE,
)

FIGURE = re.compile(
    r"^::: \{#fig-(?P<label>[\w-]+)\}\n(?:(?!^:::).*\n)+:::\n+::: \{\.source\}\n+(?P<line>.+)\n", re.MULTILINE
)

# A proportion names no rows; the sentence above it is that of the same count.
NO_ROWS = {"spark-tasks"}


def behind(shown: object) -> Iterator[str]:
    """The rows that objects handed to a figure name."""
    if isinstance(shown, Observation):
        yield shown.id
    elif isinstance(shown, VintageValue):
        yield shown.observation
    elif isinstance(shown, Mapping):
        yield from behind(list(shown.values()))
    elif hasattr(shown, "cells") and hasattr(shown, "values"):  # a triangle: its picture shows the cells
        years = [cell for cell in shown.cells if len(cell.period) == len("2025")]
        yield from behind(years or shown.cells)
    elif inputs := getattr(shown, "inputs", None):
        yield from (row for group in (inputs.values() if isinstance(inputs, Mapping) else [inputs]) for row in group)
    elif hasattr(shown, "points"):
        yield from behind(shown.points)
    elif hasattr(shown, "trend"):
        yield from behind(shown.trend)
    elif isinstance(shown, Iterable) and not isinstance(shown, str):
        for part in shown:
            yield from behind(part)


@dataclass
class Seen:
    """What the cells of notebooks showed, and what every figure was given to cite and to draw.

    `drawn` are the files behind a picture whose page writes its caption, by label; `pages` and `sources` are the filled
    pages, and how they cite files.
    """

    cited: dict[int, tuple[Frame, list[str]]] = field(default_factory=dict)
    figures: list[tuple[str, set[str], set[str]]] = field(default_factory=list)
    exhibits: list[tuple[Voice, Exhibit]] = field(default_factory=list)
    drawn: dict[str, set[str]] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    sources: Callable[[Iterable[str]], str] = str
    inside: bool = False

    def framing(self, made: Callable[..., Frame], voice: Voice, id: str, *texts: Any) -> Frame:
        """Make a frame and keep the rows it cites; a small one is led by the rows of its sentence."""
        cut = 0 if made.__name__ == "small" else 2
        lists = [list(rows) for rows in texts[cut:]]
        frame = made(voice, id, *texts[:cut], *lists)
        self.cited[id_of(frame)] = frame, lists[0]
        return frame

    def drawing(self, figure: Callable[..., Exhibit], *args: Any, **options: Any) -> Exhibit:
        """Draw a figure and keep the files it cites and those behind what it draws."""
        if self.inside:  # a part of another figure
            return figure(*args, **options)
        given = inspect.signature(figure).bind(*args, **options).arguments
        frame = given.pop("frame")
        if frame.finding is None:
            # A text inside the picture is written before it is drawn: what comes last counts.
            self.drawn[frame.label] = set(files_of(behind(given)))
            self.inside = True
            try:
                return figure(*args, **options)
            finally:
                self.inside = False
        kept, rows = self.cited[id_of(frame)]
        in_words = [row for mark in read_marks(kept.finding) for row in mark.rows if ".csv#" in row]
        self.figures.append((frame.label, set(files_of(rows)), set(files_of({*behind(given), *in_words}))))
        self.inside = True
        try:
            return figure(*args, **options)
        finally:
            self.inside = False


def id_of(frame: Frame) -> int:
    return hash((frame.id, frame.scope, frame.finding, frame.source))


def patched(seen: Seen, patch: pytest.MonkeyPatch) -> None:
    """Let every figure that a page is made of report itself."""
    for name in ("frame", "small"):
        made = getattr(Voice, name)
        patch.setattr(Voice, name, lambda voice, id, *texts, _made=made: seen.framing(_made, voice, id, *texts))
    modules = {name: each for name, each in sys.modules.items() if name.startswith("policyreport.")}
    wrapped: dict[Any, Any] = {}
    for module in modules.values():
        for name, value in list(vars(module).items()):
            if not inspect.isfunction(value) or not value.__module__.startswith("policyreport.figures."):
                continue
            of_page = "frame" in inspect.signature(value).parameters and not value.__name__.startswith("_")
            if of_page and value.__name__ != "picture" and not module.__name__.startswith("policyreport.figures.style"):
                patch.setattr(module, name, wrapped.setdefault(value, partial(seen.drawing, value)))


def shown(inputs: Inputs) -> Iterator[Exhibit]:
    """Run a notebook's cells in this process, and give what they show."""
    (path,) = ROOT.glob(f"notebooks/*/{inputs.notebook}.ipynb")
    names: dict[str, Any] = {"data": inputs}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        for statement in ast.parse("".join(cell["source"])).body if cell["cell_type"] == "code" else ():
            code = ast.unparse(statement)
            imports = isinstance(statement, (ast.Import, ast.ImportFrom))
            if imports or (isinstance(statement, ast.Assign) and "open_edition(" not in code):
                exec(code, names)
            elif isinstance(statement, ast.Expr) and code.startswith(("present.", "plot.")):
                found = eval(code, names)
                yield from found if isinstance(found, tuple) else [found]


def every_slice(tiny: Any, folder: Path, areas: Iterable[str]) -> Iterator[Inputs]:
    """The slices of the notebooks of some areas."""
    first = plan.first_units(tiny.root, "tiny", None, tiny.store)
    units = [*first, *plan.last_units(tiny.root, "tiny", tiny.store)]
    for at, unit in enumerate(each for each in units if each.area in areas):
        place = folder / str(at)
        for name, body in unit.slice.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(body)
        yield read_inputs(place)


@pytest.fixture(scope="module", params=["tiny", pytest.param("tiny_simulated", marks=pytest.mark.thorough)])
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """What the notebooks of an edition show, run once."""
    found = Seen()
    # In the simulated edition all provinces publish the same: one shows what another does.
    areas = ("n01", "n96", "VN") if request.param == "tiny" or request.config.getoption("--all") else ("n96", "VN")
    edition = request.getfixturevalue(request.param)
    provenance = read_provenance(edition.root, edition.store.name)
    found.sources = name_filters(provenance, read_wording(edition.root))["sources"]
    found.pages = dict(report.filled_pages(edition.root, edition.store, report.collect(edition.store)))
    with pytest.MonkeyPatch.context() as patch:
        slices = list(every_slice(edition, tmp_path_factory.mktemp("slices"), areas))
        patched(found, patch)
        for inputs in slices:
            found.exhibits += [(Voice(inputs), each) for each in shown(inputs)]
    yield found
    plan.load_edition.cache_clear()


def test_a7_every_figure_cites_the_files_of_what_it_draws(seen: Seen) -> None:
    assert len(seen.figures) + len(seen.drawn) > 20
    wrong = {
        label: (sorted(cited - drawn), sorted(drawn - cited))
        for label, cited, drawn in seen.figures
        if cited != drawn and not (label in NO_ROWS and not drawn)
    }
    assert wrong == {}


def test_a7_every_figure_of_a_page_cites_the_files_of_what_its_picture_draws(seen: Seen) -> None:
    found = {figure["label"]: figure["line"] for page in seen.pages.values() for figure in FIGURE.finditer(page)}
    both = found.keys() & seen.drawn.keys()
    assert len(both) > 5
    assert {label: found[label] for label in both} == {label: seen.sources(seen.drawn[label]) for label in both}


def test_a7_every_table_cites_the_files_of_the_values_it_prints(seen: Seen) -> None:
    tables = [(voice.source, found) for voice, each in seen.exhibits for found in TABLE.finditer(each.markdown)]
    tables += [(seen.sources, found) for page in seen.pages.values() for found in TABLE.finditer(page)]
    assert len({found["id"] for _, found in tables}) > 10
    wrong = {}
    for source, found in tables:
        rows = [row for mark in read_marks(found["body"]) for row in mark.rows]
        if found["line"] != source(rows):
            wrong[found["id"]] = found["line"], source(rows)
    assert wrong == {}


def test_a7_the_map_of_one_measure_and_year_cites_no_other(known_q4, slice_of, say) -> None:
    inputs = slice_of(known_q4, "evaluation", "VN")
    own, other = "nso/digital-economy-provinces-2026-01.csv#6", "mic-mst/digital-economy-2024-11-15.csv#2"
    ledger = inputs.observations.copy()
    ledger.loc[other, "area"] = "n01"
    inputs = dataclasses.replace(inputs, observations=ledger)
    assert {own, other} <= set(inputs.newest.index[inputs.newest["area"] == "n01"])
    row = LeagueRow(
        area="n01", name="Hà Nội", slug="a", region="", share=17.34, share_year="2025", inputs={"share": (own,)}
    )
    assert Voice(inputs).source([own]) in say("league", "map", [row], data=inputs)
