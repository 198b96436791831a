"""The command line: words in, one message out, an exit code that means something."""

import dataclasses
import importlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import jsonschema
import pytest
from typer.testing import CliRunner

from policyreport.cli.main import app
from policyreport.errors import DataError, ExitCode, RenderError
from policyreport.publishing.page_files import PDF_PAGES
from policyreport.records.own import RECORD_TYPES
from policyreport.running.execute import Unit
from policyreport.running.store import failure_path, notebook_path, record_path

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "tests" / "notebooks" / "fixtures"


def call(*words: object, project: Path | None = None):
    option = [] if project is None else ["--project", str(project)]
    return CliRunner().invoke(app, [*option, *(str(word) for word in words)])


@pytest.fixture
def project(tmp_path):
    """A project with one edition and nothing else."""
    folder = tmp_path / "project"
    (folder / "params" / "editions").mkdir(parents=True)
    edition = {
        "id": "2031Q2",
        "title": "A small edition",
        "quarter": "2031Q2",
        "as_known_on": "2031-08-01",
        "quorum": 0.9,
    }
    (folder / "params" / "editions" / "2031Q2.yaml").write_text(json.dumps(edition))
    return folder


@pytest.fixture
def stand_in(monkeypatch):
    """Put a stand-in where a module of the package is imported from."""

    def put(name: str, **members) -> None:
        module = ModuleType(f"policyreport.{name}")
        vars(module).update(members)
        room, _, leaf = module.__name__.rpartition(".")
        monkeypatch.setitem(sys.modules, module.__name__, module)
        monkeypatch.setattr(importlib.import_module(room), leaf, module, raising=False)

    # There is no data that an edition could be made from.
    put("running.made_from", keep_edition=lambda root, edition: None)
    return put


def unit(area: str, notebook: str, name: str = "reads_slice") -> Unit:
    source = (FIXTURES / f"{name}.ipynb").read_bytes()
    return Unit(area, notebook, source, {"area": area}, {"ledger.csv": b"x\n"}, timeout=60.0)


def test_help_teaches_with_examples_and_names_every_command():
    shown = call("--help").output
    for word in ("run 2025Q4", "render 2025Q4", "Exit codes", "run", "render", "schema", "check", "editions"):
        assert word in shown
    assert "--areas n01,n40" in call("run", "--help").output
    # The list of commands has the first sentence of each, whole.
    assert "..." not in shown.partition("Commands:")[2]


@pytest.mark.parametrize(
    "command",
    ["run", "merge", "why", "compare-runs", "render", "trace", "schema", "check", "methods", "validity", "add",
     "remove", "template", "revisions", "editions", "fetch", "fetch worldbank", "fetch pxweb", "fetch sdmx", "cache",
     "cache prune"],
)  # fmt: skip
def test_every_command_shows_an_example(command):
    examples = call(*command.split(), "--help").output.partition("Examples:")[2]
    assert f"policyreport {command}" in examples


