"""What the words of a ministry's sheet mean: the reviewed map from headings, names and marks to the ledger."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from policyreport.errors import ParamsError, did_you_mean
from policyreport.params.indicators import Indicators, read_indicators
from policyreport.params.reading import Strict, read_strict, require_known
from policyreport.params.spelling import plain
from policyreport.records.base import Bound, Status

LEVEL = " > "

LedgerField = Literal[
    "area",
    "indicator",
    "measure",
    "list",
    "period",
    "reference_date",
    "published",
    "value",
    "bound",
    "unit",
    "status",
    "quality",
    "note",
]
SheetField = Literal[LedgerField, "code", "ignored", "publisher", "publisher_name", "title", "address", "licence"]


class FigureColumn(Strict):
    """What a column of counts or shares holds.

    An indicator's own names are headings without being listed. `unit` and `measure` stand where the heading
    implies them; `national_unit` where the nation's figure is in another unit.
    """

    indicator: str
    headings: tuple[str, ...] = ()
    measure: str = ""
    unit: str = ""
    national_unit: str = ""


class AreaAlias(Strict):
    """A name in use that the table of areas does not have; which of its areas is meant follows from the day."""

    name: str
    areas: tuple[str, ...] = Field(min_length=1)
    reason: str


class PeriodWords(Strict):
    """Words that stand before the number of a period: quarter 4, month 10, year 2025."""

    year: tuple[str, ...]
    half: tuple[str, ...]
    quarter: tuple[str, ...]
    month: tuple[str, ...]
    months_from_january: tuple[str, ...]
    months_to_december: tuple[str, ...]
    day: tuple[str, ...]
    compared: tuple[str, ...]


class TemplateWords(Strict):
    """What the sheet to be filled in says, in one language; `texts` are definitions of indicators and measures."""

    sheet: str
    definitions: str
    title: str
    how: str
    code: str
    area: str
    nation: str
    note: str
    whole_number: str
    usual: str
    not_listed: str
    columns: tuple[str, str, str, str]
    lists: str
    periods: dict[Literal["quarter", "half", "nine-months", "year"], str]
    labels: dict[LedgerField | Literal["publisher", "publisher_name", "title", "address", "licence"], str]
    texts: dict[str, str] = Field(default_factory=dict)


class TemplateColumns(Strict):
    """Indicators of the sheet to be filled in, the quarters in which they are due, and the period they then have."""

    indicators: tuple[str, ...]
    quarters: tuple[int, ...]
    period: Literal["quarter", "year-to-date", "year", "year-before"]


class Template(Strict):
    """The sheet to be filled in: its columns, and its words by language."""

    columns: tuple[TemplateColumns, ...]
    languages: dict[str, TemplateWords]


class IntakeMap(Strict):
    """The whole of params/intake.yaml."""

    code_page: str
    fields: dict[SheetField, tuple[str, ...]]
    columns: tuple[FigureColumn, ...]
    groups: tuple[str, ...]
    listed_topics: tuple[str, ...]
    units: dict[str, tuple[str, ...]]
    area_titles: dict[str, tuple[str, ...]]
    area_times: dict[Literal["former", "present"], tuple[str, ...]]
    area_aliases: tuple[AreaAlias, ...]
    nation: tuple[str, ...]
    totals: tuple[str, ...]
    not_published: tuple[str, ...]
    notes: tuple[str, ...]
    statuses: dict[Status, tuple[str, ...]]
    magnitudes: tuple[str, ...]
    bounds: dict[Bound, tuple[str, ...]]
    signs: dict[Literal["+", "-"], tuple[str, ...]]
    periods: PeriodWords
    ignored_sheets: tuple[str, ...]
    template: Template

    @field_validator("code_page")
    @classmethod
    def _is_an_encoding(cls, name: str) -> str:
        """Refuse an encoding that Python does not have."""
        try:
            codecs.lookup(name)
        except LookupError:
            raise ValueError(f"{name} is no encoding") from None
        return name

    @model_validator(mode="after")
    def _words_mean_one_thing(self) -> Self:
        """Refuse a word listed under two meanings: which one is meant would be a guess."""
        groups: dict[str, dict[str, tuple[str, ...]]] = {
            "fields": {str(name): words for name, words in self.fields.items()},
            "units": self.units,
            "statuses": {str(name): words for name, words in self.statuses.items()},
            "bounds": {str(name): words for name, words in self.bounds.items()},
            "area_titles": self.area_titles,
            "area_times": {str(time): words for time, words in self.area_times.items()},
        }
        for group, meanings in groups.items():
            seen: dict[str, str] = {}
            for meaning, words in meanings.items():
                for word in words:
                    if seen.setdefault(heading_key(word), meaning) != meaning:
                        raise ValueError(f'{group}: "{word}" means {seen[heading_key(word)]} and {meaning}')
        return self

    def field(self, text: str) -> SheetField | None:
        """Find the field of the ledger or of the sidecar that a heading or label names.

        Parameters
        ----------
        text : str
            A heading or label, as in the sheet.

        Returns
        -------
        str or None
            None where the map does not know it.
        """
        key = heading_key(text)
        return next((name for name, words in self.fields.items() if key in map(heading_key, words)), None)

    def figure_columns(self, indicators: Indicators) -> dict[str, FigureColumn]:
        """Give what each known heading holds.

        Parameters
        ----------
        indicators : Indicators
            All indicators, whose own names are headings too.

        Returns
        -------
        dict of str to FigureColumn
            By heading in one spelling, its levels joined.

        Raises
        ------
        ParamsError
            If one heading is listed for two indicators.
        """
        found: dict[str, FigureColumn] = {}
        for heading, column in self._headings(indicators):
            other = found.setdefault(heading_key(heading), column)
            if other.indicator != column.indicator:
                raise ParamsError(
                    "params/intake.yaml: columns",
                    "each heading once",
                    f'"{heading}" for {other.indicator} and {column.indicator}',
                    "Leave it with the indicator that every sheet means by it.",
                )
        return found

    def _headings(self, indicators: Indicators) -> Iterator[tuple[str, FigureColumn]]:
        """Every heading with its column, an indicator's own names after the listed ones."""
        for column in self.columns:
            yield from ((heading, column) for heading in column.headings)
        listed = {column.indicator: column for column in self.columns}
        for each in indicators.indicators:
            column = listed.get(each.id, FigureColumn(indicator=each.id))
            yield from ((name, column) for name in (each.id, each.name, each.name_vi) if name)

    def unit(self, text: str) -> str | None:
        """Find the ledger's unit that a sheet's words name.

        Parameters
        ----------
        text : str
            Such as ``tỷ đồng``.

        Returns
        -------
        str or None
            None where the map does not know it.
        """
        key = heading_key(text)
        known = ((unit, key in map(heading_key, (unit, *words))) for unit, words in self.units.items())
        return next((unit for unit, fits in known if fits), None)

    def status(self, text: str) -> Status | None:
        """Find the status that a sheet's words name, such as ``Sơ bộ``."""
        key = plain(text)
        return next((name for name, words in self.statuses.items() if key in (plain(name), *map(plain, words))), None)

    def sign(self, text: str) -> Literal["+", "-"] | None:
        """Find the sign that some words give the number beside them, such as ``giảm``; arrows count as words."""
        key = plain(text) or text.strip()
        return next(
            (sign for sign, words in self.signs.items() if key in (plain(word) or word for word in words)), None
        )

    def scales(self, text: str) -> bool:
        """Tell whether some words may make a number another one: thousands, millions, per mille."""
        if "‰" in text:
            return True
        said = plain(text).split()
        return any(word in said for known in self.magnitudes for word in plain(known).split())


