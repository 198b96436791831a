"""The papers behind the methods: params/references.bib, read into lines for a list of references."""

from __future__ import annotations

import re
from pathlib import Path

from policyreport.errors import ParamsError
from policyreport.params.reading import Strict

FILE = "params/references.bib"
_ENTRY = re.compile(r"^@(?P<kind>\w+)\{(?P<key>[\w-]+), (?P<fields>.*)\}$", re.MULTILINE)
_FIELD = re.compile(r"(\w+) = \{((?:[^{}]|\{[^{}]*\})*)\}")


class Reference(Strict):
    """One publication."""

    key: str
    author: str
    year: str = ""
    title: str
    journal: str = ""
    volume: str = ""
    number: str = ""
    pages: str = ""
    edition: str = ""
    publisher: str = ""
    institution: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Authors as ``Surname, I.``, an institution by its name."""
        return tuple(name.strip("{}") for name in self.author.split(" and "))

    @property
    def short(self) -> str:
        """``Wilson 1927``, ``Brown and others 2001``."""
        surnames = [name.partition(",")[0] for name in self.names]
        who = surnames[0] if len(surnames) == 1 else " and ".join(surnames[:2])
        return f"{who if len(surnames) < 3 else f'{surnames[0]} and others'} {self.year}".strip()

    @property
    def full(self) -> str:
        """One line of a list of references."""
        who = " and ".join(part for part in (", ".join(self.names[:-1]), self.names[-1]) if part)
        year = f" ({self.year})." if self.year else "." * (not who.endswith("."))
        issue = self.volume + (f"({self.number})" if self.number else "") + (f":{self.pages}" if self.pages else "")
        house = self.publisher or self.institution
        parts = (self.edition, f"{self.journal} {issue}".strip(), "" if house == who else house)
        where = ", ".join(part for part in parts if part)
        return f"{who}{year} {self.title}." + (f" {where}." if where else "")


def read_references(root: Path) -> dict[str, Reference]:
    """Read params/references.bib: one entry ``@kind{key, name = {text}, …}`` per line, by key in the file's order."""
    path = root / FILE
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        raise ParamsError(str(path), "a BibTeX file", "no such file", "Restore it.") from None
    references: dict[str, Reference] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line or line.startswith("%"):
            continue
        entry = _ENTRY.match(line)
        place = f"{path}, line {number}"
        fields = dict(_FIELD.findall(entry["fields"])) if entry else {}
        if not entry or {"author", "title"} - set(fields) or set(fields) - set(Reference.model_fields):
            expected = "@kind{key, name = {text}, …} with author and title"
            raise ParamsError(place, expected, line[:60], "Correct the entry; one a line.")
        if entry["key"] in references:
            raise ParamsError(place, "each key once", f'"{entry["key"]}" again', "Rename one of them.")
        # BibTeX writes a range of pages with two hyphens.
        fields = {name: value.replace("--", "–") for name, value in fields.items()}
        references[entry["key"]] = Reference(key=entry["key"], **fields)
    return references
