"""What keeps an edition from being published: a line for each problem, with its place and what to do."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

from policyreport.data.areas import read_areas
from policyreport.errors import RenderError
from policyreport.params.edition import Edition
from policyreport.params.report import read_roles
from policyreport.publishing.kept import Kept, Made, figures_shown, file_digests, rendering_digest
from policyreport.running.executed import count_turnout, require_quorum

_LINK = re.compile(r'\s(?:href|src)="([^"]*)"')
_ID = re.compile(r'\sid="([^"]*)"')


def find_problems(
    root: Path, edition: Edition, store: Path, outputs: Sequence[Path], tools: Sequence[str]
) -> list[str]:
    """Check an edition before publication; `outputs` are its site, first, and PDFs, `tools` the renderers here."""
    again = f"Run `policyreport render {edition.id}` again."
    if problem := _without_quorum(root, edition, store):
        return [problem]
    if missing := [output.relative_to(root) for output in outputs if not output.exists()]:
        return [f"{name}: expected in every language of the edition; got no such file. {again}" for name in missing]
    kept, problems, stale = Kept(store), [], []
    origins = {rendering_digest(root, store, tool, str(False)) for tool in tools}
    for output in (store / "report", *outputs):
        made, name = kept.made(output), output.relative_to(root)
        if made is None or not made.files:
            problems.append(f"{name}: expected its hashes in {store.name}/rendered.json; got none. {again}")
            continue
        problems += [f"{name}{line} {again}" for line in changed_files(output, made)]
        stale += [] if origins & set(made.origins) else [output.name]
    if stale:
        got = "data, params, pages, results or code that changed since"
        where = f"{store.relative_to(root)} ({', '.join(stale)})"
        problems.append(f"{where}: expected what the project would render now; got {got}. {again}")
    return [*problems, *(line.removeprefix(f"{root}/") for line in dead_links(outputs[0]))]


def _without_quorum(root: Path, edition: Edition, store: Path) -> str:
    keys, nation = read_areas(root).of_edition(edition), read_roles(edition.layout(root)).nation
    turnout = count_turnout(store, keys, nation, edition.quorum, simulated=edition.simulated)
    try:
        require_quorum(turnout, edition.id)
    except RenderError as error:
        return str(error)
    return ""


def changed_files(output: Path, made: Made) -> Iterator[str]:
    """Describe each file that is not as it was rendered, and the pictures that changed in it."""
    files = file_digests(output)
    shown = figures_shown(output) if made.figures else {}
    for name in sorted(made.files.keys() | files.keys()):
        place = f"/{name}" if output.is_dir() else ""
        if name not in files:
            yield f"{place}: expected the file as rendered; got no such file."
        elif name not in made.files:
            yield f"{place}: expected no such file; got one that rendering did not make."
        elif files[name] != made.files[name]:
            pictures = list(_changed_pictures(name, shown, made.figures))
            yield from (f"{place}: {line}" for line in pictures or ["expected the file as rendered; got other bytes."])


def _changed_pictures(
    page: str, shown: Mapping[str, dict[str, str]], made: Mapping[str, dict[str, str]]
) -> Iterator[str]:
    """Describe the pictures of a page that are not those rendered there; one known elsewhere, by its own place."""
    places = {
        picture: (other, label)
        for other, pictures in sorted(made.items(), key=lambda item: item[0] == page)
        for label, picture in reversed(pictures.items())
    }
    now = shown.get(page, {})
    for label, picture in made.get(page, {}).items():
        if now.get(label) == picture:
            continue
        other, its = places.get(now.get(label, ""), ("", ""))
        got = f"that of {its}{f' of {other}' if other != page else ''}" if its else "another picture or none"
        yield f"figure {label}: expected the picture that its notebook drew; got {got}."


def dead_links(site: Path) -> list[str]:
    """List the targets inside a site that links lead to and that are not there, each with the pages that link to it."""
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(site.rglob("*.html"))}
    ids = {path: set(map(unescape, _ID.findall(text))) for path, text in pages.items()}
    dead: dict[str, list[str]] = defaultdict(list)
    for path, text in pages.items():
        for link in sorted(set(_LINK.findall(text))):
            if target := _dead(path, link, site, ids):
                dead[target].append(path.relative_to(site).as_posix())
    return [
        f"{site}/{target}: expected the target of a link; got none. It is linked from {_listed(linking)}: "
        "correct the link or restore the target, then render again."
        for target, linking in sorted(dead.items())
    ]


def _dead(page: Path, link: str, site: Path, ids: Mapping[Path, set[str]]) -> str:
    """Return the target of a link inside the site that leads nowhere, as seen from the site's top."""
    parts = urlsplit(unescape(link))
    if parts.scheme or parts.netloc:
        return ""
    way = [*page.relative_to(site).parts[:-1]] if parts.path else [*page.relative_to(site).parts]
    for step in unquote(parts.path).split("/"):
        if step == "..":
            if not way:
                return f"{link} (outside of the site)"
            way.pop()
        elif step not in (".", ""):
            way.append(step)
    target, name = site.joinpath(*way), "/".join(way)
    if not target.is_file():
        return name or link
    anchor = unquote(parts.fragment)
    return f"{name}#{anchor}" if anchor and target in ids and anchor not in ids[target] else ""


def _listed(pages: Sequence[str]) -> str:
    return f"{pages[0]} and {len(pages) - 1} more pages" if len(pages) > 1 else pages[0]
