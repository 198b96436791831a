"""The command `render`: make the site and the PDF of an edition that was run, independently of each other."""

from __future__ import annotations

import contextlib
import filecmp
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from policyreport.cli.messages import say_error, shown_path
from policyreport.errors import ExitCode, RenderError, system_error

if TYPE_CHECKING:
    from rich.console import Console

    from policyreport.publishing.kept import Kept
    from policyreport.publishing.renderers.base import Progress, Renderer

Result = TypeVar("Result")
LOCK = ".render.lock"
# Temporary folders of a rendering; whoever holds the lock may remove those that a killed one has left.
SCRATCH = (".report-*", ".render-*", ".site*-*", ".report-*-*")
# The folder in which `replace_folder` keeps what it replaces.
EARLIER = "earlier"


@dataclass(frozen=True)
class Output:
    """Something to make: its name, where it goes, and the file to show; of a PDF the document it is made from."""

    what: str
    path: Path
    shown: Path
    document: str = ""


def render_edition(root: Path, edition: str, renderer: Renderer, formats: set[str], *, draft: bool) -> None:
    """Make an edition's site and PDFs, say where they are, and exit with code 6 if one could not be made.

    What has not changed since it was made is not made again. Raises RenderError if the pages cannot be laid out, or the
    edition is being rendered already.
    """
    from rich.console import Console

    from policyreport.publishing.kept import Kept, rendering_digest
    from policyreport.running.progress import show_stage

    store, console = root / "build" / edition, Console()
    with _system_errors(store), one_at_a_time(store):
        remove_leftovers(store)
        kept, project = Kept(store), store / "report"
        everything = rendering_digest(root, store, renderer.tool, str(draft))
        outputs = _outputs(root, edition, store, formats, draft=draft)
        if all(kept.has(path, everything) for path in (project, *(output.path for output in outputs))):
            for output in outputs:
                typer.echo(f"{shown_path(output.shown, root)}  (unchanged)")
            lay_into_site(outputs)
            _say_notes(project)
            return
        from policyreport.publishing import report

        with show_stage(console, "laying out the pages"):
            report.assemble(root, edition, store, draft=draft)
        kept.note(project, everything)
        failed = Making(root, project, renderer, kept, everything, console).make(outputs)
        lay_into_site(outputs)
        _say_notes(project)
    _say_failures(failed, outputs, root)


def _say_notes(project: Path) -> None:
    """Say what is to be known of the edition's own texts before they are published."""
    from policyreport.publishing.edition_prose import read_notes

    if notes := read_notes(project):
        typer.echo("The edition's own texts:", err=True)
        for note in notes:
            typer.echo(f"  {note['text']}", err=True)


def _outputs(root: Path, edition: str, store: Path, formats: set[str], *, draft: bool) -> list[Output]:
    """What to make, the site first: it is ready sooner, and nobody should have to wait for the PDF to read it."""
    from policyreport.figures.simulated import marked_name
    from policyreport.params.edition import read_edition
    from policyreport.publishing.page_files import PDF_PAGES, document_of, pdf_name

    written = read_edition(root, edition)
    kind = "-draft" if draft else ""

    def named(name: str) -> Path:
        return store / (marked_name(name) if written.simulated else name)

    site = named(f"site{kind}")
    outputs = [("html", Output("the site", site, site / "index.html"))]
    for what, page in zip(("the PDF", "the PDF of the annexes"), PDF_PAGES, strict=True):
        for language in ("", *written.languages[1:]):
            document = document_of(language, page)
            pdf = named(pdf_name(document, edition).replace(".pdf", f"{kind}.pdf"))
            outputs.append(("pdf", Output(f"{what} ({language})" if language else what, pdf, pdf, document)))
    return [output for name, output in outputs if name in formats]


def lay_into_site(outputs: list[Output]) -> None:
    """Put the PDFs where the pages link to them, in the site's folder of downloads."""
    from policyreport.publishing.downloads import FOLDER

    for site in (output.path for output in outputs if not output.document):
        for pdf in (output.path for output in outputs if output.document and output.path.is_file()):
            target = site / FOLDER / pdf.name
            if site.is_dir() and not (target.is_file() and filecmp.cmp(pdf, target)):
                target.parent.mkdir(exist_ok=True)
                draft = target.with_suffix(".part")
                shutil.copy2(pdf, draft)
                draft.replace(target)


def _say_failures(failed: list[Output], outputs: list[Output], root: Path) -> None:
    """Say what was not made and what there is instead, and exit with code 6."""
    from policyreport.params.wording import capitalised

    for output in failed:
        others = [other.what for other in outputs if other not in failed]
        made = f" {capitalised(others[0])} was." if others else ""
        there = f" {shown_path(output.shown, root)} is of an earlier rendering." if output.path.exists() else ""
        typer.echo(f"{capitalised(output.what)} was not made.{made}{there}", err=True)
    if failed:
        raise typer.Exit(int(ExitCode.RENDER))


