"""The texts that belong to one edition alone: foreword, conclusions, recommendations, comments of provinces.

They stand in the edition's folder, ``params/editions/2026Q1/en/foreword.md``, and are templates as the pages are. A
number is written as a value by its name; one typed by hand is refused, except in a province's own words.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from babel import Locale

from policyreport.errors import RenderError, require_one_of
from policyreport.params.edition import Edition, edition_file, edition_folder
from policyreport.params.reading import Strict
from policyreport.params.untrusted import require_inside
from policyreport.publishing import accepted
from policyreport.publishing.accepted import PRINTED, Accepted, Sentence
from policyreport.records.markdown import Markdown, escape

TEXTS = ("foreword", "conclusions", "recommendations")
COMMENTS = "provinces"
NOTES = "_edition-prose.json"
"""In an assembled project: what is to be said about the edition's own texts before they are published."""
TYPED = "typed"


class Head(Strict):
    """The front matter of a text: who signs it, and its day, which a province's comment needs."""

    by: str = ""
    date: datetime.date | None = None


@dataclass(frozen=True)
class Passage:
    """A text as filled in its own language; not `computed` where a notebook whose values it names has failed."""

    name: str
    place: str
    language: str
    head: Head
    text: str
    sentences: tuple[Sentence, ...] = ()
    typed: tuple[tuple[int, str], ...] = ()
    computed: bool = True


@dataclass
class ProseFiles:
    """The files of an edition's folder: texts by language and name, and the sentences accepted in each language."""

    texts: dict[str, dict[str, Path]] = field(default_factory=dict)
    accepted: dict[str, dict[str, tuple[Accepted, ...]]] = field(default_factory=dict)


def read_prose_files(root: Path, edition: Edition, keys: Sequence[str]) -> ProseFiles:
    """Find the texts of an edition of these provinces; raises RenderError for any file that is none."""
    folder, files = root / edition_folder(edition.id), ProseFiles()
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        own = path == root / edition_file(root, edition.id)
        if path.is_dir() or own or any(part.startswith(".") for part in parts):
            continue
        require_inside(path, folder, RenderError)
        place, names = str(edition_folder(edition.id) / Path(*parts)), [f"{name}.md" for name in TEXTS]
        require_one_of(RenderError, place, parts[0], edition.languages, "a folder of one of the edition's languages")
        if len(parts) == 3 and parts[1] == COMMENTS:
            require_one_of(RenderError, place, parts[2], [f"{key}.md" for key in keys], "the key of a province, n40.md")
        elif parts[1:] != (accepted.FILE,):
            known = [*names, accepted.FILE, COMMENTS]
            require_one_of(RenderError, place, "/".join(parts[1:]), known, "a text of an edition")
        if path.suffix == ".md":
            files.texts.setdefault(parts[0], {})["/".join(parts[1:]).removesuffix(".md")] = path
    for language in files.texts:
        files.accepted[language] = accepted.read_accepted(folder / language / accepted.FILE)
    return files


def with_marks(passage: Passage, write: Callable[..., str]) -> Markdown:
    """Return a passage as a page shows it: a macro writes the mark of a sentence about earlier figures."""
    text = passage.text
    for sentence in sorted(passage.sentences, key=lambda item: -item.end):
        if sentence.moved:
            note = write([escape(old) for old in sentence.moved]).strip()
            text = f"{text[: sentence.end]} {note}{text[sentence.end :]}"
    return Markdown(PRINTED.sub(lambda match: match["text"], text))


def prose_filters(language: str) -> dict[str, Callable[..., object]]:
    """Return the filters by which a page shows passages."""
    return {
        "with_marks": with_marks,
        "by_line": partial(by_line, language=language),
        "language_name": partial(language_name, language=language),
    }


def language_name(code: str, language: str) -> str:
    """Return what a language is called in another, inside a sentence."""
    name = str(Locale(code).get_display_name(language))
    return name if language == "en" else name[:1].lower() + name[1:]


def by_line(passage: Passage, language: str) -> Markdown:
    """Return who signs a passage; on a page in another language, marked as in the passage's own."""
    by = escape(passage.head.by)
    return by if passage.language == language else Markdown(f'[{by}]{{lang="{passage.language}"}}')


def choose(every: Mapping[str, Mapping[str, Passage]], language: str) -> dict[str, Passage]:
    """Return the passages for pages in a language; what it lacks, in the first language that has it."""
    chosen = {name: passage for of_language in reversed(list(every.values())) for name, passage in of_language.items()}
    return chosen | dict(every.get(language, {}))


def notes_on(edition: str, every: Mapping[str, Mapping[str, Passage]]) -> list[dict[str, str]]:
    """Say what an author should know before publication: kind and text of each note."""
    notes = []
    for language, passages in every.items():
        for name in sorted({name for other in every.values() for name in other} - passages.keys()):
            folder = edition_folder(edition) / language
            others = ", ".join(code for code, other in every.items() if name in other)
            text = f"{folder}/{name}.md: not written; the page in this language shows the text in {others}"
            notes.append({"kind": "untranslated", "text": text})
        for passage in passages.values():
            notes += list(_notes_on(edition, passage))
    return notes


def _notes_on(edition: str, passage: Passage) -> Iterator[dict[str, str]]:
    if not passage.computed:
        yield {"kind": "missing", "text": f"{passage.place}: not shown; a notebook whose values it names gave none"}
    for line, numeral in passage.typed:
        text = f'{passage.place}, line {line}: "{numeral}" is typed by hand, in the province\'s own words'
        yield {"kind": TYPED, "text": text}
    for sentence in passage.sentences:
        if sentence.moved:
            moved = "; ".join(f"{old}, now {new}" for old, new in sentence.moved.items())
            text = f"{passage.place}, line {sentence.line}: written about an earlier figure ({moved}): {sentence.text}"
            yield {"kind": "earlier", "text": text}
    if new := [str(sentence.line) for sentence in passage.sentences if sentence.accepted is None]:
        lines = f"line {new[0]}: a sentence" if len(new) == 1 else f"lines {', '.join(new)}: sentences"
        text = f"{passage.place}, {lines} not accepted yet; read the text, then `policyreport accept {edition}`"
        yield {"kind": "new", "text": text}


def read_notes(project: Path) -> list[dict[str, str]]:
    """Read the notes of an assembled project."""
    path = project / NOTES
    return list(json.loads(path.read_bytes())) if path.is_file() else []
