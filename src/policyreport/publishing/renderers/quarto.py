"""Quarto, the report's publisher: renders the assembled project and never executes code."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from policyreport.errors import RenderError
from policyreport.publishing.page_files import DOCUMENT, QUARTO_KEYS
from policyreport.publishing.renderers.base import Progress, Renderer
from policyreport.publishing.renderers.pandoc import NO_ROOM, UNREAD, read_settings

OLDEST = (1, 6)  # environment.yml asks for the same
_TIMEOUT = 1800
_METADATA = "_metadata-of-the-edition.yml"
_TODO = "Correct the page or theme that it names, or render with the embedded renderer (pandoc)."
_NOISE = re.compile(r"at |\d+: |Stack ?[Bb]acktrace|Stack trace|\[WARNING\]")
_UNRESOLVED = re.compile(r"<strong>\?@([^<]+)</strong>")
_TERMINAL_CODES = re.compile(r"\x1b\[[0-9;]*m")


class QuartoRenderer(Renderer):
    """Renders with the ``quarto`` program, version 1.6 or newer."""

    name = "quarto"

    def available(self) -> bool:
        """Return whether the program is on the path or in the environment."""
        return find_program() is not None

    @property
    def tool(self) -> str:
        """See `Renderer`: the program, as it is on the disk."""
        program = find_program()
        return f"{self.name} {Path(program).stat().st_mtime_ns if program else ''}"

    def write_pages(
        self, project: Path, scratch: Path, progress: Progress, ready: Mapping[str, Path]
    ) -> tuple[Path, list[str]]:
        """See `Renderer`; Quarto renders all. Raises RenderError also if it is missing or too old."""
        copy = _copy(project, scratch)
        for path in copy.glob("*.qmd"):
            if DOCUMENT.fullmatch(path.name):
                path.unlink()
        notes = _render(["render", ".", "--to", "html"], copy)
        draft = copy / str(read_settings(copy).get("output-dir") or "_site")
        pages = sorted(page.relative_to(draft).as_posix() for page in draft.rglob("*.html"))
        if not pages:
            raise RenderError(str(project), "pages rendered by Quarto", "none", _TODO)
        _check_references(draft, pages)
        for page in pages:
            progress(page.removesuffix(".html"))
        return draft, notes

    def write_typst(self, project: Path, scratch: Path, document: str) -> tuple[Path, str, list[str]]:
        """See `Renderer`."""
        copy = _copy(project, scratch)
        notes = _render(["render", document, "--to", "typst", "--metadata", "output-ext:typ"], copy)
        drafts = sorted(copy.rglob(f"{Path(document).stem}.typ"))
        if not drafts:
            raise RenderError(document, "a Typst document written by Quarto", "none", _TODO)
        return copy, drafts[0].read_text(encoding="utf-8"), notes


def find_program() -> str | None:
    """Find Quarto on the path, else next to the Python that runs."""
    return shutil.which("quarto") or shutil.which("quarto", path=str(Path(sys.executable).parent))


def _copy(project: Path, scratch: Path) -> Path:
    """Copy the project, since Quarto writes next to its input, with the settings as Quarto wants them."""
    read_settings(project)
    copy = scratch / "report"
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns(".quarto", "_site", "*_files"))
    settings = yaml.safe_load((copy / "_quarto.yml").read_text(encoding="utf-8"))
    # What is done after rendering is done here, whatever Python Quarto would find.
    settings["project"].pop("post-render", None)
    # For a project that assembly did not divide (see `page_files`).
    ours = {key: settings.pop(key) for key in list(settings) if key not in QUARTO_KEYS}
    for name, values in (("_quarto.yml", settings), (_METADATA, ours)):
        (copy / name).write_text(yaml.safe_dump(values, allow_unicode=True), encoding="utf-8")
    return copy


def _check_references(site: Path, pages: list[str]) -> None:
    """Refuse a reference to nothing: Quarto only warns, and prints it with a question mark."""
    for page in pages:
        if lost := _UNRESOLVED.search((site / page).read_text(encoding="utf-8")):
            raise RenderError(
                page.removesuffix(".html") + ".qmd", "references to figures and tables of the page",
                f"@{lost[1]} refers to nothing on this page", "Correct its name, or add the figure or table.",
            )  # fmt: skip


def _render(arguments: list[str], folder: Path) -> list[str]:
    """Run Quarto in a project; returns the formulas that it could not read."""
    program = find_program()
    if program is None:
        raise RenderError(
            'renderer "quarto"', "the program quarto on the path", "no such program",
            "Install it (https://quarto.org/docs/get-started/) or choose the embedded renderer (pandoc).",
        )  # fmt: skip
    _check_version(program)
    # No clock: the same project gives the same PDF.
    settings = {"SOURCE_DATE_EPOCH": "0", "NO_COLOR": "1"}
    done = _run([program, *arguments, "--no-execute", "--metadata-file", _METADATA], folder, settings)
    if done.returncode:
        got = _last_lines(done)
        todo = "Free space on the disk, then render again." if any(word in got for word in NO_ROOM) else _TODO
        raise RenderError(f"quarto {' '.join(arguments)}", "a rendered project", got, todo)
    formulas = dict.fromkeys(UNREAD.findall(done.stderr))
    return [f"The formula {formula} cannot be read and is printed as it is written" for formula in formulas]


def _check_version(program: str) -> None:
    version = _run([program, "--version"], Path.cwd(), {}).stdout.strip()
    numbers = re.match(r"(\d+)\.(\d+)", version)
    if numbers is None or (int(numbers[1]), int(numbers[2])) < OLDEST:
        raise RenderError(
            program, f"Quarto {OLDEST[0]}.{OLDEST[1]} or newer", f'version "{version}"',
            "Install a newer Quarto, or render with the embedded renderer (pandoc).",
        )  # fmt: skip


def _run(command: list[str], folder: Path, settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    try:
        return run_program(command, _TIMEOUT, folder, settings)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RenderError(" ".join(command), "a program that ends", str(error), _TODO) from error


def run_program(
    command: Sequence[str], timeout: float, folder: Path | None = None, settings: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program with `settings` added to the environment; end all it started after `timeout` seconds.

    `quarto` is a script that starts the program, and pip starts others to build a package. Those hold the pipes, so
    ending the first alone, as `subprocess.run` does, would wait for the others. Raises OSError or
    subprocess.TimeoutExpired.
    """
    with subprocess.Popen(
        command, cwd=folder, env=os.environ | dict(settings or {}), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", errors="replace", start_new_session=True,
    ) as process:  # fmt: skip
        try:
            output, errors = process.communicate(timeout=timeout)
        except BaseException:  # Ctrl-C too: the session of its own does not get it
            os.killpg(process.pid, signal.SIGKILL)
            raise
    return subprocess.CompletedProcess(command, process.returncode, output, errors)


def _last_lines(done: subprocess.CompletedProcess[str]) -> str:
    """Return Quarto's last lines, without colours, warnings and its own stack trace."""
    lines = [line.strip() for line in _TERMINAL_CODES.sub("", done.stderr + done.stdout).splitlines()]
    kept = [line for line in lines if line and not _NOISE.match(line)]
    return " / ".join(kept[-8:]) or f"exit code {done.returncode}"
