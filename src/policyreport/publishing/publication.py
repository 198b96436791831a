"""Publish an edition into a folder that any web server can serve, next to the editions that are there already."""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from policyreport.errors import UsageError
from policyreport.params.edition import Edition
from policyreport.params.publication import Publication
from policyreport.publishing.citations import bibtex, csl, linked_data
from policyreport.publishing.exchange import put_in_place
from policyreport.publishing.manifest import facts_of, write_manifest
from policyreport.publishing.page_files import SETTINGS, read_settings
from policyreport.publishing.verify import MANIFEST
from policyreport.records.formats import Formats
from policyreport.running.endings import passing_folder
from policyreport.running.store import write_whole

TEMPLATES = Path("reports") / "publication"
# Names at the top of a publication that no edition may have.
TAKEN = ("latest", "index.html")


@dataclass(frozen=True)
class Publisher:
    """Fills the templates of reports/publication/ with the project's settings and params/publication.yaml."""

    root: Path
    publication: Publication

    @cached_property
    def _templates(self) -> Environment:
        folder = FileSystemLoader(self.root / TEMPLATES)
        return Environment(loader=folder, autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)

    @cached_property
    def _settings(self) -> dict[str, Any]:
        return read_settings(self.root / "reports" / SETTINGS, f"reports/{SETTINGS}")

    def site_title(self, language: str) -> str:
        """Return the site's title in a language."""
        own = self._settings.get("texts", {}).get(language, {})
        return str(own.get("site-title", self._settings.get("site-title", "")))

    def fill(self, template: str, language: str, **values: Any) -> str:
        """Fill a template of reports/publication/."""
        mine = self.publication
        return self._templates.get_template(template).render(
            language=language, address=mine.address, institution=mine.institution_in(language),
            licence=mine.licence, site_title=self.site_title(language), **values,
        )  # fmt: skip


def publish(
    publisher: Publisher, edition: Edition, site: Path, documents: Mapping[str, Path], to: Path, commands: Sequence[str]
) -> Path:
    """Publish an edition's site and PDFs, by language, into the folder `to`; returns the edition's folder there.

    All is made next to it first and then put in its place at once: whenever this is killed, the folder holds the
    edition as it was or as it is now. Other editions stay as they are.
    """
    target = to / edition.id
    if edition.id in TAKEN or (target.exists() and not (target / MANIFEST).is_file()):
        got = "a folder that is not a published edition" if target.exists() else "a name that the publication needs"
        raise UsageError(str(target), "a place for the edition", got, "Publish to another folder.")
    to.mkdir(parents=True, exist_ok=True)
    with passing_folder(f".{edition.id}-", to) as scratch:
        draft = scratch / "edition"
        shutil.copytree(site, draft)
        for path in documents.values():
            shutil.copyfile(path, draft / path.name)
        names = {language: path.name for language, path in documents.items()}
        more = {"documents": names, "address": publisher.publication.address}
        facts = facts_of(publisher.root, edition, commands, **more)
        _complete(publisher, draft, facts)
        write_manifest(draft, facts)
        put_in_place(draft, target)
    list_editions(publisher, to)
    return target


def _complete(publisher: Publisher, draft: Path, facts: Mapping[str, Any]) -> None:
    """Add citations, and to every page its metadata and links to PDF, citations and the list of editions."""
    first = facts["languages"][0]
    for name, body in (
        ("cite.bib", bibtex(publisher.publication, facts)),
        ("cite.json", csl(publisher.publication, facts)),
    ):
        (draft / name).write_text(body, encoding="utf-8")
    for path in sorted(draft.rglob("*.html")):
        within = path.relative_to(draft).parts
        language = within[0] if within[0] in facts["languages"] else first
        footer = publisher.fill(
            "footer.html", language, up="../" * (len(within) - 1), first=language == first,
            document=facts["documents"].get(language, ""),
        )  # fmt: skip
        data = linked_data(publisher.publication, facts, language, "/".join(within))
        text = path.read_text(encoding="utf-8").replace("</head>", f"{data}\n</head>", 1)
        before, end, after = text.rpartition("</dl>\n</footer>")
        path.write_text(f"{before}{footer}{end}{after}" if end else text, encoding="utf-8")


def read_editions(to: Path) -> list[dict[str, Any]]:
    """Read the manifests of the editions in a publication: the newest first, simulated ones last."""
    found = [json.loads(path.read_bytes()) for path in sorted(to.glob(f"[!.]*/{MANIFEST}"))]
    newest_first = sorted(found, key=lambda facts: (facts["as_known_on"], facts["edition"]), reverse=True)
    return [facts | {"id": facts["edition"]} for facts in sorted(newest_first, key=lambda facts: facts["simulated"])]


def list_editions(publisher: Publisher, to: Path) -> None:
    """Write what leads to the editions: list, newest one, feed, site map, robots.txt; each whole or as it was."""
    for name, text in _lists(publisher, to, read_editions(to)):
        if not (to / name).is_file() or (to / name).read_bytes() != text.encode():
            write_whole(to / name, text.encode())


def _lists(publisher: Publisher, to: Path, editions: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    address, newest = publisher.publication.address, editions[0]
    languages = list(dict.fromkeys(language for facts in editions for language in facts["languages"]))
    for language in newest["languages"]:
        folder = "" if language == newest["languages"][0] else f"{language}/"
        up = "../" if folder else ""
        page = f"{newest['id']}/{folder}index.html"
        yield f"latest/{folder}index.html", publisher.fill(
            "latest.html", language, target=f"{up}../{page}", title=newest["title"][language],
            canonical=f"{address}/{page}" if address else "",
        )  # fmt: skip
    for language in languages:
        folder = "" if language == languages[0] else f"{language}/"
        formats = Formats(language)
        yield f"{folder}index.html", publisher.fill(
            "editions.html", language, editions=editions, newest=newest["id"], languages=languages, folder=folder,
            up="../" if folder else "", day=partial(_written, formats),
        )  # fmt: skip
    closed = "".join(f"Disallow: /{facts['id']}/\n" for facts in editions if facts["simulated"])
    robots = f"User-agent: *\n{closed or 'Disallow:' + chr(10)}"
    if address:
        yield "feed.xml", publisher.fill("feed.xml", languages[0], editions=editions)
        yield "sitemap.xml", _site_map(address, editions, languages)
        robots += f"Sitemap: {address}/sitemap.xml\n"
    yield "robots.txt", robots


def _written(formats: Formats, day: str) -> str:
    return formats.date(date.fromisoformat(day))


def _site_map(address: str, editions: list[dict[str, Any]], languages: list[str]) -> str:
    pages = [f"{'' if language == languages[0] else language + '/'}index.html" for language in languages]
    for facts in editions:
        if not facts["simulated"]:
            pages += [f"{facts['id']}/{name}" for name in sorted(facts["files"]) if name.endswith(".html")]
    rows = "".join(f"<url><loc>{address}/{page}</loc></url>\n" for page in pages)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</urlset>\n'
    )
