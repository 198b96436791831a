"""The commands `publish`, `archive`, `verify` and `serve`: from a rendered edition to one that anyone can check."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from policyreport.cli.messages import EditionArgument, check_edition, shown_path
from policyreport.errors import ExitCode, UsageError
from policyreport.project import given_project

if TYPE_CHECKING:
    from policyreport.params.edition import Edition
    from policyreport.publishing.publication import Publisher

# A message shows at most this many lines.
SHOWN = 30
UrlOption = Annotated[
    str, typer.Option(metavar="ADDRESS", help="Address of the publication; by default that of params/publication.yaml.")
]


def publish(
    context: typer.Context,
    edition: EditionArgument,
    to: Annotated[Path, typer.Option(metavar="FOLDER", help="Folder of the publication; it is made if need be.")],
    url: UrlOption = "",
) -> None:
    """Publish an edition into a folder for any web server.

    The folder gets the edition's site, PDFs, downloads, citations and manifest.json, a list of all editions, and
    latest/, which leads to the newest one. Other editions in it stay as they are. Nothing is published while a file is
    missing or was changed after rendering, a link is dead, or the quorum is not reached: every such problem is listed,
    and the exit code is 6.

    \b
    Examples:
      policyreport publish 2025Q4 --to public
      policyreport publish 2025Q4 --to public --url https://example.org/resolution-57
    """
    root = given_project(context.obj)
    target, _ = _published(root, edition, to, url)
    typer.echo(f"{shown_path(target, root)}: {len(_facts(target)['files'])} files")
    typer.echo(f"{shown_path(to / 'index.html', root)}: the list of editions")


def archive(
    context: typer.Context,
    edition: EditionArgument,
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The file to write; by default build/EDITION-archive.zip.")
    ] = None,
    url: UrlOption = "",
) -> None:
    """Pack an edition and its sources into one ZIP file.

    It holds data, parameters, notebooks, code, locks, results and the publication, a list of the outputs (OUTPUTS.md),
    a description for machines (RO-Crate), manifest.json, and verify.py, which checks it all with Python alone.

    \b
    Examples:
      policyreport archive 2025Q4
      policyreport archive 2025Q4 --to resolution-57-2025Q4.zip
    """
    root = given_project(context.obj)
    file = to or root / "build" / f"{edition}-archive.zip"
    if file.is_dir():
        raise UsageError(f"--to {file}", "the name of a file", "a folder", "Add the file's name.")
    check_edition(root, edition)
    # Editions need pydantic, pages jinja.
    from policyreport.publishing.archive import write_archive
    from policyreport.running.endings import passing_folder

    (root / "build").mkdir(exist_ok=True)
    with passing_folder(".publication-", root / "build") as scratch:
        target, publisher = _published(root, edition, scratch, url, quiet=True)
        write_archive(root, root / "build" / edition, target, file, publisher.publication, _archive_facts(target))
    typer.echo(f"{shown_path(file, root)}  ({file.stat().st_size / 1e6:.0f} MB)")


def verify(
    place: Annotated[
        Path, typer.Argument(metavar="FOLDER|ZIP", help="A publication, one edition of it, or an archive.")
    ],
    quick: Annotated[bool, typer.Option("--quick", help="Only compare every file with manifest.json.")] = False,
    workers: Annotated[int, typer.Option(min=1, metavar="N", help="Notebooks at a time.")] = 2,
) -> None:
    """Check a published edition or an archive.

    With --quick, every file is compared with manifest.json; that needs no project. Without it, the edition is made
    again from its archive, in a temporary folder, and records, executed notebooks, pages and downloads are compared.
    This environment is used where its lock is the archive's, otherwise one is set up. The code in the archive is run:
    verify only what you trust. The exit code is 8 where something differs.

    \b
    Examples:
      policyreport verify public --quick
      policyreport verify 2025Q4-archive.zip
    """
    from policyreport.publishing.verify import find_places, find_problems, read_manifest

    places = find_places(place)
    if not places:
        todo = "Give a folder that `policyreport publish` wrote, or the file of `policyreport archive`."
        raise UsageError(str(place), "a published edition or an archive", "no manifest.json there", todo)
    problems = [f"{at}: {line}" for at in places for line in find_problems(at)]
    if not problems:
        for at in places:
            typer.echo(f"{at}: all {len(json.loads(read_manifest(at))['files'])} files are as listed.")
    if not problems and not quick:
        problems = _made_again(place, workers)
    _refuse(problems, ExitCode.DIFFERENT)


def _made_again(place: Path, workers: int) -> list[str]:
    if not place.is_file():
        todo = "Add --quick, or give the file that `policyreport archive` wrote."
        raise UsageError(str(place), "an archive, to make the edition again", "a folder", todo)
    # It runs notebooks.
    from policyreport.publishing.rebuild import rebuild

    problems = rebuild(place.resolve(), Path(tempfile.gettempdir()), workers, typer.echo)
    if not problems:
        typer.echo("Equal: records, executed notebooks, pages and downloads, byte for byte.")
    return problems


def serve(
    context: typer.Context,
    what: Annotated[
        str, typer.Argument(metavar="[EDITION|FOLDER]", help="An edition that was rendered, or a publication.")
    ] = ".",
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="PORT", help="0 takes a free one.")] = 8000,
) -> None:
    """Serve an edition to this machine alone.

    \b
    Examples:
      policyreport serve 2025Q4
      policyreport serve public --port 8080
    """
    from policyreport.publishing.serving import open_server

    folder = Path(what)
    if not folder.is_dir():
        root = given_project(context.obj)
        check_edition(root, what)
        folder = next(iter(sorted((root / "build" / what).glob("site*"))), root / "build" / what / "site")
    if not (folder / "index.html").is_file():
        raise UsageError(str(folder), "a folder with index.html", "none", "Render the edition, or publish it.")
    with open_server(folder, port) as server:
        typer.echo(f"http://127.0.0.1:{server.server_address[1]}/  shows {folder}; Ctrl-C ends it.")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            typer.echo("Ended.")


def _published(root: Path, name: str, to: Path, url: str, *, quiet: bool = False) -> tuple[Path, Publisher]:
    """Let an edition through the gate and publish it; the publisher and where the edition stands."""
    check_edition(root, name)
    from policyreport.params.edition import read_edition
    from policyreport.params.publication import read_publication
    from policyreport.publishing.gate import find_problems
    from policyreport.publishing.publication import Publisher
    from policyreport.publishing.publication import publish as place
    from policyreport.publishing.renderers import tools

    edition, publisher = read_edition(root, name), Publisher(root, read_publication(root, url))
    store = root / "build" / name
    site, documents, annexes = _outputs(store, edition)
    _refuse(find_problems(root, edition, store, [site, *documents.values(), *annexes], tools()), ExitCode.RENDER)
    commands = [f"policyreport run {name}", f"policyreport render {name}", f"policyreport publish {name}"]
    target = place(publisher, edition, site, documents, to, commands)
    if not publisher.publication.address and not quiet:
        left = "feed.xml, sitemap.xml and addresses in citations"
        typer.echo(
            f"Note: without an address, {left} are left out: give --url, or set params/publication.yaml.", err=True
        )
    return target, publisher


def _outputs(store: Path, edition: Edition) -> tuple[Path, dict[str, Path], list[Path]]:
    """Return an edition's site, its book by language, and the books' annexes."""
    from policyreport.figures.simulated import marked_name
    from policyreport.publishing.page_files import ANNEX_PAGE, PDF_PAGE, document_of, pdf_name

    def named(name: str) -> Path:
        return store / (marked_name(name) if edition.simulated else name)

    def paper(language: str, page: str) -> Path:
        own = "" if language == edition.languages[0] else language
        return named(pdf_name(document_of(own, page), edition.id))

    books = {language: paper(language, PDF_PAGE) for language in edition.languages}
    return named("site"), books, [paper(language, ANNEX_PAGE) for language in edition.languages]


def _facts(target: Path) -> dict[str, Any]:
    from policyreport.publishing.verify import read_manifest

    return dict(json.loads(read_manifest(target)))


def _archive_facts(target: Path) -> dict[str, Any]:
    return {name: value for name, value in _facts(target).items() if name != "files"}


def _refuse(problems: list[str], code: ExitCode) -> None:
    """Print problems, one a line, and exit; nothing where there are none."""
    if not problems:
        return
    for line in problems[:SHOWN]:
        typer.echo(line, err=True)
    if len(problems) > SHOWN:
        typer.echo(f"and {len(problems) - SHOWN} more", err=True)
    raise typer.Exit(int(code))
