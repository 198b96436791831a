"""The real project's data, and a tiny edition of it that notebook and report tests share."""

import ast
import dataclasses
import json
import os
import pickle
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from filelock import FileLock
from hypothesis import settings

from policyreport.data.inputs import Inputs, read_inputs
from policyreport.data.observations.ledger import load_ledger
from policyreport.data.quality import panel_values
from policyreport.data.selection import compare_series
from policyreport.figures.frame import Picture
from policyreport.params.methods import ExposureSettings, MethodSettings, RanksSettings, read_method_settings
from policyreport.params.wording import Wording, read_wording
from policyreport.publishing.page_values import page_filters, page_values
from policyreport.publishing.provenance import Provenance, read_provenance
from policyreport.publishing.quality_values import change_values
from policyreport.publishing.renderers import choose
from policyreport.publishing.report import assemble
from policyreport.publishing.templates import Templates
from policyreport.publishing.values import Drawing
from policyreport.records.markdown import as_read, unmarked
from policyreport.records.notebooks import (
    Changes,
    CompareRecord,
    EconomyRecord,
    NotebookRecord,
    QualityRecord,
    TrendRecord,
)
from policyreport.running import plan
from policyreport.running.cache.results import Cache
from policyreport.running.execute import Unit
from policyreport.running.kernels import batch_server
from policyreport.running.plan import EditionData
from policyreport.running.runs import RunSummary, run_stages
from policyreport.statistics.tasks.completion import completion_of_lists
from policyreport.statistics.tasks.flow import pace_of_tasks
from policyreport.statistics.tasks.outlook import outlook_of_tasks

ROOT = Path(__file__).parents[1]
TINY = "tiny"
# Publishes most; publishes counts of lists that changed; was merged from two.
TINY_AREAS = ["n01", "n40", "n96"]
PARTS = ("params", "data", "notebooks", "reports")
# How the run of a tiny edition went, pickled.
SUMMARY = "summary.pickle"


@dataclass(frozen=True)
class TinyEdition:
    """A copy of the project with an edition of three provinces that was run. Whoever changes it takes a copy."""

    root: Path
    store: Path
    summary: RunSummary


