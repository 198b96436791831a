"""What people do in JupyterLab: open the start page and a notebook, change a cell, run all, compare, see git clean."""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from policyreport.running.new_notebook import make_notebook

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
PROGRAM = Path(sys.executable).with_name("jupyter-lab")
WAIT = 120_000  # milliseconds; the first cell reads the whole ledger
# All cells in the document, also those out of sight; without that JupyterLab takes them out.
SETTINGS = {"@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"}}
ALL_RAN = """() => {
  const panel = document.querySelector('.jp-NotebookPanel:not(.lm-mod-hidden)');
  const prompts = [...panel.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(node => node.innerText);
  return prompts.length > 0 && prompts.every(text => /\\[\\d+\\]/.test(text));
}"""
COMPARE = "from policyreport import compare_with_official\ncompare_with_official(data)"
IDLE = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook-ExecutionIndicator[data-status=idle]"


@pytest.fixture(scope="module")
def project(tiny, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in git with the tiny edition, run, and one more notebook, which was not."""
    root = tmp_path_factory.mktemp("clone")
    shutil.copytree(tiny.root, root, dirs_exist_ok=True)
    for name in ("README.md", ".jupyterlab.json"):
        shutil.copy(ROOT / "notebooks" / name, root / "notebooks" / name)
    for path in (root / "notebooks").glob("*/*.ipynb"):
        path.write_text(path.read_text(encoding="utf-8").replace('\\"2025Q4\\"', '\\"tiny\\"'), encoding="utf-8")
    make_notebook(root, "credit", "province", "tiny")
    shutil.copy(ROOT / "Makefile", root)
    (root / ".gitignore").write_text("build/\nsummary.pickle\n.ipynb_checkpoints/\n")
    run("git", "init", "-q", cwd=root)
    # The set-up is the one that runs this test.
    run("make", "-s", "filter", f"BIN={PROGRAM.parent}", "-o", ".venv/.ready-lab", cwd=root)
    run("git", "add", ".", cwd=root)
    run("git", "-c", "user.name=x", "-c", "user.email=x@x", "commit", "-q", "-m", "Begin", cwd=root)
    return root


def run(*command: str, cwd: Path) -> str:
    return subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def lab(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A JupyterLab server on loopback with the settings of `make lab`; its address with the token."""
    if not PROGRAM.is_file():
        pytest.skip("JupyterLab is not installed here: `make test-lab` installs it")
    home = tmp_path_factory.mktemp("home")
    for name, values in SETTINGS.items():
        path = home / "settings" / name
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(values))
    (home / "application").mkdir()
    shutil.copy(ROOT / "notebooks" / ".jupyterlab.json", home / "application" / "overrides.json")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    folders = {"JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces", "HOME": "."}
    folders |= {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime"}
    environment = os.environ | {name: str(home / folder) for name, folder in folders.items()}
    target = re.search(r"--LabApp\.default_url=\S+", (ROOT / "Makefile").read_text(encoding="utf-8"))[0]
    options = ["--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", target]
    options += [f"--IdentityProvider.token={token}", f"--LabApp.app_settings_dir={home / 'application'}"]
    server = subprocess.Popen([PROGRAM, *options], cwd=project, env=environment, stderr=subprocess.PIPE, text=True)
    with server:
        written = []
        for line in server.stderr:
            written.append(line)
            if "is running at" in line:
                break
        else:
            pytest.fail("".join(["JupyterLab did not start:\n", *written]))
        # What it writes later must not fill the pipe.
        reader = Thread(target=server.stderr.read)
        reader.start()
        yield f"http://127.0.0.1:{port}/?token={token}"
        server.terminate()
        reader.join()


class Lab:
    """A page with JupyterLab."""

    def __init__(self, page: Any) -> None:
        self.page = page
        page.set_default_timeout(WAIT)

    def open(self, name: str) -> None:
        """Follow a link of the start page; a notebook that it does not name is in the file browser."""
        self.page.locator(".jp-MarkdownViewer a", has_text=re.compile(f"^{name}$")).click()
        self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) h1").first.wait_for()
        self.page.locator(IDLE).wait_for()

    @property
    def cells(self) -> Any:
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell")

    def cell(self, text: str) -> Any:
        """The first code cell that holds a text."""
        return self.cells.filter(has=self.page.locator(".jp-InputArea", has_text=text)).first

    def edit(self, text: str, new: str) -> None:
        """Replace a text in the cell that holds it, by the keyboard."""
        editor = self.cell(text).locator(".cm-content")
        old = editor.inner_text()
        assert text in old
        editor.click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(old.replace(text, new, 1))

    def append(self, text: str) -> None:
        """Add a cell at the end."""
        before = self.cells.count()
        self.cells.last.locator(".cm-content").click()
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("b")
        self.page.wait_for_function(
            "n => document.querySelectorAll('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell').length > n",
            arg=before,
        )
        self.cells.last.locator(".cm-content").click()
        self.page.keyboard.insert_text(text)

    def run_all(self) -> None:
        """Choose Run All Cells, and wait until every cell has run and the kernel is idle."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Restart Kernel and Run All Cells…").click()
        self.page.get_by_role("button", name="Confirm Kernel Restart").click()
        self.page.wait_for_function(ALL_RAN)
        self.page.locator(IDLE).wait_for()

    def output(self, text: str) -> str:
        """What the cell that holds a text shows."""
        return self.cell(text).locator(".jp-OutputArea").inner_text()

    def save(self) -> None:
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("Control+S")
        self.page.wait_for_function("() => document.querySelectorAll('.jp-mod-dirty').length === 0")


@pytest.fixture
def page(lab: str, browser) -> Iterator[Lab]:
    """JupyterLab on its start page."""
    opened = browser.new_page(viewport={"width": 1400, "height": 1000})
    opened.goto(lab)
    # Without the tabs of the test before.
    opened.goto(f"{opened.url.partition('?')[0]}?reset")
    opened.locator(".jp-MarkdownViewer h1").wait_for(timeout=WAIT)
    yield Lab(opened)
    opened.close()


def test_it_opens_on_the_start_page_rendered(page: Lab) -> None:
    assert page.page.locator(".jp-MarkdownViewer h1").inner_text() == "The notebooks of the report"


def test_a_changed_first_year_gives_another_slope_and_the_comparison_names_what_differs(
    page: Lab, project: Path
) -> None:
    page.open("trend")
    page.run_all()
    before = page.output("own = fit_trend(")
    page.edit('data.series("growth", data.area)', 'data.series("growth", data.area).query("year >= 2021")')
    page.append(COMPARE)
    page.run_all()
    after = page.output("own = fit_trend(")
    assert line(before, "slope\t") != line(after, "slope\t")
    assert line(before, "slope interval") != line(after, "slope interval")
    saved = page.output("data.save(record)")
    assert "record saved in build/tiny/by-hand/n40/trend/record.json" in saved
    assert "differs from the official method" in saved
    compared = page.output("compare_with_official(data)")
    slope = json.loads((project / "build/tiny/by-hand/n40/trend/record.json").read_bytes())["growth"][1]["slope"]
    assert re.search(rf"^growth\[1\]\.slope\t{slope:.4f}", compared, re.MULTILINE)
    fields = [row.split("\t")[0] for row in compared.splitlines() if "\t" in row][1:]
    assert {field.partition(".")[0] for field in fields} == {"growth[1]"}


def test_a_regressor_added_in_the_notebook_on_the_series_is_tested_with_the_others(page: Lab, project: Path) -> None:
    page.open("series")
    page.edit('edition = "tiny"', 'edition = "2025Q4"')
    page.edit("exposures = settings.exposure.exposures", 'exposures = (*settings.exposure.exposures, "ln_population")')
    page.edit("change ~ ln_income", "change ~ ln_income + ln_population")
    page.run_all()
    assert "ln_population" in page.output("regression = smf.ols")
    assert "exposure: fit_exposure" in page.output("data.save(record)")
    record = json.loads((project / "build/2025Q4/by-hand/VN/series/record.json").read_bytes())
    assert [result["exposure"] for result in record["exposure"]] == [
        "ln_income",
        "urban_share",
        "merged",
        "ln_population",
    ]
    assert {deviation["field"] for deviation in record["differs"]} == {"exposure"}


def test_a_wrong_area_is_answered_in_one_line(page: Lab) -> None:
    page.open("compare")
    page.edit('area = "n40"', 'area = "Nghe Ann"')
    page.page.keyboard.press("Shift+Enter")
    page.cell("area =").locator(".jp-InputPrompt", has_text=re.compile(r"\[\d+\]")).wait_for()
    page.page.keyboard.press("Shift+Enter")
    page.cell("open_edition(").locator(".jp-OutputArea-output").wait_for()
    answer = page.output("open_edition(")
    assert 'did you mean "n40" (Nghệ An)?' in answer
    assert len(answer.strip().splitlines()) == 1


def test_an_own_notebook_is_changed_and_only_its_source_reaches_git(page: Lab, project: Path) -> None:
    page.page.goto(f"{page.page.url.partition('/lab')[0]}/lab/tree/notebooks/province/credit.ipynb?reset")
    page.page.locator(IDLE).wait_for()
    page.run_all()
    before = page.output("estimates = fit")
    page.edit('data.series("growth", data.area)', 'data.series("growth", data.area).query("year >= 2021")')
    page.append(COMPARE)
    page.run_all()
    assert page.output("estimates = fit") != before
    assert "n40/credit has no record of a run yet" in page.output("compare_with_official(data)")
    assert (project / "build/tiny/by-hand/n40/credit/record.json").is_file()
    page.save()
    path = project / "notebooks" / "province" / "credit.ipynb"
    assert any(cell.get("outputs") for cell in json.loads(path.read_bytes())["cells"])
    changed = run("git", "diff", "--unified=0", "--", str(path), cwd=project)
    assert "year >= 2021" in changed
    assert "compare_with_official" in changed
    assert [word for word in ("image", 'execution_count": 1', "text/html", "codemirror") if word in changed] == []


def test_an_edited_notebook_run_for_two_provinces_changes_their_records_figures_and_pages_alone(
    page: Lab, project: Path, browser: Any
) -> None:
    # As they were before other tests changed them.
    run("git", "checkout", "-q", "notebooks", cwd=project)
    store = project / "build" / "tiny"
    before = {area: records_of(store, area) for area in ("n01", "n40", "n96")}
    page.open("trend")
    page.edit('data.series("growth", data.area)', 'data.series("growth", data.area).query("year >= 2021")')
    page.run_all()
    slope = line(page.output("own = fit_trend("), "slope\t").split("\t")[1]
    page.save()
    program = PROGRAM.with_name("policyreport")
    run(program, "run", "tiny", "--areas", "n01,n40", cwd=project)
    run(program, "render", "tiny", "--to", "html", cwd=project)
    run("git", "checkout", "-q", "notebooks", cwd=project)
    for area in ("n01", "n40"):
        old, new = before[area], records_of(store, area)
        changed = {(kind, name) for kind in old for name in old[kind] if new[kind][name] != old[kind][name]}
        assert changed == {("trend", "growth"), ("trend", "differs")}
        assert new["credit"]["results"].keys() == {"estimates", "growth"}
    assert records_of(store, "n96") == before["n96"]
    assert float(slope) == pytest.approx(records_of(store, "n40")["trend"]["growth"][1]["slope"], rel=1e-5)
    site = browser.new_page()
    for name, differs in (("nghe-an", True), ("ha-noi", True), ("ca-mau", False)):
        site.goto((store / "site" / "provinces" / f"{name}.html").as_uri())
        text = site.locator("main").inner_text()
        assert ("Differs from the official method" in text and "5 rows instead of 6 rows" in text) == differs
        # The notebook of the user's own has a section on the pages of the provinces that it ran for.
        assert ("changed by" in text) == differs
    site.goto((store / "site" / "notebooks" / "nghe-an.html").as_uri())
    text = site.locator("main").inner_text()
    assert 'query("year >= 2021")' in text
    assert re.search(rf"^slope\s+{re.escape(slope)}$", text, re.MULTILINE)
    site.close()


def records_of(store: Path, area: str) -> dict[str, dict[str, Any]]:
    """The records of an area by notebook."""
    return {path.stem: json.loads(path.read_bytes()) for path in sorted((store / "records" / area).glob("*.json"))}


def line(text: str, name: str) -> str:
    """The line of a table that begins with a name."""
    return next(line for line in text.splitlines() if line.startswith(name))
