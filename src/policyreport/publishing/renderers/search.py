"""The search index of a rendered site: a script, so that search works on a site opened from disk."""

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

INDEX = "search-index.js"
NOTEBOOKS = "notebooks"
# Folder of the pages in a language other than the first.
LANGUAGE = "[a-z][a-z]"
_ASKED = re.compile(r"search-index[\w-]*\.js")
_TEXT_LIMIT = 600
_SKIPPED = {"script", "style", "svg", "math", "details", "nav", "table"}
_VOID = {"meta", "link", "br", "img", "input", "hr", "col", "wbr"}


@dataclass
class Section:
    """A heading with the beginning of its text."""

    anchor: str
    title: str = ""
    text: str = ""


@dataclass
class _Reader(HTMLParser):
    """Collects the sections inside ``<main>``."""

    sections: list[Section] = field(default_factory=lambda: [Section("")])
    _inside: bool = False
    _skipped: int = 0
    _heading: bool = False
    _anchors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "br":
            self.handle_data(" ")
        if tag == "main":
            self._inside = True
        elif self._skipped or tag in _SKIPPED or attributes.get("class") == "eyebrow":
            self._skipped += tag not in _VOID
        elif tag == "section":
            self._anchors.append(attributes.get("id") or "")
        elif self._inside and not self._skipped and tag in ("h1", "h2", "h3"):
            anchor = attributes.get("id") or (self._anchors[-1] if self._anchors else "")
            if tag != "h1":
                self.sections.append(Section(anchor))
            self._heading = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self._inside = False
        elif self._skipped:
            self._skipped -= tag not in _VOID
        elif tag == "section" and self._anchors:
            self._anchors.pop()
        elif tag in ("h1", "h2", "h3"):
            self._heading = False

    def handle_data(self, data: str) -> None:
        if not self._inside or self._skipped:
            return
        section = self.sections[-1]
        if self._heading:
            section.title += data
        elif len(section.text) < _TEXT_LIMIT:
            section.text += data


def read_sections(html: str) -> list[Section]:
    """Return the sections of a page: the page itself with its title, then one per heading of level 2 or 3."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    for section in reader.sections:
        section.title = " ".join(section.title.split())
        section.text = " ".join(section.text.split())[:_TEXT_LIMIT]
    return reader.sections


def in_script(json_text: str) -> str:
    """Write JSON so that it ends no script and no line of one."""
    return json_text.replace("</", "<\\/").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def write_search_index(folder: Path, site: Path) -> None:
    """Write the search index of a folder's pages, in one language, under the name that the site's script loads.

    That is ``search-index.js``, marked in a simulated edition. The pages of executed notebooks are left out.
    """
    others = {path.name for path in site.glob(LANGUAGE)}
    rows = [
        [
            path.relative_to(folder).as_posix() + (f"#{part.anchor}" if part.anchor else ""),
            page[0].title,
            part.title,
            part.text,
        ]
        for path in sorted(folder.rglob("*.html"))
        if path.parent.name != NOTEBOOKS and path.relative_to(folder).parts[0] not in others
        for page in [read_sections(path.read_text(encoding="utf-8"))]
        for part in page
        if part.title
    ]
    text = in_script(",\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    script = site / "theme" / "site.js"
    asked = _ASKED.search(script.read_text(encoding="utf-8")) if script.exists() else None
    (folder / (asked[0] if asked else INDEX)).write_text(f"window.searchIndex = [\n{text}\n];\n", encoding="utf-8")
