"""Editions follow one another without end: chains of 4 (8 with --all), with nothing new, revisions, new figures."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from typer.testing import CliRunner

from policyreport.cli.main import app
from policyreport.data.inputs import Inputs, read_inputs
from policyreport.data.quality import list_changes
from policyreport.errors import ExitCode, ParamsError
from policyreport.params.edition import read_edition
from policyreport.publishing.renderers.pandoc import PandocRenderer
from policyreport.publishing.report import assemble
from policyreport.records.markdown import unmarked
from policyreport.records.periods import period_bounds
from policyreport.running import plan

if TYPE_CHECKING:
    from policyreport.records.notebooks import Changes

ROOT = Path(__file__).parents[2]
FIRST = "2025Q1"
# The nation's share and one count of its tasks: enough for every page, and read in no time.
TABLES = ("nso/digital-economy-2026-01-05", "hue-ngay-nay/central-2025-12-27")
HEAD = "area,indicator,measure,period,value,unit,status\n"
KINDS = ("nothing", "revisions", "new figures")
# Each commit follows one kind to its third edition and to its pages; what is said of the second edition of the others
# is held against the same slices below.
BUILT = [pytest.param(kind, marks=[] if kind == "revisions" else pytest.mark.thorough) for kind in KINDS]


@dataclass
class Chain:
    """A small project to which editions are added one after another."""

    root: Path
    editions: list[str] = field(default_factory=list)

    @property
    def quarter(self) -> str:
        """The quarter after those that were reported."""
        year, number = divmod(4 * int(FIRST[:4]) + len(self.editions), 4)
        return f"{year}Q{number + 1}"

    @property
    def day(self) -> date:
        """The day on which the next edition is known: a week after the one before, and in its quarter or later."""
        first = period_bounds(self.quarter.replace("Q", "-Q"))[0]
        return max(first, date(2026, 2, 1) + timedelta(weeks=len(self.editions)))

    def add(self, kind: str) -> str:
        """Add the edition of the next quarter, with a table of that kind published before its day."""
        quarter, day, count = self.quarter, self.day, len(self.editions)
        revised = f"VN,digital_economy_share,nso,2025,{14.02 + count / 100:.2f},% of GDP,estimate\n"
        new = f"VN,digital_economy_share,nso,{2019 - count},{9 + count / 10:.1f},% of GDP,observed\n"
        if kind != "nothing":
            self.publish(f"{quarter}", HEAD + (revised if kind == "revisions" else new), day - timedelta(days=3))
        self.write(quarter, day, self.editions[-1] if self.editions else None)
        self.editions.append(quarter)
        return quarter

    def write(self, name: str, day: date, previous: str | None) -> None:
        """Write the file of an edition of one province."""
        settings = {
            "id": name, "title": f"Edition {name}", "quarter": name, "as_known_on": day, "areas": ["n01"],
            "previous": previous, "languages": ["en"], "quorum": 1.0,
        }  # fmt: skip
        path = self.root / "params" / "editions" / f"{name}.yaml"
        path.write_text(yaml.safe_dump(settings), encoding="utf-8")

    def publish(self, name: str, text: str, day: date) -> None:
        """Put a table with its sidecar among the raw files."""
        path = self.root / "data" / "raw" / "nso" / f"later-{name}.csv"
        path.write_text(text, encoding="utf-8")
        sidecar = {
            "publisher": "National Statistics Office", "title": f"A later table, {name}",
            "address": "https://example.org/later", "published": str(day), "accessed": str(day),
            "licence": "none stated", "sha256": hashlib.sha256(text.encode()).hexdigest(),
        }  # fmt: skip
        path.with_name(f"later-{name}.source.yaml").write_text(yaml.safe_dump(sidecar), encoding="utf-8")

    def changes(self, edition: str) -> tuple[Changes | None, Inputs]:
        """What the slice of an edition's notebook on quality says has changed."""
        store = self.root / "build" / edition
        unit = next(each for each in plan.last_units(self.root, edition, store) if each.notebook == "quality")
        folder = store / "slice"
        for name, body in unit.slice.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(body)
        inputs = read_inputs(folder)
        return list_changes(inputs), inputs

    def run(self, edition: str) -> Path:
        """Run an edition."""
        result = CliRunner().invoke(app, ["--project", str(self.root), "run", edition, "--workers", "2"])
        assert result.exit_code == ExitCode.OK, result.output
        return self.root / "build" / edition


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[Chain]:
    """A project with few tables and one edition."""
    for part in ("params", "notebooks", "reports", "data/boundaries"):
        shutil.copytree(ROOT / part, tmp_path / part)
    for path in (tmp_path / "params" / "editions").iterdir():
        path.unlink()
    for table in TABLES:
        for ending in (".csv", ".source.yaml"):
            target = tmp_path / "data" / "raw" / f"{table}{ending}"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / "data" / "raw" / f"{table}{ending}", target)
    made = Chain(tmp_path)
    made.add("nothing")
    yield made
    plan.load_edition.cache_clear()


