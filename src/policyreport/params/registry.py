"""The methods of the report: what each asks, assumes, declines and may conclude (params/registry.yaml).

>>> registry = read_registry(root)
>>> registry["trend"].question
>>> registry.of_exhibit("growth")
"""

from __future__ import annotations

from typing import Annotated, Any, get_args

from pydantic import Field

from policyreport.errors import ParamsError
from policyreport.params.layout import Root, project_folder
from policyreport.params.methods import Setting, read_method_settings
from policyreport.params.phrases import fill_every
from policyreport.params.reading import Strict, load_yaml, require_known, validate_strict
from policyreport.params.references import Reference, read_references
from policyreport.params.texts import Formula, Id, MarkdownText
from policyreport.params.wording import Kind, read_wording

FILE = "params/registry.yaml"
CONVENTIONS = "conventions"
"""Section of methods.yaml that holds for every method."""

Text = Annotated[str, Field(min_length=1)]
Words = tuple[str, ...]


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
