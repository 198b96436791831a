"""A figure or table cites the files of what it shows: none that it shows nothing of, and every one that it does."""

from __future__ import annotations

import ast
import dataclasses
import importlib
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
from policyreport.figures.behind import source_line
from policyreport.figures.frame import Picture
from policyreport.params.wording import read_wording
from policyreport.publishing import report
from policyreport.publishing.names import name_filters
from policyreport.publishing.provenance import read_provenance
from policyreport.records.base import Observation
from policyreport.records.formats import Formats
from policyreport.records.markdown import read_marks
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

    drawn: dict[str, set[str]] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    sources: Callable[[Iterable[str]], str] = str
    inside: bool = False

    def drawing(self, figure: Callable[..., Picture], *args: Any, **options: Any) -> Picture:
        """Draw a figure and keep the files behind what it draws."""
        if self.inside:  # a part of another figure
            return figure(*args, **options)
        given = inspect.signature(figure).bind(*args, **options).arguments
        frame = given.pop("frame")
        # A text inside the picture is written before it is drawn: what comes last counts.
        self.drawn[frame.label] = set(files_of(behind(given)))
        self.inside = True
        try:
            return figure(*args, **options)
        finally:
            self.inside = False


def patched(seen: Seen, patch: pytest.MonkeyPatch) -> None:
    """Let every figure that a page is made of report itself."""
    modules = {name: each for name, each in sys.modules.items() if name.startswith("policyreport.")}
    wrapped: dict[Any, Any] = {}
    for module in modules.values():
        for name, value in list(vars(module).items()):
            if not inspect.isfunction(value) or not value.__module__.startswith("policyreport.figures."):
                continue
            of_page = "frame" in inspect.signature(value).parameters and not value.__name__.startswith("_")
            if of_page and value.__name__ != "picture" and not module.__name__.startswith("policyreport.figures.style"):
                patch.setattr(module, name, wrapped.setdefault(value, partial(seen.drawing, value)))


def draw(inputs: Inputs) -> None:
    """Run a notebook's cells in this process, and draw their figures."""
    (path,) = ROOT.glob(f"notebooks/*/{inputs.notebook}.ipynb")
    names: dict[str, Any] = {"data": inputs}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        for statement in ast.parse("".join(cell["source"])).body if cell["cell_type"] == "code" else ():
            code = ast.unparse(statement)
            assigns = isinstance(statement, ast.Assign) and "open_edition(" not in code
            if assigns or isinstance(statement, (ast.Import, ast.ImportFrom)) or code.startswith("plot."):
                exec(code, names)


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
    # One province shows what another does; n96 has parts, tasks, scores and a share.
    areas = ("n01", "n96", "VN") if request.config.getoption("--all") else ("n96", "VN")
    edition = request.getfixturevalue(request.param)
    provenance = read_provenance(edition.root, edition.store.name)
    found.sources = name_filters(provenance, read_wording(edition.root))["sources"]
    pages = report.filled_pages(edition.root, edition.store, report.collect(edition.store))
    found.pages = {name: text for name, text in pages if not name.startswith("vi/")}
    with pytest.MonkeyPatch.context() as patch:
        importlib.import_module("policyreport.figures.plot")  # a figure not yet imported would go unseen
        slices = list(every_slice(edition, tmp_path_factory.mktemp("slices"), areas))
        patched(found, patch)
        for inputs in slices:
            draw(inputs)
    yield found
    plan.load_edition.cache_clear()


def test_a7_every_figure_of_a_page_cites_the_files_of_what_its_picture_draws(seen: Seen) -> None:
    found = {figure["label"]: figure["line"] for page in seen.pages.values() for figure in FIGURE.finditer(page)}
    both = found.keys() & seen.drawn.keys()
    assert len(both) > 20
    assert {label: found[label] for label in both} == {label: seen.sources(seen.drawn[label]) for label in both}


def test_a7_every_table_cites_the_files_of_the_values_it_prints(seen: Seen) -> None:
    tables = [found for page in seen.pages.values() for found in TABLE.finditer(page)]
    assert len({found["id"] for found in tables}) > 10
    wrong = {}
    for found in tables:
        cited = seen.sources([row for mark in read_marks(found["body"]) for row in mark.rows])
        if found["line"] != cited:
            wrong[found["id"]] = found["line"], cited
    assert wrong == {}


def test_a7_the_map_of_one_measure_and_year_cites_no_other(known_q4, slice_of, say) -> None:
    inputs = slice_of(known_q4, "quality", "VN")
    own, other = "nso/digital-economy-provinces-2026-01.csv#6", "mic-mst/digital-economy-2024-11-15.csv#2"
    ledger = inputs.observations.copy()
    ledger.loc[other, "area"] = "n01"
    inputs = dataclasses.replace(inputs, observations=ledger)
    assert {own, other} <= set(inputs.newest.index[inputs.newest["area"] == "n01"])
    row = LeagueRow(
        area="n01", name="Hà Nội", slug="a", region="", share=17.34, share_year="2025", inputs={"share": (own,)}
    )
    (source,) = [source for source in inputs.sources if source.id == own.partition(".csv")[0]]
    assert source_line([source], Formats("en")) in say("league", "map", [row], data=inputs)
