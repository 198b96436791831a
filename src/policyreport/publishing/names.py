"""Filters of templates that write keys as readers know them, and what the ledger says about rows."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import cached_property

import pandas as pd

from policyreport.data.inputs import files_of
from policyreport.data.notes import printed_as, told_time
from policyreport.data.sources import short_publisher
from policyreport.figures.behind import SOURCES_IN_FULL, rows_behind, source_line
from policyreport.figures.choices import subject_name
from policyreport.figures.words import WORDS
from policyreport.params.wording import Wording, inside
from policyreport.publishing.provenance import Provenance
from policyreport.records.markdown import Markdown, attribute, escape, in_english


class Names:
    """Names of keys, and what the ledger says about rows, in the language of an edition."""

    def __init__(self, provenance: Provenance, wording: Wording) -> None:
        self._provenance, self._wording = provenance, wording
        self._language = provenance.edition.language

    @property
    def filters(self) -> dict[str, Callable[..., object]]:
        """The filters by name."""
        provenance, wording, language = self._provenance, self._wording, self._language
        roles, registry, told = provenance.roles, provenance.registry, provenance.translation.of
        return {
            "area": provenance.areas.name,
            "facts": provenance.facts.write,
            "files": lambda rows: [f"{file}.csv" for file in files_of(rows)],
            "indicator": lambda key: provenance.indicators.get(key).name,
            "inside": inside,
            "meaning": lambda code: wording.sentence(code, language),
            "measure_name": lambda key: roles.measure_labels.get(key, key),
            "newest_on": self.newest_on,
            "printed_as": lambda rows, indicator="": provenance.translation.of(
                printed_as(self._notes(rows, indicator))
            ),
            "publisher": short_publisher,
            "published_on": self.published_on,
            "question": registry.named_question,
            "reference": self.reference,
            "remark": lambda name: wording.remark(name, language),
            "rows_behind": rows_behind,
            "scale": self.scale,
            "short": lambda code: wording.short(code, language),
            "sources": self.sources,
            "sources_led_by": self.sources_led_by,
            "subject": lambda subject: subject_name(subject, provenance.indicators, roles, provenance.translation),
            "told_time": lambda rows: told(told_time(self._notes(rows))),
            "verdict": lambda word: Markdown(f"*{escape(wording.verdict(word, language))}*"),
            "verdict_name": lambda word: wording.verdict(word, language),
        }

    def reference(self, key: str) -> Markdown:
        """Link a paper's short name to the list of references; the whole entry is the link's title."""
        paper = self._provenance.registry.references[key]
        return Markdown(f'[{escape(in_english(paper.short, self._language))}](#ref-{key} "{attribute(paper.full)}")')

    def scale(self, key: str) -> str:
        """Write the limits of a score: scale 1–10; nothing where an end is open."""
        indicator, formats = self._provenance.indicators.get(key), self._provenance.formats
        if indicator.low is None or indicator.high is None:
            return ""
        return WORDS[self._language].scale.format(range=formats.interval(indicator.low, indicator.high, 0))

    def sources(self, rows: Iterable[str], in_full: int = SOURCES_IN_FULL) -> Markdown:
        """Cite the files behind rows, publishers alone where files are more than `in_full`."""
        files = self._provenance.sources
        cited = [files[key] for key in files_of(rows) if key in files]
        return Markdown(source_line(cited, self._provenance.formats, in_full))

    def sources_led_by(self, rows: Iterable[str], leading: Iterable[str]) -> Markdown:
        """Cite who published the leading rows, with the day, and count the other publishers."""
        files, first = self._provenance.sources, list(leading)
        cited = [files[key] for key in files_of(first) if key in files]
        every = [*first, *rows]
        others = {short_publisher(files[key].publisher) for key in files_of(every) if key in files}
        others -= {short_publisher(file.publisher) for file in cited}
        if not cited or not others:
            return self.sources(every, in_full=1)
        named = [f"{escape(short_publisher(file.publisher))}, {self.day_of(file.published)}" for file in cited]
        words, cited_here = WORDS[self._language], "; ".join(dict.fromkeys(named))
        more = words.other_sources if len(others) > 1 else words.other_source
        return Markdown(f"{words.sources}: {more.format(named=cited_here, count=len(others))}")

    def day_of(self, published: str) -> str:
        """Write a publication date only as exact as recorded: 2024, January 2025, 5 January 2026."""
        parts, formats = [int(part) for part in published.split("-")], self._provenance.formats
        return formats.date(date(*parts)) if len(parts) == 3 else formats.period(published)

    def newest_on(self, rows: Iterable[str], day: date) -> str:
        """Write when the newest of several rows came out: an exact day, where one of those of that day has it."""
        return self._provenance.formats.date(day) if "day" in self._exact(rows, day) else self.published_on(rows, day)

    def published_on(self, rows: Iterable[str], day: date) -> str:
        """Write when rows of a day came out, as exactly as recorded: January 2026, not its last day."""
        exact, formats = self._exact(rows, day), self._provenance.formats
        if "year" in exact:
            return str(day.year)
        return formats.period(f"{day:%Y-%m}") if "month" in exact else formats.date(day)

    def _exact(self, rows: Iterable[str], day: date) -> set[str]:
        known = (self._publication.get(row) for row in rows)
        return {precision for published, precision in filter(None, known) if published == day}

    @cached_property
    def _publication(self) -> dict[str, tuple[date, str]]:
        """The day of publication of each row and how exactly it is known."""
        ledger = self._provenance.ledger
        days, precisions = ledger["published"].dt.date, ledger["published_precision"]
        return {row: (day, exact) for row, day, exact in zip(ledger.index, days, precisions, strict=True)}

    def _notes(self, rows: Iterable[str], indicator: str = "") -> list[str]:
        """The ledger's notes on rows, only those of one indicator where it is given."""
        known = self._rows(rows)
        return [str(note) for note in (known[known["indicator"] == indicator] if indicator else known)["note"]]

    def _rows(self, ids: Iterable[str]) -> pd.DataFrame:
        ledger = self._provenance.ledger
        return ledger.loc[ledger.index.intersection(list(ids))]


def name_filters(provenance: Provenance, wording: Wording) -> dict[str, Callable[..., object]]:
    """Return the filters in the edition's language."""
    return Names(provenance, wording).filters