@dataclass(frozen=True)
class Rendered:
    """The project of pages assembled from an edition, and the site that pandoc makes of it."""

    project: Path
    site: Path


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest --all`, which `make test-all` gives: what takes too long for every commit as well."""
    parser.addoption("--all", action="store_true", help="also what takes too long for every commit")


# What takes longest comes first, so that all of pytest's workers end together.
LONGEST = (
    "report/test_edition",
    "faults/hostile/test_edition",
    "faults/test_damaged_sheets",
    "report/test_own_sections",
    "faults/test_rendering_faults",
    "faults/test_edition_chains",
    "unit/test_as_of",
    "unit/test_intake",
    "../src/warm_kernels/tests/test_likeness",
    "notebooks/test_lesson",
    "unit/test_rules",
    "notebooks/test_cells_reach_the_record",
    "report/test_pandoc_html",
    "report/test_sources_of_exhibits",
    "unit/test_cli",
    "faults/test_killed_runs",
    "faults/test_run_failures",
    "faults/test_cluster",
    "recovery/test_study_in_short",
    "unit/test_vintages",
    "unit/test_validity",
    "unit/test_share_words",
    "unit/test_figures",
    "reference/test_findings",
    "recovery/test_simulated_tasks",
    "recovery/test_flow",
    "report/test_simulated_edition",
    "reference/test_codes",
    "notebooks/test_identity",
)


# How many examples a property is tried on, where it says nothing else. They are other ones in every run.
settings.register_profile("commit", max_examples=12, deadline=None)
settings.register_profile("all", max_examples=100, deadline=None)


def pytest_configure(config: pytest.Config) -> None:
    """Let xdist hand out files in our order, its own being by the number of their tests; choose how many examples."""
    config.option.loadscopereorder = False
    settings.load_profile("all" if config.getoption("--all") else "commit")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave what takes too long for every commit to `--all`, and put the files that take longest first."""
    if not config.getoption("--all"):
        later = {"thorough"} if "BUILD" in os.environ else {"thorough", "edition"}
        left = [item for item in items if later & {mark.name for mark in item.iter_markers()}]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]
    order = {(ROOT / "tests" / f"{name}.py").resolve(): place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path, len(order)))


def run_edition(root: Path, edition: str) -> RunSummary:
    """Run an edition's notebooks as the command line does: two workers, kernels forked from one that rehearsed.

    The results are kept as there, so that whoever changes a copy and runs it again runs what the change touches.
    """
    stages = (
        lambda store: plan.first_units(root, edition, None, store),
        lambda store: plan.last_units(root, edition, store),
    )
    ahead = ("policyreport.running.rehearsal", "rehearse", str(root), edition)
    with batch_server((root / "notebooks").glob("*/*.ipynb"), rehearsal=ahead) as server:
        store, cache = root / "build" / edition, Cache(root)
        return run_stages(stages, store, 2, lambda event: None, server=server.address, cache=cache)


@pytest.fixture(scope="module")
def browser() -> Iterator:
    """Chromium without a window; tests that need it are skipped where there is none.

    It ends with its module: while it runs, nothing else in this process can run an event loop.
    """
    playwright = pytest.importorskip("playwright.sync_api")
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no chromium on the path")
    with playwright.sync_playwright() as run:
        started = run.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """Give the folder of a name, made by whichever of pytest's workers asks first; the others wait for it."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def make(name: str, fill: Callable[[Path], object]) -> Path:
        folder = shared / name
        with FileLock(shared / f"{name}.lock"):
            if not folder.exists():
                begun = Path(tempfile.mkdtemp(dir=shared))
                fill(begun)
                begun.rename(folder)
        return folder

    return make


@pytest.fixture(scope="session")
def tiny(made_once: Callable[..., Path]) -> TinyEdition:
    """The tiny edition, run once a session."""
    return tiny_edition(made_once("project", lambda folder: run_tiny(folder, "2025Q4")))


@pytest.fixture(scope="session")
def tiny_units(tiny: TinyEdition, made_once: Callable[..., Path]) -> list[Unit]:
    """What the tiny edition ran, with its slices, planned once a session."""

    def keep(folder: Path) -> None:
        first = plan.first_units(tiny.root, TINY, None, tiny.store)
        units = [*first, *plan.last_units(tiny.root, TINY, tiny.store)]
        (folder / "units.pickle").write_bytes(pickle.dumps(units))

    return pickle.loads((made_once("units", keep) / "units.pickle").read_bytes())


@pytest.fixture(scope="session")
def tiny_simulated(made_once: Callable[..., Path]) -> TinyEdition:
    """The same three provinces of the teaching edition."""
    return tiny_edition(made_once("simulated", lambda folder: run_tiny(folder, "teaching")))


@pytest.fixture(scope="session")
def tiny_rendered(tiny: TinyEdition, made_once: Callable[..., Path]) -> Rendered:
    """The tiny edition's pages, assembled and rendered once a session."""
    folder = made_once("rendered", lambda folder: render(tiny, folder))
    return Rendered(folder / "report", folder / "site")


@pytest.fixture(scope="session")
def tiny_simulated_rendered(tiny_simulated: TinyEdition, made_once: Callable[..., Path]) -> Rendered:
    """The pages of the same three provinces of the teaching edition."""
    folder = made_once("rendered-simulated", lambda folder: render(tiny_simulated, folder))
    return Rendered(folder / "report", folder / "site")


@pytest.fixture(scope="session")
def leave_few_pages() -> Callable[[Path], None]:
    """Leave a project two national pages, its provinces', and a short book, for tests of what holds for any page."""

    def shorten(root: Path) -> None:
        for path in (root / "reports").rglob("*.qmd"):
            if path.stem not in (
                "index",
                "tasks",
                "report",
                "report-annex",
                "_province",
                "_province-pdf",
                "_notebooks",
            ):
                path.unlink()
        book = "---\ntitle: Report\n---\n\n{{< page tasks >}}\n"
        for path in (root / "reports").glob("*/report*.qmd"):
            path.write_text(book, encoding="utf-8")

    return shorten


def run_tiny(root: Path, edition: str) -> None:
    """Copy the project, and run three provinces of an edition as edition `TINY`."""
    for part in PARTS:
        shutil.copytree(ROOT / part, root / part)
    settings = yaml.safe_load((ROOT / "params" / "editions" / f"{edition}.yaml").read_text(encoding="utf-8"))
    # Two of the three are enough to publish.
    settings |= {"id": TINY, "areas": TINY_AREAS, "quorum": 0.6}
    if settings.get("simulated"):
        settings["languages"] = ["en"]
    # Those that users of the project have added are theirs to test.
    settings.pop("notebooks", None)
    path = root / "params" / "editions" / f"{TINY}.yaml"
    path.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    (root / SUMMARY).write_bytes(pickle.dumps(run_edition(root, TINY)))


def tiny_edition(root: Path) -> TinyEdition:
    """What `run_tiny` left."""
    return TinyEdition(root, root / "build" / TINY, pickle.loads((root / SUMMARY).read_bytes()))


def render(edition: TinyEdition, folder: Path) -> None:
    """Assemble an edition's pages and render its site into a folder that then holds its results too."""
    shutil.copytree(edition.store, folder, dirs_exist_ok=True)
    choose("pandoc").render_site(assemble(edition.root, TINY, folder), folder / "site", lambda line: None)


@pytest.fixture(scope="session")
def known(made_once: Callable[..., Path]) -> Callable[[str], EditionData]:
    """Give everything known for an edition, loaded once a session."""

    def load(edition: str) -> EditionData:
        def keep(folder: Path) -> None:
            (folder / "data.pickle").write_bytes(pickle.dumps(plan.load_edition(ROOT, edition)))

        # Not what was loaded here: every worker has the same from the file.
        return pickle.loads((made_once(f"known-{edition}", keep) / "data.pickle").read_bytes())

    return load


@pytest.fixture(scope="session")
def known_q3(known: Callable[[str], EditionData]) -> EditionData:
    """Everything known for the edition of November 2025."""
    return known("2025Q3")


@pytest.fixture(scope="session")
def known_q4(known: Callable[[str], EditionData]) -> EditionData:
    """Everything known for the edition of September 2026."""
    return known("2025Q4")


@pytest.fixture(scope="session")
def known_teaching(known: Callable[[str], EditionData]) -> EditionData:
    """Everything known for the teaching edition."""
    return known("teaching")


@pytest.fixture(scope="session")
def slice_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[EditionData, str, str], Inputs]:
    """Lay out a notebook's slice of the real data and read it as the notebook would."""

    def lay_out(known: EditionData, notebook: str, area: str, store: Path | None = None) -> Inputs:
        folder = tmp_path_factory.mktemp("slice")
        for name, body in plan.slice_files(ROOT, known, notebook, area, store).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(body)
        return dataclasses.replace(read_inputs(folder), folder=folder)

    return lay_out


@pytest.fixture(scope="session")
def nation(known_q4: EditionData, slice_of: Callable[..., Inputs]) -> Inputs:
    """The national slice of the edition of September 2026, without records of provinces."""
    return slice_of(known_q4, "quality", "VN")


@pytest.fixture(scope="session")
def methods() -> MethodSettings:
    """The project's settings of all methods; `model_copy(update=…)` gives one of them other values."""
    return read_method_settings(ROOT)


@pytest.fixture(scope="session")
def with_draws() -> Callable[..., Any]:
    """Give a method's settings with another number of random draws, and other values of its own."""

    def changed(settings: RanksSettings | ExposureSettings, draws: int, **others: object) -> object:
        conventions = settings.conventions.model_copy(update={"draws": draws})
        return settings.model_copy(update={"conventions": conventions, **others})

    return changed


@pytest.fixture(scope="session")
def ledger() -> pd.DataFrame:
    """Every row of the project's ledger."""
    return load_ledger(ROOT)


@pytest.fixture
def without_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a sheet be added without the rules of the ledger: they take most of the time, and see rows only."""
    monkeypatch.setattr("policyreport.intake.preview.check_ledger", lambda *_: [])


@pytest.fixture(scope="session")
def with_one_questionnaire() -> Callable[[Inputs], Inputs]:
    """The slice as if its surveys had asked the same questions throughout."""

    def without(inputs: Inputs) -> Inputs:
        fields = [each.model_copy(update={"questions_revised": ()}) for each in inputs.indicators.indicators]
        return dataclasses.replace(
            inputs, indicators=inputs.indicators.model_copy(update={"indicators": tuple(fields)})
        )

    return without


@pytest.fixture(scope="session")
def made_record() -> Callable[..., NotebookRecord]:
    """Make the record of a slice with the notebook's own cells, or with those of another notebook."""
    return lambda inputs, notebook="", edited=None: run_cells(inputs, notebook, edited)["record"]


class AnyPicture(dict[str, Drawing]):
    """Stands for the pictures of notebooks: whatever is asked for was drawn."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> Drawing:
        return Drawing(name, Picture(name, "", "<svg/>", "<svg/>"))


@pytest.fixture(scope="session")
def say(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Fill a macro of reports/en/sentences: ``say("tasks", "counted", result, data=nation)``.

    `data` is the slice whose ledger, parameters and settings are read; further values are what the page names. Marks
    stay; pictures are all there; a paragraph is one line.
    """
    folder = tmp_path_factory.mktemp("sentences")
    (folder / "sentences").symlink_to(ROOT / "reports" / "en" / "sentences")

    @cache
    def of_edition(edition: str, root: Path) -> tuple[Provenance, dict[str, object]]:
        provenance = read_provenance(root, edition)
        return provenance, page_values(root, folder, provenance, [])[0]

    kept: list[tuple[Inputs | None, Templates, dict[str, object]]] = []

    def of_slice(data: Inputs | None) -> tuple[Templates, dict[str, object]]:
        """The templates and the page's values of a slice; the last few are kept, since compiling takes a while."""
        for known, templates, of_page in kept:
            if known is data:
                return templates, of_page
        provenance, of_page = of_edition("2025Q4", ROOT)
        if data is not None:
            parts = ("edition", "areas", "indicators", "policy", "roles", "registry")
            own = {name: getattr(data, name) for name in parts}
            sources = {source.id: source for source in data.sources}
            provenance = dataclasses.replace(provenance, **own, ledger=data.observations, sources=sources)
            of_page = of_page | {name: own[name] for name in ("edition", "policy", "roles")}
            of_page |= {"settings": data.settings, "province_count": len(data.provinces)}
        wording = data.wording if data else read_wording(ROOT)
        templates = Templates(folder, provenance.formats, page_filters(provenance, wording))
        kept.insert(0, (data, templates, of_page))
        del kept[4:]
        return templates, of_page

    def said(subject: str, macro: str, *given: object, data: Inputs | None = None, **values: object) -> str:
        templates, of_page = of_slice(data)
        page = f'[% import "sentences/{subject}.md" as subject with context %][[ subject.{macro}(*given) ]]'
        (folder / f"{subject}-{macro}.qmd").write_text(page, encoding="utf-8")
        values |= {"pictures": AnyPicture(), "given": given}
        text = templates.fill(f"{subject}-{macro}.qmd", of_page | values).strip()
        return re.sub(" +", " ", re.sub(r"(?<![\n|])(?<!::)\n(?![\n|:-])", " ", text))

    return said


@pytest.fixture(scope="session")
def page_of_area() -> Callable[..., dict[str, object]]:
    """What the page of a province is given as `area`: its records by notebook, every picture, no failure."""

    def area_of(data: Inputs, **records: object) -> dict[str, object]:
        nothing = {"clean": None, "trend": None, "compare": None, "failures": [], "pictures": AnyPicture()}
        place = {"key": data.area, "name": data.name, "parts": data.areas.parts(data.area)}
        place |= {"region": data.region, "begun": data.areas.begun(data.area)}
        return nothing | place | records

    return area_of


@pytest.fixture(scope="session")
def say_of_series(say: Callable[..., str], page_of_area: Callable[..., dict[str, object]]) -> Callable[..., str]:
    """Fill a macro on a province's series from its slice: ``say_of_series(data, "growth", growth=results)``."""

    def said(data: Inputs, macro: str, **trend: object) -> str:
        panel = panel_values(data.panel[data.panel["area"] == data.area])
        area = page_of_area(data, trend=trend | {"compared": compare_series(data)}, clean={"panel": panel})
        return say("area-series", macro, area, data=data)

    return said


@pytest.fixture(scope="session")
def growth_compared(cell: Callable[..., Any], say: Callable[..., str], page_of_area) -> Callable[[Inputs], str]:
    """Print a province's growth beside others', from its slice."""

    def printed(data: Inputs) -> str:
        found = {"growth": cell(data, "compare", "peers"), "growth_among": cell(data, "compare", "among")}
        return say("peers", "growth_compare", page_of_area(data, compare=found | {"region": data.region}), data=data)

    return printed


@pytest.fixture(scope="session")
def summed_up(say: Callable[..., str], page_of_area) -> Callable[[Inputs, CompareRecord], str]:
    """Print the first paragraph on a province from its record, as read."""

    def printed(data: Inputs, record: CompareRecord) -> str:
        said = say("summary", "summary", page_of_area(data, compare=record), data=data)
        return as_read(unmarked(said)).replace("\u00a0", " ").replace("*", "")

    return printed


@pytest.fixture(scope="session")
def quality_printed() -> Callable[..., str]:
    """Print the page on data quality of 2025Q4 with the values given and nothing else, its exhibits left out."""
    provenance, wording = read_provenance(ROOT, "2025Q4"), read_wording(ROOT)
    settings = provenance.registry.settings
    nothing = {
        "national": {
            "economy": EconomyRecord.model_construct(revisions=()),
            "quality": QualityRecord.model_construct(boundary_bases=(), differs=()),
        },
        "coverage": {"rows": []},
        "warning_codes": 0,
        "findings": {"lines": (), "decisions": ()},
        "settings": {name: {key: why.value for key, why in each.items()} for name, each in settings.items()},
        **dict.fromkeys(("refusals", "warnings", "revised", "statistics", "projections", "differences", "checks"), ()),
        "notebooks_page": "",
        "pictures": {},
    }
    templates = Templates(ROOT / "reports" / "en", provenance.formats, page_filters(provenance, wording))
    return lambda **values: templates.fill("data-quality.qmd", nothing | values)


@pytest.fixture(scope="session")
def changes_printed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, str, Changes | None], tuple[str, str]]:
    """Print what an edition adds to the one before, in short on the overview and on its own page."""

    folder = tmp_path_factory.mktemp("changes")
    (folder / "sentences").symlink_to(ROOT / "reports" / "en" / "sentences")
    shutil.copy(ROOT / "reports" / "en" / "what-changed.qmd", folder)
    macro = '[% import "sentences/changes.md" as texts with context %][[ texts.in_short() ]]'
    (folder / "in-short.qmd").write_text(macro, encoding="utf-8")

    def printed(root: Path, edition: str, changes: Changes | None) -> tuple[str, str]:
        provenance = read_provenance(root, edition)
        filters = page_filters(provenance, read_wording(provenance.edition.layout(root)))
        values = {
            "edition": provenance.edition,
            "national": {"quality": True},
            "abbreviations": "",
            "changed": change_values(changes, provenance) if changes else None,
            "moved": None,
        }
        templates = Templates(folder, provenance.formats, filters)
        short, page = (templates.fill(name, values) for name in ("in-short.qmd", "what-changed.qmd"))
        return short.strip(), page.strip()

    return printed


@pytest.fixture(scope="session")
def cell() -> Callable[[Inputs, str, str], Any]:
    """Give an object as a notebook makes it, ``cell(data, "trend", "growth")``."""
    return made_in_cells


def made_in_cells(data: Inputs, notebook: str, name: str) -> Any:
    """Run those statements of a notebook's cells, after its parameters and its slice, that an object rests on."""
    (path,) = ROOT.glob(f"notebooks/*/{notebook}.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = ["".join(each["source"]) for each in cells if each["cell_type"] == "code"][1:]
    body = [statement for source in code for statement in ast.parse(source).body]
    needed, chosen = {name}, []
    for statement in reversed(body):
        if isinstance(statement, ast.Assign) and "open_edition(" not in ast.unparse(statement):
            names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
            if needed & {node.id for node in names if isinstance(node.ctx, ast.Store)}:
                needed |= {node.id for node in names if isinstance(node.ctx, ast.Load)}
                chosen.append(statement)
        elif isinstance(statement, (ast.Import, ast.ImportFrom)):
            chosen.append(statement)
    names = {"data": data, "area": data.area}
    for statement in reversed(chosen):
        exec(ast.unparse(statement), names)
    return names[name]


def run_cells(
    inputs: Inputs, notebook: str = "", edited: Mapping[str, Callable[[Any], Any]] | None = None
) -> dict[str, Any]:
    """Run the assignments of a notebook's cells in this process, without what the cells show.

    `edited` changes an object right after the cell that makes it, as somebody does who edits that cell.
    """
    inputs = dataclasses.replace(inputs, notebook=notebook or inputs.notebook)
    path = next(ROOT.glob(f"notebooks/*/{inputs.notebook}.ipynb"))
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    names: dict[str, Any] = {"data": inputs, "area": inputs.area}
    for source in sources[1:]:
        for statement in ast.parse(source).body:
            if isinstance(statement, (ast.Import, ast.ImportFrom)):
                exec(ast.unparse(statement), names)
            elif isinstance(statement, ast.Assign) and "open_edition(" not in ast.unparse(statement):
                exec(ast.unparse(statement), names)
                for target in ast.walk(statement.targets[0]):
                    if isinstance(target, ast.Name) and edited and target.id in edited:
                        names[target.id] = edited[target.id](names[target.id])
    return names


@pytest.fixture(scope="session")
def nation_with_tasks(slice_of: Callable[..., Inputs]) -> Callable[[EditionData], Inputs]:
    """Give an edition's national slice with the records on tasks of every area, made without notebooks."""

    def assess_all(known: EditionData) -> Inputs:
        areas = plan.edition_areas(known)
        one = slice_of(known, "trend", areas[0])
        records: dict[tuple[str, str], NotebookRecord] = {}
        for area in areas:
            rows = plan.ledger_rows(known, "trend", area)
            inputs = dataclasses.replace(one, area=area, observations=rows)
            records[area, "trend"] = TrendRecord(
                area=area,
                name=inputs.name,
                edition=inputs.edition.id,
                as_known_on=inputs.edition.as_known_on,
                completion=completion_of_lists(inputs.tasks, inputs.settings.completion),
                flow=pace_of_tasks(inputs.tasks, inputs.settings.flow),
                outlook=outlook_of_tasks(inputs.tasks, inputs.settings.outlook),
                share=(),
                share_pace=(),
                growth=(),
                income=(),
                governance=(),
                indices=(),
            )
        return dataclasses.replace(slice_of(known, "quality", known.roles.nation), records=records)

    return assess_all


@pytest.fixture(scope="session")
def forbidden_words() -> Callable[..., tuple[str, ...]]:
    """Lists the forbidden words in a text, in the order of the file; `titles` of publications may hold any."""

    def whole(phrase: str) -> str:
        return r"(?<!\w)" + r"\s+".join(re.escape(part) for part in phrase.split()) + r"(?!\w)"

    def found(wording: Wording, text: str, language: str, titles: Iterable[str] = ()) -> tuple[str, ...]:
        rules = wording.forbidden[language]
        for phrase in (*rules.allowed, *titles):
            text = re.sub(whole(phrase), " ", text, flags=re.IGNORECASE)
        return tuple(word for word in rules.words if re.search(whole(word), text, flags=re.IGNORECASE))

    return found