def test_help_imports_nothing_heavy():
    script = (
        "import sys; sys.argv = ['policyreport', '--help']\n"
        "from policyreport.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'pandas', 'numpy', 'papermill', 'pydantic', 'yaml', 'matplotlib', 'rich'}\n"
        "print('HEAVY', sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "HEAVY []"


def test_the_version_is_the_packages():
    assert call("--version").output.startswith("policyreport 0.")


def test_outside_a_project_the_message_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = call("editions")
    assert result.exit_code == ExitCode.USAGE
    assert "give --project PATH" in result.stderr


def test_the_project_is_found_upwards(project, monkeypatch):
    (project / "notebooks").mkdir()
    monkeypatch.chdir(project / "notebooks")
    assert "2031Q2" in call("editions").output


def test_a_folder_that_is_no_project_is_refused(tmp_path):
    result = call("editions", project=tmp_path / "nowhere")
    assert result.exit_code == ExitCode.USAGE
    assert "no such folder" in result.stderr


def test_editions_are_listed_with_their_date(project):
    line = call("editions", project=project).output.splitlines()[1]
    assert "2031Q2" in line
    assert "2031-08-01" in line
    assert "A small edition" in line


@pytest.mark.parametrize("command", ["run", "render"])
def test_a_misspelt_edition_names_the_nearest(project, command):
    result = call(command, "2031q2", project=project)
    assert result.exit_code == ExitCode.USAGE
    assert result.stderr == (
        'Error: edition "2031q2"\n'
        "  expected: the name of an edition in params/editions/\n"
        "  got:      no params/editions/2031q2 with an edition.yaml, and no params/editions/2031q2.yaml\n"
        '  to do:    did you mean "2031Q2"?\n'
    )


def test_a_run_shows_its_progress_and_its_summary(project, stand_in):
    stand_in(
        "running.plan",
        first_units=lambda root, edition, areas, store: [unit("n01", "clean"), unit("n02", "clean")],
        last_units=lambda root, edition, store: [unit("VN", "quality")],
        area_keys=lambda root, edition: ["n01", "n02"],
    )
    result = call("run", "2031Q2", "--workers", 2, project=project)
    assert result.exit_code == 0, result.output
    assert "[2/2]" in result.output
    assert [line.split()[:3] for line in result.output.splitlines()[-2:]] == [
        ["clean", "2", "0"],
        ["quality", "1", "0"],
    ]
    assert record_path(project / "build" / "2031Q2", "VN", "quality").exists()
    timings = json.loads((project / "build" / "2031Q2" / "timings.json").read_text())
    assert timings["notebooks"].keys() == {"n01/clean", "n02/clean", "VN/quality"}
    assert timings["notebooks"]["n01/clean"].keys() == {"state", "seconds", "start", "import", "cells", "stop"}


def test_shards_merged_are_the_edition_that_one_run_makes(project, stand_in, tmp_path):
    def quality(store: Path) -> Unit:
        read = {path.parent.name: path.read_bytes() for path in sorted((store / "records").glob("n*/*.json"))}
        return dataclasses.replace(unit("VN", "quality"), slice=unit("VN", "quality").slice | read)

    stand_in(
        "running.plan",
        first_units=lambda root, edition, areas, store: [
            unit("n01", "clean"),
            unit("n02", "clean"),
            unit("n03", "clean"),
        ],
        last_units=lambda root, edition, store: [quality(store)],
        area_keys=lambda root, edition: ["n01", "n02", "n03"],
    )
    there, alone = (Path(shutil.copytree(project, tmp_path / name)) for name in ("there", "alone"))
    for number in (1, 2):
        done = call("run", "2031Q2", "--shard", f"{number}/2", "--to", tmp_path / f"{number}.zip", project=there)
        assert done.exit_code == 0, done.output
    assert not (there / "build" / "2031Q2").exists()
    lost = call("merge", "2031Q2", tmp_path / "2.zip", project=project)
    assert lost.exit_code == ExitCode.RUN_INCOMPLETE
    assert "shard 1 of 2 is missing: 2 notebooks, areas n01, n03" in lost.stderr
    assert not (project / "build" / "2031Q2").exists()
    merged = call("merge", "2031Q2", tmp_path, project=project)
    assert merged.exit_code == 0, merged.output
    assert [line.split()[:4] for line in merged.output.splitlines()[-2:]] == [
        ["clean", "0", "0", "3"],
        ["quality", "1", "0", "0"],
    ]
    assert call("run", "2031Q2", project=alone).exit_code == 0
    builds = [folder / "build" / "2031Q2" for folder in (project, alone)]
    assert call("compare-runs", *builds).output == "Equal: 8 files, byte for byte.\n"


@pytest.mark.parametrize(
    ("words", "got"),
    [
        (["run", "2031Q2", "--shard", "0/3"], '"0/3"'),
        (["run", "2031Q2", "--shard", "1/3", "--areas", "n01"], "both"),
        (["run", "2031Q2", "--shard", "1/3", "--again"], "both"),
        (["run", "2031Q2", "--to", "one.zip"], "no --shard"),
        (["merge", "2031Q2", "missing.zip"], "no such file"),
        (["merge", "2031Q2", "{project}"], "no bundle in it"),
    ],
)
def test_what_is_no_shard_or_no_bundle_is_refused_before_anything_runs(project, words, got):
    result = call(*(word.format(project=project) for word in words), project=project)
    assert result.exit_code == ExitCode.USAGE
    assert f"got:      {got}" in result.stderr


def test_a_run_in_which_nothing_changed_plans_and_executes_nothing(project, stand_in):
    stand_in(
        "running.plan",
        first_units=lambda root, edition, areas, store: [unit("n01", "clean")],
        last_units=lambda root, edition, store: [unit("VN", "quality")],
        area_keys=lambda root, edition: ["n01"],
    )
    assert call("run", "2031Q2", "--cold", project=project).exit_code == 0
    stand_in("running.plan")
    record_path(project / "build" / "2031Q2", "n01", "clean").unlink()
    result = call("run", "2031Q2", project=project)
    assert result.output == "Nothing has changed: 2 notebooks have their results, 0 executed.\n"
    assert record_path(project / "build" / "2031Q2", "n01", "clean").exists()
    events = [json.loads(line) for line in call("run", "2031Q2", "--json", project=project).stdout.splitlines()]
    assert events[0]["event"] == "planned"
    assert sum(events[0]["units"].values()) == len(events) - 1
    assert {(event["event"], event["state"], event["seconds"]) for event in events[1:]} == {
        ("finished", "unchanged", 0.0)
    }
    assert all(Path(event["kept"]).exists() for event in events[1:])
    timings = json.loads((project / "build" / "2031Q2" / "timings.json").read_text())["notebooks"]
    assert {each["state"] for each in timings.values()} == {"unchanged"}


def test_events_are_json_lines_and_a_failed_notebook_is_tried_again(project, stand_in):
    stand_in(
        "running.plan",
        first_units=lambda root, edition, areas, store: [unit("n01", "clean"), unit("n02", "trend", "raises")],
        last_units=lambda root, edition, store: [],
        area_keys=lambda root, edition: ["n01", "n02"],
    )
    result = call("run", "2031Q2", "--workers", 1, "--json", "--retry", 1, project=project)
    assert result.exit_code == ExitCode.RUN_INCOMPLETE
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert events[0] == {"event": "planned", "units": {"n01": 1, "n02": 1}}
    begun = [(event["area"], event["notebook"]) for event in events if event["event"] == "started"]
    assert begun == [("n01", "clean"), ("n02", "trend"), ("n02", "trend")]
    tried = [event for event in events if event["event"] == "retrying"]
    assert [(event["area"], event["notebook"], event["left"]) for event in tried] == [("n02", "trend", 1)]
    assert tried[0]["failure"]["error"] == "KeyError"
    finished = [event for event in events if event["event"] == "finished"]
    assert [(event["area"], event["state"]) for event in finished] == [("n01", "done"), ("n02", "failed")]
    assert finished[1]["failure"] == {"reason": "raised", "error": "KeyError", "message": "'2025'"}


def test_a_hung_notebook_ends_at_the_time_out_of_the_command(project, stand_in):
    stand_in(
        "running.plan",
        first_units=lambda root, edition, areas, store: [unit("n01", "clean", "hangs")],
        last_units=lambda root, edition, store: [],
        area_keys=lambda root, edition: ["n01"],
    )
    result = call("run", "2031Q2", "--workers", 1, "--timeout", 3, project=project)
    assert result.exit_code == ExitCode.RUN_INCOMPLETE
    assert "n01/clean failed: TimeoutError: the notebook did not end within 3 s" in result.output


@pytest.mark.parametrize(
    "words", [["--cluster", "local:0"], ["--cluster", "10.0.0.5"], ["--cluster", "local:2", "--workers", "2"]]
)
def test_a_cluster_that_is_none_is_refused_before_anything_is_read(project, words):
    result = call("run", "2031Q2", *words, project=project)
    assert result.exit_code == ExitCode.USAGE
    assert result.stderr.startswith(f"Error: {' '.join(words)}")


def test_a_failed_province_ends_the_run_with_its_reason_and_its_notebook(project, stand_in):
    stand_in(
        "running.plan",
        first_units=lambda root, edition, areas, store: [
            unit("n01", "clean"),
            unit("n02", "trend", "raises"),
        ],
        last_units=lambda root, edition, store: [],
        area_keys=lambda root, edition: ["n01", "n02"],
    )
    result = call("run", "2031Q2", "--workers", 1, project=project)
    assert result.exit_code == ExitCode.RUN_INCOMPLETE
    assert "n02/trend failed: KeyError: '2025'" in result.output
    store = project / "build" / "2031Q2"
    assert "kept: build/2031Q2/notebooks/n02/trend.ipynb" in result.output
    assert notebook_path(store, "n02", "trend").exists()
    assert failure_path(store, "n02", "trend").exists()
    assert record_path(store, "n01", "clean").exists()


def test_an_error_in_the_data_is_one_message_with_its_own_exit_code(project, stand_in):
    def first_units(root, edition, areas, store):
        raise DataError("data/raw/x.csv, row 3", "a number", '"1,2"', "Mend the row.")

    stand_in("running.plan", first_units=first_units)
    result = call("run", "2031Q2", project=project)
    assert result.exit_code == ExitCode.DATA
    assert result.stderr.splitlines()[0] == "Error: data/raw/x.csv, row 3"
    assert "Traceback" not in result.output
    assert not (project / "build").exists()


def test_an_unexpected_error_says_how_to_get_its_traceback(project, stand_in, monkeypatch):
    def first_units(root, edition, areas, store):
        raise ZeroDivisionError("division by zero")

    stand_in("running.plan", first_units=first_units)
    result = call("run", "2031Q2", project=project)
    assert result.exit_code == 1
    assert "ZeroDivisionError: division by zero" in result.stderr
    assert "POLICYREPORT_DEBUG=1" in result.stderr
    monkeypatch.setenv("POLICYREPORT_DEBUG", "1")
    assert isinstance(call("run", "2031Q2", project=project).exception, ZeroDivisionError)


def test_a_stop_from_the_keyboard_is_a_message_and_its_exit_code(project, stand_in):
    def first_units(root, edition, areas, store):
        raise KeyboardInterrupt

    stand_in("running.plan", first_units=first_units)
    result = call("run", "2031Q2", project=project)
    assert result.exit_code == 130
    assert result.stderr.startswith("Stopped. What was finished is kept")


class PaperRenderer:
    """Writes a word where a renderer writes pages."""

    name = tool = "paper"

    def render_site(self, project, site, progress, ready):
        site.mkdir(parents=True, exist_ok=True)
        (site / "index.html").write_text(project.name)
        return []

    def render_pdf(self, project, pdf, progress, document):
        assert document in PDF_PAGES
        pdf.write_text(project.name)
        return []


@pytest.fixture
def paper(stand_in):
    """A renderer and an assembly that take no time."""
    asked = []

    def choose(name):
        asked.append(name)
        return PaperRenderer()

    def assemble(root, edition, store, draft):
        """Lay out a page and the document of the PDF; what their template says is in params/."""
        (store / "report").mkdir(parents=True, exist_ok=True)
        for name in ("index.qmd", *PDF_PAGES):
            text = root / "params" / name
            (store / "report" / name).write_text(text.read_text() if text.is_file() else "")

    stand_in("publishing.renderers", choose=choose)
    stand_in("publishing.report", assemble=assemble)
    return asked


def test_render_prints_what_it_made_and_with_what(project, paper):
    result = call("render", "2031Q2", "--renderer", "pandoc", project=project)
    assert result.stdout.splitlines() == [
        "laying out the pages …",
        "making the site with paper …",
        "build/2031Q2/site/index.html  (made by paper)",
        "making the PDFs with paper …",
        "build/2031Q2/report-2031Q2.pdf  (made by paper)",
        "build/2031Q2/report-2031Q2-annex.pdf  (made by paper)",
    ]
    assert paper == ["pandoc"]
    assert (project / "build" / "2031Q2" / "report-2031Q2.pdf").read_text() == "report"


def test_render_makes_only_what_is_asked_for(project, paper):
    result = call("render", "2031Q2", "--to", "pdf", project=project)
    assert result.stdout.splitlines()[1:] == [
        "making the PDFs with paper …",
        "build/2031Q2/report-2031Q2.pdf  (made by paper)",
        "build/2031Q2/report-2031Q2-annex.pdf  (made by paper)",
    ]
    assert not (project / "build" / "2031Q2" / "site").exists()


def test_a_draft_has_names_of_its_own(project, paper):
    result = call("render", "2031Q2", "--draft", project=project)
    assert [line.split()[0] for line in result.stdout.splitlines() if "made by" in line] == [
        "build/2031Q2/site-draft/index.html",
        "build/2031Q2/report-2031Q2-draft.pdf",
        "build/2031Q2/report-2031Q2-annex-draft.pdf",
    ]


def test_where_the_site_fails_the_earlier_one_stays_and_the_pdf_is_made(project, paper, monkeypatch):
    call("render", "2031Q2", project=project)
    build = project / "build" / "2031Q2"

    def fail(self, project, site, progress, ready):
        raise RenderError("page", "a page", "none", "Mend it.")

    def other(self, project, pdf, progress, document):
        pdf.write_text("newer")
        return []

    monkeypatch.setattr(PaperRenderer, "render_site", fail)
    monkeypatch.setattr(PaperRenderer, "render_pdf", other)
    for name in ("index.qmd", *PDF_PAGES):
        (project / "params" / name).write_text("newer")
    assert call("render", "2031Q2", project=project).exit_code == ExitCode.RENDER
    made = {path.name: path.read_text() for path in build.rglob("*") if path.suffix in (".html", ".pdf")}
    assert made == {"index.html": "report", "report-2031Q2.pdf": "newer", "report-2031Q2-annex.pdf": "newer"}


def states(project, *options):
    """What the lines of a rendering say of each output."""
    lines = call("render", "2031Q2", *options, project=project).stdout.splitlines()
    return [line.rpartition("  ")[2] for line in lines if "  (" in line]


def test_nothing_is_rendered_again_where_nothing_changed(project, paper):
    assert states(project) == ["(made by paper)"] * 3
    assert call("render", "2031Q2", project=project).stdout.splitlines() == [
        "build/2031Q2/site/index.html  (unchanged)",
        "build/2031Q2/report-2031Q2.pdf  (unchanged)",
        "build/2031Q2/report-2031Q2-annex.pdf  (unchanged)",
    ]


def test_the_pdfs_stand_in_the_site_where_its_pages_link_to_them(project, paper):
    states(project)
    build = project / "build" / "2031Q2"
    placed = build / "site" / "downloads" / "report-2031Q2-annex.pdf"
    assert placed.read_text() == "report"
    placed.unlink()
    assert states(project) == ["(unchanged)"] * 3
    assert placed.read_bytes() == (build / "report-2031Q2-annex.pdf").read_bytes()


def test_what_an_edit_reaches_is_rendered_again_and_nothing_else(project, paper):
    states(project)
    (project / "params" / "report.qmd").write_text("another sentence")
    assert states(project) == ["(unchanged)", "(made by paper)", "(unchanged)"]
    (project / "params" / "index.qmd").write_text("another sentence")
    assert states(project) == ["(made by paper)", "(unchanged)", "(unchanged)"]


@pytest.mark.parametrize("changed", ["site/index.html", "report-2031Q2.pdf"])
def test_an_output_changed_or_removed_by_hand_is_made_again(project, paper, changed):
    states(project)
    path = project / "build" / "2031Q2" / changed
    for spoil in (lambda: path.write_text("by hand"), path.unlink):
        spoil()
        assert states(project).count("(made by paper)") == 1
        assert path.read_text() == "report"


@pytest.mark.parametrize("body", [b"", b"[1]", b'{"site": 7}', b'{"site": {"from": 1, "pages": 2}}', b"\xff"])
def test_a_damaged_memory_of_what_was_rendered_is_as_none(project, paper, body):
    states(project)
    (project / "build" / "2031Q2" / "rendered.json").write_bytes(body)
    assert states(project) == ["(made by paper)"] * 3


def test_another_renderer_makes_everything_again(project, paper, monkeypatch):
    states(project)
    monkeypatch.setattr(PaperRenderer, "tool", "paper 2")
    assert states(project) == ["(made by paper)"] * 3


def test_a_note_is_given_again_by_the_next_rendering(project, paper, monkeypatch):
    monkeypatch.setattr(PaperRenderer, "render_pdf", lambda self, project, pdf, progress, document: ["a formula"])
    for _ in range(2):
        assert "Note: a formula" in call("render", "2031Q2", project=project).stderr


def test_an_unknown_format_is_refused_before_anything_is_made(project, paper):
    result = call("render", "2031Q2", "--to", "htm", project=project)
    assert result.exit_code == ExitCode.USAGE
    assert 'did you mean "html"?' in result.stderr
    assert not (project / "build").exists()


def test_an_error_of_the_renderer_has_its_own_exit_code(project, stand_in):
    def choose(name):
        raise RenderError("renderer quarto", "the program", "none", "Install it.")

    stand_in("publishing.renderers", choose=choose)
    stand_in("publishing.report")
    assert call("render", "2031Q2", project=project).exit_code == ExitCode.RENDER


def test_the_schemas_are_valid_schemas_of_every_notebooks_record():
    schemas = json.loads(call("schema").output)
    assert schemas.keys() == RECORD_TYPES.keys()
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)
    assert json.loads(call("schema", "trend").output) == schemas["trend"]


