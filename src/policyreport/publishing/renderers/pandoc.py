"""The embedded renderer: pandoc, the engine inside Quarto, from the ``pypandoc-binary`` wheel."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pypandoc
import yaml

from policyreport.errors import RenderError
from policyreport.publishing.page_files import DOCUMENT, EDITION_FILE, FRONT_MATTER
from policyreport.publishing.renderers.base import Progress, Renderer

_ARGUMENTS = ("--from=markdown", "--to=html5", "--standalone", "--wrap=none", "--mathml", "--section-divs")
_FILTERS = ("safe.lua", "links.lua", "callouts.lua", "crossref.lua", "html.lua")
_TIMEOUT = 300
UNREAD = re.compile(r"Could not convert TeX math (.+), rendering as TeX")
NO_ROOM = ("No space left on device", "Disk quota exceeded", "resource exhausted")


class PandocRenderer(Renderer):
    """Renders with pandoc and Typst; needs no program besides the installed wheels."""

    name = "pandoc"

    def available(self) -> bool:
        """Return whether pandoc is installed."""
        return bool(pypandoc.get_pandoc_path())

    def write_pages(
        self, project: Path, scratch: Path, progress: Progress, ready: Mapping[str, Path]
    ) -> tuple[Path, list[str]]:
        """See `Renderer`."""
        settings = read_settings(project)
        pages = _select(project, settings.get("render") or ["*.qmd", "*/*.qmd"])
        pages = [page for page in pages if not DOCUMENT.fullmatch(page)]
        if not pages:
            raise RenderError(str(project), "pages (.qmd)", "none", "Assemble the report first.")
        draft = scratch / "site"
        notes = _write_pages(project, draft, pages, progress, ready)
        for name in _select(project, settings.get("resources") or []):
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(project / name, draft / name)
        return draft, notes

    def write_typst(self, project: Path, scratch: Path, document: str) -> tuple[Path, str, list[str]]:
        """See `Renderer`; the theme has template and filter."""
        target, arguments = scratch / "report.typ", ("--from=markdown", "--to=typst", "--standalone", "--wrap=none")
        theme = _theme_options(project, document, "pdf-template.typ", ("safe.lua", "typst.lua"))
        notes = run_pandoc([*arguments, *theme, f"--output={target.resolve()}", document], project, document)
        return project, target.read_text(encoding="utf-8"), notes


def metadata_options(project: Path, page: str) -> list[str]:
    """Return the options that give pandoc what Quarto reads by itself: the project's settings, and those a page names.

    A page without front matter has the edition's.
    """
    text = (project / page).read_text(encoding="utf-8")
    head = FRONT_MATTER.match(text)
    try:
        named = (yaml.safe_load(head["head"]) or {}).get("metadata-files") if head else None
    except yaml.YAMLError:
        # Pandoc says so, with the page.
        named = None
    files = [(project / page).parent / str(name) for name in named] if named else [project / EDITION_FILE]
    return [f"--metadata-file={path.resolve()}" for path in (project / "_quarto.yml", *filter(Path.is_file, files))]


def read_settings(project: Path) -> dict[str, Any]:
    """Read the section ``project`` of an assembled project's ``_quarto.yml``; raises RenderError."""
    path = project / "_quarto.yml"
    try:
        settings = yaml.safe_load(path.read_text(encoding="utf-8"))
        return dict(settings.get("project") or {})
    except (OSError, UnicodeDecodeError, yaml.YAMLError, AttributeError) as error:
        raise RenderError(
            str(path),
            "the settings of an assembled project",
            _last_line(str(error)),
            "Assemble the report again.",
        ) from error


def run_pandoc(arguments: Sequence[str], folder: Path, place: str) -> list[str]:
    """Run pandoc in a folder; returns a line per formula printed as written, raises RenderError for page `place`."""
    command = [pypandoc.get_pandoc_path(), *arguments]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=_TIMEOUT, check=False)
    except subprocess.TimeoutExpired as error:
        raise RenderError(place, f"a page ready in {_TIMEOUT} s", "none", "Look for a very large table.") from error
    message = done.stderr.decode("utf-8", errors="replace")
    if done.returncode:
        got = _last_line(message)
        if any(word in got for word in NO_ROOM):
            raise RenderError(place, "room for the page", got, "Free space on the disk, then render again.")
        todo = "Correct the page, or the notebook or template it was assembled from."
        raise RenderError(place, "a page that pandoc can read", got, todo)
    formulas = dict.fromkeys(UNREAD.findall(message))
    return [f"{place}: the formula {formula} cannot be read and is printed as it is written" for formula in formulas]


def _write_pages(
    project: Path, draft: Path, pages: Sequence[str], progress: Progress, ready: Mapping[str, Path]
) -> list[str]:
    """Render all pages that are not ready, as many at a time as there are processors."""
    notes: list[str] = []
    for page in pages:
        (draft / page).parent.mkdir(parents=True, exist_ok=True)
        if page in ready:
            shutil.copyfile(ready[page], (draft / page).with_suffix(".html"))
            progress(page.removesuffix(".qmd"))
    pages = [page for page in pages if page not in ready]
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        jobs = [pool.submit(_write_page, project, draft, page) for page in pages]
        try:
            for page, job in zip(pages, jobs, strict=True):
                notes += job.result()
                progress(page.removesuffix(".qmd"))
        finally:
            for job in jobs:
                job.cancel()
    return notes


def _write_page(project: Path, draft: Path, page: str) -> list[str]:
    source = (project / page).resolve()
    _check_encoding(source, page)
    target = (draft / page).with_suffix(".html").resolve()
    arguments = (*_ARGUMENTS, "--toc", "--toc-depth=2", *_theme_options(project, page, "page.html", _FILTERS))
    return run_pandoc([*arguments, f"--output={target}", source.name], source.parent, page)


def _theme_options(project: Path, page: str, template: str, filters: Iterable[str]) -> list[str]:
    theme = (project / "theme").resolve()
    lua = (f"--lua-filter={theme / name}" for name in filters)
    return [*metadata_options(project, page), f"--template={theme / template}", *lua]


def _check_encoding(source: Path, page: str) -> None:
    """Refuse other encodings: pandoc would read them as Latin-1 and print the wrong letters."""
    try:
        source.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise RenderError(page, "text in UTF-8", str(error), "Save the page as UTF-8.") from error


def _select(project: Path, patterns: Sequence[str]) -> list[str]:
    """List files that match a pattern, and none that begins with ``!``; sorted, relative to the project."""

    def fitting(chosen: Iterable[str]) -> set[str]:
        found = {path for pattern in chosen for path in project.glob(pattern) if path.is_file()}
        return {path.relative_to(project).as_posix() for path in found}

    wanted = fitting(pattern for pattern in patterns if not pattern.startswith("!"))
    refused = fitting(pattern[1:] for pattern in patterns if pattern.startswith("!"))
    return sorted(name for name in wanted - refused if not any(part[0] in "._" for part in name.split("/")))


def _last_line(message: str) -> str:
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return " / ".join(lines[-3:]) or "no message"
