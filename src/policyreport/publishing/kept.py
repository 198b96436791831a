"""What a site and a PDF were made from: what has not changed is not made again."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, TypeAdapter, ValidationError

from policyreport.publishing.page_files import EDITION_FILE, SETTINGS
from policyreport.records.conclusions import KEPT
from policyreport.running.cache.ingredients import PACKAGE, digest, environment_digest, files_digest, source_digest

FILE = "rendered.json"
# What pages are made from besides the results of a run and the package.
PARTS = ("data", "params", "reports")
RENDERERS = PACKAGE / "publishing" / "renderers"
RESULTS = ("records", "notebooks", "failures")
# Laid into the site when they are ready, and remembered by themselves.
PAPER = (".pdf", ".docx")
# A picture as it stands in a page, and the names of what it stands in.
_PLACED = re.compile(
    r'(?:aria-describedby|id)="(?P<label>[\w-]+)"|(?P<picture><svg class="picture\b.*?</svg>)', re.DOTALL
)
_FIGURE = re.compile(r"\]\(([^)\s]*\bfigures/[^)\s]+)")


def rendering_digest(root: Path, store: Path, *choices: str) -> str:
    """Hash everything that a rendering of an edition reads, without reading it as data; `choices` are the user's."""
    folders = [*(root / part for part in PARTS), *(store / part for part in RESULTS)]
    reasons = [path for path in (store / KEPT,) if path.is_file()]
    files = files_digest([*(path for folder in folders for path in _files(folder)), *reasons], root)
    return digest("\n".join([*choices, environment_digest(root), source_digest(PACKAGE), files]).encode())


def renderer_digest(root: Path, tool: str) -> str:
    """Hash what renders a page: `tool`, the installed packages and the code."""
    return digest("\n".join([tool, environment_digest(root), source_digest(RENDERERS)]).encode())


class Made(BaseModel):
    """What hashes an output was made from, its own hash, and both of its pages by their name.

    `files` are the hashes of all its files, `figures` those of the pictures on each page by the figure's label.
    """

    origins: tuple[str, ...]
    digest: str
    pages: dict[str, tuple[str, str]] = {}
    files: dict[str, str] = {}
    figures: dict[str, dict[str, str]] = {}


class Kept:
    """What earlier renderings of an edition made and from what, in ``build/EDITION/rendered.json``.

    Of a damaged file nothing is believed: everything is made again.
    """

    def __init__(self, store: Path) -> None:
        self._path = store / FILE
        self._made: dict[str, Made] = {}
        with contextlib.suppress(OSError, ValidationError):
            self._made = _FORMAT.validate_json(self._path.read_bytes())

    def has(self, output: Path, origin: str) -> bool:
        """Whether a site or PDF was made from what hashes to `origin`, and is as it was made."""
        made = self._made.get(output.name)
        return made is not None and origin in made.origins and made.digest == _digest(output)

    def made(self, output: Path) -> Made | None:
        """Return what is remembered of an output."""
        return self._made.get(output.name)

    def pages(self, site: Path, origins: Mapping[str, str]) -> dict[str, Path]:
        """Return the pages of a site that are as they were made from `origins`: their file by their name."""
        made = self._made[site.name].pages if site.name in self._made else {}
        files = {page: (site / page).with_suffix(".html") for page in origins.keys() & made.keys()}
        return {page: file for page, file in files.items() if made[page] == (origins[page], _digest(file))}

    def note(self, output: Path, *origins: str, pages: Mapping[str, str] | None = None) -> None:
        """Remember what hashes an output was made from, and what each of its pages was."""
        files = {page: (output / page).with_suffix(".html") for page in pages or {}}
        entries = {page: (origin, _digest(files[page])) for page, origin in (pages or {}).items()}
        self._made[output.name] = Made(
            origins=origins, digest=_digest(output), pages=entries, files=file_digests(output),
            figures=figures_shown(output) if pages else {},
        )  # fmt: skip
        draft = self._path.with_suffix(".part")
        draft.write_bytes(_FORMAT.dump_json(self._made, indent=1))
        draft.replace(self._path)


_FORMAT = TypeAdapter(dict[str, Made])


def file_digests(output: Path) -> dict[str, str]:
    """Hash a file, or each file of a folder but PDFs by its path in it."""
    paths = {path.relative_to(output).as_posix(): path for path in _own_files(output)}
    if output.is_file():
        paths = {output.name: output}
    return {name: digest(path.read_bytes()) for name, path in paths.items()}


def figures_shown(site: Path) -> dict[str, dict[str, str]]:
    """Hash the pictures on each page of a site, by page and by the figure's label; of several in one, with a number."""
    return {path.relative_to(site).as_posix(): _pictures(path) for path in sorted(site.rglob("*.html"))}


def _pictures(page: Path) -> dict[str, str]:
    shown: dict[str, str] = {}
    label, number = "picture", 0
    for match in _PLACED.finditer(page.read_text(encoding="utf-8", errors="replace")):
        if match["label"]:
            label, number = match["label"].removesuffix("-caption"), 0
        else:
            number += 1
            shown[f"{label} {number}"] = digest(match["picture"].encode())
    return shown


def page_origins(project: Path, tool: str) -> dict[str, str]:
    """Hash what each page and document of an assembled project is made from: text, pictures, settings, theme, tool."""
    project = project.resolve()
    common = [path for path in (project / SETTINGS, *_files(project / "theme")) if path.is_file()]
    shared = f"{tool} {files_digest(common, project)}"
    origins = {}
    for path in sorted(project.rglob("*.qmd")):
        text = path.read_text(encoding="utf-8", errors="replace")
        shown = {(start / name).resolve() for name in _FIGURE.findall(text) for start in (path.parent, project)}
        # The theme takes the one drawn for a narrow screen by its name.
        pictures = shown | {picture.with_stem(f"{picture.stem}-narrow") for picture in shown}
        settings = [folder / EDITION_FILE for folder in path.parents if folder.is_relative_to(project)]
        read = [path, *sorted(pictures), *settings]
        own = files_digest([file for file in read if file.is_relative_to(project) and file.is_file()], project)
        origins[path.relative_to(project).as_posix()] = digest(f"{shared} {own}".encode())
    return origins


def site_origin(project: Path, origins: Mapping[str, str]) -> str:
    """Hash what a whole site is made from: its pages, and the files that it holds besides."""
    pages = [f"{page} {origin}" for page, origin in origins.items()]
    others = files_digest([path for path in _files(project) if path.suffix != ".qmd"], project)
    return digest("\n".join([*pages, others]).encode())


def _digest(output: Path) -> str:
    """Hash a file, or all files of a folder; empty where there is none."""
    if output.is_dir():
        return files_digest(_own_files(output), output)
    return digest(output.read_bytes()) if output.is_file() else ""


def _own_files(output: Path) -> list[Path]:
    return [path for path in _files(output) if path.suffix not in PAPER]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