def test_the_schema_of_an_unknown_notebook_is_refused():
    result = call("schema", "tend")
    assert result.exit_code == ExitCode.USAGE
    assert 'did you mean "trend"?' in result.stderr


def test_check_shows_breaches_and_ends_with_an_error_only_for_errors(project, monkeypatch):
    from policyreport.records.base import Finding

    warning = Finding(rule="sum-of-parts", severity="warning", rows=("a#1", "a#2"), message="485 is not 647")
    error = Finding(rule="unit-known", severity="error", rows=("b#1",), message="unit bananas")
    found = [warning]
    monkeypatch.setattr("policyreport.data.observations.ledger.load_ledger", lambda root: "ledger")
    monkeypatch.setattr("policyreport.data.rules.evidence.read_context", lambda root: "context")
    monkeypatch.setattr("policyreport.data.rules.screening.check_ledger", lambda ledger, context, only: found)
    result = call("check", project=project)
    assert result.exit_code == 0
    assert "sum-of-parts" in result.output
    assert "0 errors, 1 warnings, 0 notes" in result.output
    found.append(error)
    result = call("check", "--json", project=project)
    assert result.exit_code == ExitCode.DATA
    assert [item["rule"] for item in json.loads(result.stdout)] == ["sum-of-parts", "unit-known"]


def test_a_reader_that_leaves_early_is_no_error():
    program = [sys.executable, "-c", "from policyreport.cli.main import app; app()", "schema"]
    process = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    with process:
        process.stdout.close()
        assert process.stderr.read() == ""
