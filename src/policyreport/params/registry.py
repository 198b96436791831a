"""The methods of the report: what each asks, assumes, declines and may conclude, and the papers behind them.

>>> registry = read_registry(root)
>>> registry["trend"].question
>>> registry.of_exhibit("growth")
"""

import re
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import Field

from policyreport.errors import ParamsError
from policyreport.params.methods import Setting, read_method_settings
from policyreport.params.reading import Root, Strict, load_yaml, project_folder, require_known, validate_strict
from policyreport.params.untrusted import Formula, Id, MarkdownText
from policyreport.params.wording import Kind, fill_every, read_wording

BIBLIOGRAPHY = "params/references.bib"
_ENTRY = re.compile(r"^@(?P<kind>\w+)\{(?P<key>[\w-]+), (?P<fields>.*)\}$", re.MULTILINE)
_FIELD = re.compile(r"(\w+) = \{((?:[^{}]|\{[^{}]*\})*)\}")

FILE = "params/registry.yaml"
CONVENTIONS = "conventions"
"""Section of methods.yaml that holds for every method."""
Text = Annotated[str, Field(min_length=1)]
Words = tuple[str, ...]


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
    path = root / BIBLIOGRAPHY
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


class MethodEntry(Strict):
    """One method as written in the file.

    `symbols`, `assumptions` and `wording` are Markdown, `formula` is LaTeX, one display per line; all else is plain.
    """

    section: int
    title: Text
    short: Text
    question: Annotated[str, Field(pattern=r"\?$")]
    formula: Annotated[tuple[Formula, ...], Field(min_length=1)]
    symbols: MarkdownText
    assumptions: Annotated[tuple[MarkdownText, ...], Field(min_length=1)]
    refusals: Words
    flags: Words = ()
    verdicts: Words = ()
    wording: MarkdownText
    results: Words = ()
    exhibits: Words = ()
    part_of: Words = ()
    references: Annotated[Words, Field(min_length=1)]


class _File(Strict):
    methods: dict[Id, MethodEntry]
    descriptive: dict[str, Text]


class Registry(Strict):
    """All methods with their settings and references; `descriptive` exhibits hold no estimate."""

    methods: dict[str, MethodEntry]
    descriptive: dict[str, str]
    settings: dict[str, dict[str, Setting]]
    references: dict[str, Reference]

    def __getitem__(self, id: str) -> MethodEntry:
        require_known(FILE, [id], self.methods, "the id of a method")
        return self.methods[id]

    def of_result(self, kind: str) -> str:
        """Return the id of the method with this id or kind of result, ``quarter-on-quarter``; empty if none has it."""
        named = (id for id, method in self.methods.items() if kind == id or kind in method.results)
        return next(named, "")

    def of_exhibit(self, name: str) -> tuple[str, ...]:
        """Return the ids of the methods behind a figure or table, named without an area's key: ``pace-table``."""
        claims = [(id, claim) for id, method in self.methods.items() for claim in (id, *method.exhibits)]
        fitting = [(id, claim) for id, claim in claims if name == claim or name.startswith(f"{claim}-")]
        longest = max((len(claim) for _, claim in fitting), default=0)
        return tuple(dict.fromkeys(id for id, claim in fitting if len(claim) == longest))

    def named_question(self, kind: str) -> str:
        """Return a method's question in a few words, ``Pace of completion``; the kind itself where no method has it."""
        id = self.of_result(kind)
        return self.methods[id].short if id else kind

    def annotate(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Add to a record's JSON schema the method each result comes from.

        The description of each result then ends in its method's id and question; ``x-method`` holds id, assumptions,
        refusals and references.
        """
        defined = dict(schema.get("$defs", {}))
        for name, body in defined.items():
            kind = body.get("properties", {}).get("kind", {}).get("const", "")
            if kind and (id := self.of_result(kind)):
                method = self.methods[id]
                described = f"{body.get('description', '').strip()}\n\nMethod `{id}`: {method.question}".strip()
                facts = {
                    "id": id,
                    "assumptions": list(method.assumptions),
                    "refusals": list(method.refusals),
                    "references": [self.references[key].full for key in method.references],
                }
                defined[name] = body | {"description": described, "x-method": facts}
        return schema | ({"$defs": defined} if defined else {})


def read_registry(root: Root) -> Registry:
    """Read params/registry.yaml with the settings, wording and references it names.

    Settings that belong to no method are refused, as are unknown codes, families of verdicts and references.
    """
    folder = project_folder(root)
    path = folder / FILE
    settings, wording, references = read_method_settings(root).reasons, read_wording(root), read_references(folder)
    file = validate_strict(path, fill_every(load_yaml(path), settings), _File)
    require_known("params/methods.yaml", set(settings) - {CONVENTIONS}, file.methods, f"a method of {FILE}")
    refusals, flags = ([code for code, entry in wording.codes.items() if entry.kind == kind] for kind in get_args(Kind))
    for id, method in file.methods.items():
        place = f"{path}: {id}"
        require_known(f"{place}.refusals", method.refusals, refusals, "a refusal of params/wording.yaml")
        require_known(f"{place}.flags", method.flags, flags, "a flag of params/wording.yaml")
        verdicts = {*wording.verdicts, *wording.words_of(wording.verdicts)}
        require_known(f"{place}.verdicts", method.verdicts, verdicts, "a family of verdicts, or one verdict")
        require_known(f"{place}.references", method.references, references, "a key of params/references.bib")
        require_known(f"{place}.part_of", method.part_of, file.methods, "the id of a method")
        if not (method.results or method.part_of):
            raise ParamsError(place, "results, or part_of", "neither", "Say what the method writes, or who uses it.")
    for section, entries in settings.items():
        used = [setting.reference for setting in entries.values() if setting.reference]
        require_known(f"params/methods.yaml: {section}", used, references, "a key of params/references.bib")
    return Registry(methods=file.methods, descriptive=file.descriptive, settings=settings, references=references)