def plain(markdown: str) -> str:
    """What a reader sees."""
    return " ".join(unmarked(markdown).split())


# ---- the chain ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", BUILT)
def test_a1_every_edition_of_a_chain_is_read_in_its_slice_and_tells_what_changed(
    chain: Chain, kind: str, pytestconfig: pytest.Config
) -> None:
    assert chain.changes(chain.editions[0])[0] is None
    # What grows with a chain, or goes back further than one edition, shows in the third.
    for _ in range((8 if pytestconfig.getoption("--all") else 4) - 1):
        before, edition = chain.editions[-1], chain.add(kind)
        found, inputs = chain.changes(edition)
        assert found is not None
        assert (found.edition, inputs.edition.previous) == (before, before)
        counted = [(each.new.count, len(each.revised), each.confirmed.count) for each in found.by_measure]
        assert counted == {"nothing": [], "revisions": [(0, 1, 0)], "new figures": [(1, 0, 0)]}[kind]
        # A slice holds the files of its own edition and of the one before, whatever the length of the chain.
        editions = sorted(path.stem for path in (inputs.folder / "params" / "editions").iterdir())
        assert editions == sorted(chain.editions[-2:])


@pytest.mark.parametrize("kind", BUILT)
def test_a1_third_edition_in_a_row_builds_down_to_its_pages(chain: Chain, kind: str) -> None:
    chain.add(kind)
    edition = chain.add(kind)
    store = chain.run(edition)
    site = store / "site"
    PandocRenderer().render_site(assemble(chain.root, edition, store), site, lambda page: None)
    shown = (site / "what-changed.html").read_text(encoding="utf-8")
    overview = (site / "index.html").read_text(encoding="utf-8")
    for page in (shown, overview):
        assert ("No figure is new." in page) is (kind != "new figures")
        assert "0 revised" not in page
    assert ("have another value now" in shown or "has another value now" in shown) is (kind == "revisions")


def test_a1_the_slice_of_a_province_holds_no_other_edition(chain: Chain) -> None:
    chain.add("nothing")
    edition = chain.add("nothing")
    units = plan.first_units(chain.root, edition, None, chain.root / "build" / edition)
    held = {name for unit in units for name in unit.slice if name.startswith("params/editions/")}
    assert held == {f"params/editions/{edition}.yaml"}


# ---- what changed -------------------------------------------------------------------------------------------


def test_a2_where_nothing_was_published_the_pages_say_that_no_figure_is_new(chain: Chain, changes_printed) -> None:
    edition = chain.add("nothing")
    for text in changes_printed(chain.root, edition, chain.changes(edition)[0]):
        assert plain(text).startswith("No figure is new. Nothing was published between ")
        assert "revised" not in plain(text)


def test_e5_revisions_are_not_counted_where_only_one_vintage_is_held(chain: Chain, changes_printed) -> None:
    edition = chain.add("new figures")
    short, page = changes_printed(chain.root, edition, chain.changes(edition)[0])
    assert "revised" not in short + page.split("::: {#tbl-changes")[0]
    (row,) = [line for line in unmarked(page).splitlines() if "NSO" in line][-1:]
    assert [cell.strip() for cell in row.strip("|").split("|")][3:7] == ["1", "2018", "–", "–"]


def test_e5_new_figures_about_earlier_years_are_said_to_be_about_them(chain: Chain, changes_printed) -> None:
    edition = chain.add("new figures")
    short, page = map(plain, changes_printed(chain.root, edition, chain.changes(edition)[0]))
    assert "we added 1 figure, 1 of them about years before 2025 (2018)." in short
    assert "All of the new figures are about 2018." in page


def test_e5_a_figure_published_again_is_confirmed_or_revised_by_value_bound_and_unit(
    chain: Chain, changes_printed
) -> None:
    known = "VN,digital_economy_share,nso,2025,14.02,% of GDP,"
    again = {
        "the same": (f"{known}estimate\n", "", 1, 0),
        "its status alone": (f"{known}observed\n", "", 1, 0),
        "another value": (f"{known.replace('14.02', '14.03')}estimate\n", "", 0, 1),
    }
    for name, (text, _, confirmed, revised) in again.items():
        chain.publish(name.replace(" ", "-"), HEAD + text, chain.day - timedelta(days=3))
        edition = chain.quarter
        chain.write(edition, chain.day, chain.editions[0])
        plan.load_edition.cache_clear()
        found, _ = chain.changes(edition)
        assert [(each.new.count, each.confirmed.count, len(each.revised)) for each in found.by_measure] == [
            (0, confirmed, revised)
        ]
        said = plain(changes_printed(chain.root, edition, found)[0])
        assert said.startswith("No figure is new. Of the figures known before, 1 was ")
        for path in (chain.root / "data" / "raw" / "nso").glob("later-*"):
            path.unlink()


