"""The command `render`: make the site and the PDF of an edition that was run, independently of each other."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from policyreport.cli.messages import say_error, shown_path
from policyreport.errors import ExitCode, RenderError, system_error

if TYPE_CHECKING:
    from rich.console import Console

    from policyreport.publishing.renderers.base import Progress, Renderer

LOCK = ".render.lock"
# Temporary folders of a rendering; whoever holds the lock may remove those that a killed one has left.
SCRATCH = (".report-*", ".render-*", ".site*-*", ".report-*-*")
# The folder in which `replace_folder` keeps what it replaces.
EARLIER = "earlier"


@dataclass(frozen=True)
class Output:
    """Something to make: its name, where it goes, the file to show, and the function that makes it."""

    what: str
    path: Path
    shown: Path
    make: Callable[[Progress], list[str]]
    pages: int = 0


def render_edition(root: Path, edition: str, renderer: Renderer, formats: set[str], *, draft: bool) -> None:
    """Make an edition's site and PDF, say where they are, and exit with code 6 if one could not be made.

    Raises RenderError if the pages cannot be laid out, or the edition is being rendered already.
    """
    from rich.console import Console

    from policyreport.params.wording import capitalised
    from policyreport.publishing import report
    from policyreport.running.progress import show_stage

    store, console = root / "build" / edition, Console()
    with _system_errors(store), one_at_a_time(store):
        remove_leftovers(store)
        with show_stage(console, "laying out the pages"):
            project = report.assemble(root, edition, store, draft=draft)
        outputs = _outputs(root, edition, project, renderer, formats, draft=draft)
        failed = [output for output in outputs if not _make(output, console, renderer.name, root)]
    for output in failed:
        others = [other.what for other in outputs if other not in failed]
        made = f" {capitalised(others[0])} was." if others else ""
        kept = f" {shown_path(output.shown, root)} is of an earlier rendering." if output.path.exists() else ""
        typer.echo(f"{capitalised(output.what)} was not made.{made}{kept}", err=True)
    if failed:
        raise typer.Exit(int(ExitCode.RENDER))


def _outputs(
    root: Path, edition: str, project: Path, renderer: Renderer, formats: set[str], *, draft: bool
) -> list[Output]:
    """What to make, the site first: it is ready sooner, and nobody should have to wait for the PDF to read it."""
    from policyreport.figures.simulated import marked_name
    from policyreport.params.edition import read_edition

    written = read_edition(root, edition)
    kind, others = "-draft" if draft else "", written.languages[1:]

    def named(name: str) -> Path:
        return project.parent / (marked_name(name) if written.simulated else name)

    site = named(f"site{kind}")
    # The site has every page except those that are the whole report.
    pages = len(list(project.rglob("*.qmd"))) - len(written.languages)
    outputs = [
        ("html", Output("the site", site, site / "index.html", partial(renderer.render_site, project, site), pages))
    ]
    for end in ("", *(f"-{language}" for language in others)):
        pdf = named(f"report-{edition}{end}{kind}.pdf")
        make = partial(renderer.render_pdf, project, pdf, document=f"report{end}.qmd")
        outputs.append(("pdf", Output(f"the PDF ({end[1:]})" if end else "the PDF", pdf, pdf, make)))
    return [output for name, output in outputs if name in formats]


def _make(output: Output, console: Console, renderer: str, root: Path) -> bool:
    """Make one output and say so; its failure does not stop the other."""
    from policyreport.running.progress import show_stage

    try:
        with (
            _system_errors(output.path),
            show_stage(console, f"making {output.what} with {renderer}", output.pages) as progress,
        ):
            notes = output.make(progress)
    except RenderError as error:
        say_error(error)
        return False
    for note in notes:
        typer.echo(f"Note: {note}", err=True)
    typer.echo(f"{shown_path(output.shown, root)}  (made by {renderer})")
    return True


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