@lru_cache(maxsize=8192)
def heading_key(text: str) -> str:
    """Spell a heading for comparison: levels apart by ``>``, each without case, accents and punctuation.

    Parameters
    ----------
    text : str
        ``Hoàn thành > Đúng hạn``.

    Returns
    -------
    str
        ``hoan thanh > dung han``.
    """
    return LEVEL.join(plain(level, keep="%") for level in text.split(">"))


def read_intake(root: Path) -> IntakeMap:
    """Read params/intake.yaml and hold it against the indicators.

    Parameters
    ----------
    root : Path
        The project's folder.

    Returns
    -------
    IntakeMap
        Typed and checked.

    Raises
    ------
    ParamsError
        If the file is missing, breaks the schema, or names an indicator, measure or unit nobody defined.
    """
    path = root / "params" / "intake.yaml"
    found, indicators = read_strict(path, IntakeMap), read_indicators(root)
    known = indicators.by_id()
    require_known(f"{path}: columns", (each.indicator for each in found.columns), known, "an indicator's id")
    for group in found.template.columns:
        require_known(f"{path}: template.columns", group.indicators, known, "an indicator's id")
    for each in found.columns:
        place = f"{path}: columns, {each.indicator}"
        require_known(place, filter(None, (each.measure,)), known[each.indicator].measures, "a measure")
        require_known(place, filter(None, (each.unit, each.national_unit)), known[each.indicator].units, "a unit")
    units = {unit for each in known.values() for unit in each.units}
    require_known(f"{path}: units", found.units, units, "a unit of some indicator")
    for language, words in found.template.languages.items():
        headings = {"area": words.area, "code": words.code, "note": words.note}
        fields = {str(name): known for name, known in found.fields.items()}
        for name, label in ({str(name): label for name, label in words.labels.items()} | headings).items():
            if found.field(label) != name:
                near = did_you_mean(label, fields.get(name, ()))
                where = f"{path}: template.languages.{language}.labels.{name}"
                raise ParamsError(where, f"a label listed under fields.{name}", f'"{label}"', near)
    found.figure_columns(indicators)
    return found