# ---- what is wrong with a chain is told by file ----------------------------------------------------------------


def test_a1_a_circle_of_editions_is_named_with_the_file_that_closes_it(chain: Chain) -> None:
    chain.add("nothing")
    chain.add("nothing")
    first, _, last = chain.editions
    day = chain.day
    for name, previous in zip(chain.editions, [last, first, chain.editions[1]], strict=True):
        chain.write(name, day, previous)
    with pytest.raises(ParamsError, match=rf"{first}\.yaml: previous.*circle.*{last} → .*{first} → {last}"):
        read_edition(chain.root, last)


def test_a1_a_missing_link_is_named_with_the_file_that_asks_for_it(chain: Chain) -> None:
    first, second, third = chain.editions[0], chain.add("nothing"), chain.add("nothing")
    (chain.root / "params" / "editions" / f"{first}.yaml").unlink()
    with pytest.raises(ParamsError, match=rf"{second}\.yaml: previous.*no params/editions/{first}\.yaml") as error:
        read_edition(chain.root, third)
    assert "Put the file back" in str(error.value)


def test_a3_an_edition_that_is_not_there_is_answered_with_the_way_to_make_it(chain: Chain) -> None:
    last = chain.add("nothing")
    for name in ("2027Q1", "2027q1", "2027-Q1"):
        result = CliRunner().invoke(app, ["--project", str(chain.root), "run", name])
        assert result.exit_code == ExitCode.USAGE
        said = " ".join(result.stderr.split())
        assert "To make it: `policyreport new-edition 2027Q1`." in said
        assert "did you mean" not in said
    words = ["new-edition", "2027Q1", "--as-known-on", "2030-01-01"]
    result = CliRunner().invoke(app, ["--project", str(chain.root), *words])
    assert result.exit_code == ExitCode.OK, result.stderr
    assert read_edition(chain.root, "2027Q1").previous == last


def test_a3_a_misspelt_edition_is_still_answered_with_the_nearest(chain: Chain) -> None:
    result = CliRunner().invoke(app, ["--project", str(chain.root), "run", "2025-q1"])
    assert 'did you mean "2025Q1"?' in result.stderr


def test_a3_a_bad_edition_does_not_hide_the_others(chain: Chain) -> None:
    second, third = chain.add("nothing"), chain.add("nothing")
    path = chain.root / "params" / "editions" / f"{second}.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("quorum:", "quorm:"), encoding="utf-8")
    result = CliRunner().invoke(app, ["--project", str(chain.root), "editions"])
    assert result.exit_code == ExitCode.PARAMS
    assert [line.split()[0] for line in result.stdout.splitlines()[1:]] == [chain.editions[0], third]
    assert f"{second}.yaml: quorm" in result.stderr
    assert result.stderr.count("Error:") == 1


# ---- languages --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("languages", "named"),
    [("[en, vi]", '"vi" (Vietnamese)'), ("[vi, en]", '"vi" (Vietnamese)'), ("[vi]", '"vi" (Vietnamese)'),
     ("[fr]", '"fr"'), ("[en, en]", "each language once"), ("[en, fr]", '"fr"')],
)  # fmt: skip
def test_a4_a_language_that_is_not_whole_is_refused_by_name(chain: Chain, languages: str, named: str) -> None:
    (edition,) = chain.editions
    known = "en: {name: English, whole: true}\nvi: {name: Vietnamese, whole: false, missing: much}\n"
    (chain.root / "params" / "languages.yaml").write_text(known)
    path = chain.root / "params" / "editions" / f"{edition}.yaml"
    text = path.read_text(encoding="utf-8").replace("languages:\n- en\n", f"languages: {languages}\n")
    assert languages in text
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ParamsError) as error:
        read_edition(chain.root, edition)
    assert f"{edition}.yaml: languages" in str(error.value)
    assert named in str(error.value)


def test_a4_which_languages_are_whole_is_stated_once(chain: Chain) -> None:
    path = chain.root / "params" / "languages.yaml"
    path.write_text("en: {name: English, whole: false, missing: everything}\nvi: {name: Vietnamese, whole: true}\n")
    with pytest.raises(ParamsError, match=r'"en" \(English\), which lacks everything'):
        read_edition(chain.root, chain.editions[0])
    assert read_edition(ROOT, "2025Q4").languages == ("en", "vi")
