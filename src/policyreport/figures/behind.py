"""The ledger rows behind what a figure draws or a table prints, and the source line made from them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from policyreport.data.sources import Source, short_publisher
from policyreport.figures.words import WORDS
from policyreport.params.spelling import sort_key
from policyreport.records.base import Observation
from policyreport.records.formats import Formats
from policyreport.records.markdown import escape, in_english, link, read_marks
from policyreport.records.notebooks import SourceLine
from policyreport.records.shares import VintageValue

SOURCES_IN_FULL = 3


def rows_behind(shown: object) -> tuple[str, ...]:
    """Collect the ids of the rows behind what is shown, in order, each once.

    `shown` is a result, point, observation, line or row of a figure, or text in which values are marked with their
    rows, or any nesting of these. What names no rows, such as a label, adds none.
    """
    return tuple(dict.fromkeys(_rows(shown)))


def _rows(shown: object) -> Iterator[str]:
    if isinstance(shown, str):
        for mark in read_marks(shown):
            yield from mark.rows
    elif isinstance(shown, Observation):
        yield shown.id
    elif isinstance(shown, VintageValue):
        yield shown.observation
    elif isinstance(shown, Mapping):
        yield from _rows(shown.values())
    elif inputs := getattr(shown, "inputs", None):
        groups = inputs.values() if isinstance(inputs, Mapping) else [inputs]
        yield from (row for group in groups for row in group)
    elif points := getattr(shown, "points", None):
        yield from _rows(points)
    elif isinstance(shown, Iterable):
        for part in shown:
            yield from _rows(part)


def source_line(files: Sequence[SourceLine | Source], formats: Formats, in_full: int = SOURCES_IN_FULL) -> str:
    """Write publishers with title, link and date; publishers alone where files are more than `in_full`."""
    if not files:
        return ""
    words = WORDS[formats.language]
    if len(files) > in_full:
        publishers = sorted({short_publisher(source.publisher) for source in files}, key=sort_key)
        shown = ", ".join(map(escape, publishers[:6])) + (words.more_sources if len(publishers) > 6 else "")
        lead = words.source if len(publishers) == 1 else words.sources
        return f"{lead}: {words.files_cited.format(publishers=shown, count=len(files))}."
    return f"{words.source}: " + "; ".join(cite(source, formats) for source in files) + "."


def cite(source: SourceLine | Source, formats: Formats) -> str:
    """Write a file's publisher, its title with a link, and its date."""
    title = link(in_english(source.title, formats.language), source.address)
    return f"{escape(short_publisher(source.publisher))}, {title}, {formats.period(source.published)}"
