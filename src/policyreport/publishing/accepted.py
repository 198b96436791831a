"""The sentences of an edition's own texts, and the values with which each was last accepted.

``params/editions/2026Q1/en/accepted.yaml`` lists for each text its sentences that print a value, as they are written,
and what they printed. A sentence that is in it and prints something else was written about an earlier figure.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import yaml
from pydantic import RootModel

from policyreport.params.reading import Strict, read_strict
from policyreport.records.markdown import as_read, unmarked

FILE = "accepted.yaml"
_COMMENT = "# The values with which each sentence was accepted, by `policyreport accept {edition}`; not to be edited.\n"
# A printed value: the number of what is written in the text, and what it printed.
BEGIN, THEN, END = "\ue003", "\ue004", "\ue005"
PRINTED = re.compile(f"{BEGIN}(?P<number>\\d+){THEN}(?P<text>[^{BEGIN}-{END}]*){END}")
_BLOCK = re.compile(r"\n[ \t]*\n|\n(?=[ \t]*(?:\||(?:[-*+>]|#+|\d+[.)]|:::+)(?:[ \t]|$)))", re.MULTILINE)
_STOP = re.compile(r"[.!?…]+[\"'”’»)\]*_]*(?=\s|$)")
_LEADING = re.compile(r"^(?:[#>*+-]+|\d+[.)])\s+")


class Accepted(Strict):
    """A sentence and the values that it printed, in their order."""

    sentence: str
    values: tuple[str, ...]


class AcceptedFile(RootModel[dict[str, tuple[Accepted, ...]]]):
    """Accepted sentences by text: ``foreword``, ``provinces/n40``."""


@dataclass(frozen=True)
class Written:
    """What a text writes for a value, and the line."""

    text: str
    line: int


@dataclass(frozen=True)
class Sentence:
    """A sentence that prints values; `end` is its place in the filled text, `accepted` what it printed then."""

    text: str
    values: tuple[str, ...]
    line: int
    end: int
    accepted: tuple[str, ...] | None = None

    @property
    def moved(self) -> dict[str, str]:
        """The earlier values that are others now, each with the present one."""
        return {old: new for old, new in zip(self.accepted or (), self.values, strict=False) if old != new}


def read_accepted(path: Path) -> dict[str, tuple[Accepted, ...]]:
    """Read the sentences accepted in a language; none where there is no file."""
    return read_strict(path, AcceptedFile).root if path.is_file() else {}


def accepted_text(edition: str, sentences: Mapping[str, Iterable[Accepted]]) -> str:
    """Write the file: a line for each sentence and one for its values, so that a moved value is one changed line."""
    body = {
        name: [{"sentence": item.sentence, "values": list(item.values)} for item in of_text]
        for name, of_text in sorted(sentences.items())
    }
    written = yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=10**6) if body else "{}\n"
    return _COMMENT.format(edition=edition) + written


def find_sentences(filled: str, written: Sequence[Written], accepted: Iterable[Accepted]) -> tuple[Sentence, ...]:
    """List the sentences of a filled text that print a value, with what was accepted."""
    waiting = list(accepted)
    sentences = []
    for sentence in _sentences(filled, written):
        match = next((item for item in waiting if item.sentence == sentence.text), None)
        if match is not None:
            waiting.remove(match)
            sentence = replace(sentence, accepted=match.values)
        sentences.append(sentence)
    return tuple(sentences)


def _sentences(filled: str, written: Sequence[Written]) -> Iterable[Sentence]:
    # A full stop inside of a value ends nothing.
    masked = PRINTED.sub(lambda match: "X" * len(match[0]), filled)
    start = 0
    stops = set(_stops(masked))
    for end in sorted({*stops, *(block.start() for block in _BLOCK.finditer(masked)), len(filled)}):
        span = filled[start:end]
        if values := list(PRINTED.finditer(span)):
            text = PRINTED.sub(lambda match: f"[[ {written[int(match['number'])].text} ]]", span)
            yield Sentence(
                text=_LEADING.sub("", " ".join(unmarked(text).split())),
                values=tuple(as_read(unmarked(match["text"])) for match in values),
                line=written[int(values[0]["number"])].line,
                end=end if end in stops else start + values[-1].end(),
            )
        start = end


def _stops(masked: str) -> Iterable[int]:
    """Yield where sentences end; before a small letter a stop belongs to an abbreviation."""
    for stop in _STOP.finditer(masked):
        if not masked[stop.end() :].lstrip()[:1].islower():
            yield stop.end()