class Making:
    """Makes outputs of an assembled project, and says so; the failure of one does not stop the others.

    `everything` hashes what the project was assembled from.
    """

    def __init__(
        self, root: Path, project: Path, renderer: Renderer, kept: Kept, everything: str, console: Console
    ) -> None:
        from policyreport.publishing.kept import page_origins, renderer_digest

        self._root, self._project, self._renderer = root, project, renderer
        self._kept, self._everything, self._console = kept, everything, console
        self._origins = page_origins(project, renderer_digest(root, renderer.tool))

    def make(self, outputs: list[Output]) -> list[Output]:
        """Make the site, then all PDFs at the same time; returns what could not be made."""
        sites, pdfs = ([output for output in outputs if bool(output.document) == pdf] for pdf in (False, True))
        return [*self._make("the site", sites), *self._make("the PDF" if len(pdfs) == 1 else "the PDFs", pdfs)]

    def _make(self, what: str, outputs: list[Output]) -> list[Output]:
        from policyreport.running.progress import show_stage

        todo = [output for output in outputs if not self._kept.has(output.path, self._origin(output))]
        done: dict[Output, list[str] | RenderError] = {output: [] for output in outputs}
        if todo:
            pages = len(self._pages) if not todo[0].document else len(todo)
            with show_stage(self._console, f"making {what} with {self._renderer.name}", pages) as progress:
                done |= zip(todo, in_threads(partial(self._tried, progress), todo), strict=True)
        for output, result in done.items():
            self._say(output, result, new=output in todo)
        return [output for output, result in done.items() if isinstance(result, RenderError)]

    def _tried(self, progress: Progress, output: Output) -> list[str] | RenderError:
        """Make one output; what could not be shown as written, or the error."""
        try:
            with _system_errors(output.path):
                if output.document:
                    return self._renderer.render_pdf(self._project, output.path, progress, output.document)
                ready = self._kept.pages(output.path, self._pages)
                return self._renderer.render_site(self._project, output.path, progress, ready)
        except RenderError as error:
            return error

    def _say(self, output: Output, result: list[str] | RenderError, *, new: bool) -> None:
        if isinstance(result, RenderError):
            say_error(result)
            return
        for note in result:
            typer.echo(f"Note: {note}", err=True)
        if not result:
            # With notes it is made again next time, which says them again.
            pages = None if output.document else self._pages
            self._kept.note(output.path, self._everything, self._origin(output), pages=pages)
        how = f"made by {self._renderer.name}" if new else "unchanged"
        typer.echo(f"{shown_path(output.shown, self._root)}  ({how})")

    @property
    def _pages(self) -> dict[str, str]:
        """What hashes each page of the site is made from."""
        from policyreport.publishing.page_files import DOCUMENT

        return {page: origin for page, origin in self._origins.items() if not DOCUMENT.fullmatch(page)}

    def _origin(self, output: Output) -> str:
        from policyreport.publishing.kept import site_origin

        return self._origins.get(output.document, "") if output.document else site_origin(self._project, self._pages)


def in_threads(make: Callable[[Output], Result], outputs: list[Output]) -> list[Result]:
    """Make outputs at the same time; a single one in this thread, which ^C reaches."""
    if len(outputs) == 1:
        return [make(outputs[0])]
    with ThreadPoolExecutor(len(outputs)) as pool:
        return list(pool.map(make, outputs))


@contextlib.contextmanager
def _system_errors(place: Path) -> Iterator[None]:
    """Turn an error of the system (disk full, no permission, no folder) into a message."""
    try:
        yield
    except OSError as error:
        raise system_error(RenderError, error, str(place)) from None


@contextlib.contextmanager
def one_at_a_time(store: Path) -> Iterator[None]:
    """Lock an edition's folder for one rendering; a killed one leaves no lock.

    Raises RenderError if another rendering is running.
    """
    try:
        import fcntl
    except ImportError:
        # Windows has no such lock: there, two renderings at once are the user's risk.
        yield
        return
    store.mkdir(parents=True, exist_ok=True)
    path = store / LOCK
    number = _open_lock(path)
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        while os.fstat(number).st_nlink == 0:
            # Whoever held the lock has just removed the file.
            os.close(number)
            number = _open_lock(path)
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(number, 0)
        os.pwrite(number, f"{os.getpid()}\n".encode(), 0)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
    except BlockingIOError:
        who = os.pread(number, 20, 0).decode(errors="replace").strip()
        got = f"another one at work (process {who})" if who else "another one at work"
        raise RenderError(str(store), "one rendering at a time", got, "Wait until it has ended.") from None
    finally:
        os.close(number)


def _open_lock(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        # The name of the lock means nothing to the user.
        raise OSError(error.errno, error.strerror, str(path.parent)) from None


def remove_leftovers(store: Path) -> None:
    """Remove what a killed rendering has left, and restore a site that it was about to replace."""
    for pattern in SCRATCH:
        for folder in store.glob(pattern):
            if folder.is_dir() and not folder.is_symlink():
                target = store / folder.name.removeprefix(".").rpartition("-")[0]
                if (folder / EARLIER).is_dir() and not target.exists():
                    (folder / EARLIER).rename(target)
                shutil.rmtree(folder, ignore_errors=True)
