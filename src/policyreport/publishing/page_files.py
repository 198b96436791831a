"""The files of reports/ as written: pages with front matter, and settings. `place` names a file in messages."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from policyreport.errors import RenderError

# The edition's values in an assembled project. In its own file Quarto would take a value that happens to name a file
# or folder (a page "downloads" next to that folder) for a path and rewrite it; this one, which every page's front
# matter names, it leaves alone.
EDITION_FILE = "_edition.yml"
SETTINGS = "_quarto.yml"
QUARTO_KEYS = ("project", "format", "execute", "lang", "crossref")
# The report on paper, the book and its annexes, in the edition's first language and in its others.
PDF_PAGE, ANNEX_PAGE = PDF_PAGES = ("report.qmd", "report-annex.qmd")
DOCUMENT = re.compile(r"report(-annex)?(-[a-z]{2})?\.qmd")
FRONT_MATTER = re.compile(r"\A---\n(?P<head>.*?)\n---\n(?P<body>.*)\Z", re.DOTALL)


def document_of(language: str = "", page: str = PDF_PAGE) -> str:
    """Return the file of the book or its annexes, in the first language or one of the others: ``report-vi.qmd``."""
    return page.replace(".", f"-{language}.") if language else page


def pdf_name(document: str, edition: str) -> str:
    """Return the name of a document's PDF: ``report-2025Q4-annex-vi.pdf``."""
    return document.replace("report", f"report-{edition}", 1).replace(".qmd", ".pdf")


def read_page(path: Path, place: str) -> tuple[dict[str, object], str]:
    """Return a page's front matter and body; raises RenderError where there is none, or it is not UTF-8."""
    match = FRONT_MATTER.match(read_text(path, place))
    if match is None:
        raise RenderError(place, "a page beginning with front matter between --- lines", "none", "Add it.")
    return parse_yaml(match["head"], place), match["body"]


def title_of(head: Mapping[str, object], place: str) -> str:
    """Return the title in a page's front matter; raises RenderError where there is none."""
    if not head.get("title"):
        raise RenderError(place, "a title in the front matter", "none", "Add a line `title: …`.")
    return str(head["title"])


def read_settings(path: Path, place: str) -> dict[str, Any]:
    """Read a ``_quarto.yml``; raises RenderError if it is missing, not UTF-8 or no mapping."""
    return parse_yaml(read_text(path, place), place)


def join_page(head: Mapping[str, object], body: str) -> str:
    """Return the text of a ``.qmd`` file."""
    return f"---\n{write_settings(head)}---\n{body}"


def write_settings(settings: Mapping[str, object]) -> str:
    """Write front matter or settings as YAML; texts are Markdown, so what comes from data must be escaped already."""
    return yaml.dump(dict(settings), Dumper=_Dumper, allow_unicode=True, sort_keys=True)


class _Dumper(yaml.SafeDumper):
    """Writes `Markdown` as the text it is."""


_Dumper.add_multi_representer(str, yaml.SafeDumper.represent_str)


def read_text(path: Path, place: str) -> str:
    """Read a file of reports/; raises RenderError if it is missing or not UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise RenderError(place, "a file of the report", "no such file", "Restore it.") from error
    except UnicodeDecodeError as error:
        raise RenderError(place, "text in UTF-8", str(error), "Save the file as UTF-8.") from error


def parse_yaml(text: str, place: str) -> dict[str, Any]:
    """Read front matter or settings; raises RenderError unless they are keys and values."""
    try:
        parsed = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise RenderError(place, "YAML", " ".join(str(error).split()), "Correct the line that it names.") from error
    if not isinstance(parsed, dict):
        raise RenderError(place, "YAML of keys and values", type(parsed).__name__, "Write it as `key: value` lines.")
    return parsed
