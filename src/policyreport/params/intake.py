"""What headings, names and marks in a ministry's sheet mean: the reviewed map to the ledger, params/intake.yaml."""

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

    An indicator's own names are headings without being listed. `unit` and `measure` are given where the heading implies
    them; `national_unit` where the national figure is in another unit.
    """

    indicator: str
    headings: tuple[str, ...] = ()
    measure: str = ""
    unit: str = ""
    national_unit: str = ""


class AreaAlias(Strict):
    """A name in use that the table of areas lacks; which of its `areas` is meant depends on the day."""

    name: str
    areas: tuple[str, ...] = Field(min_length=1)
    reason: str


class PeriodWords(Strict):
    """Expressions before the number of a period: quarter 4, month 10, year 2025."""

    year: tuple[str, ...]
    half: tuple[str, ...]
    quarter: tuple[str, ...]
    month: tuple[str, ...]
    months_from_january: tuple[str, ...]
    months_to_december: tuple[str, ...]
    day: tuple[str, ...]
    compared: tuple[str, ...]


class TemplateWords(Strict):
    """The texts of the sheet to be filled in, in one language; `texts` define indicators and measures."""

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
    """Indicators of the sheet to be filled in, the quarters in which they are due, and the period they then cover."""

    indicators: tuple[str, ...]
    quarters: tuple[int, ...]
    period: Literal["quarter", "year-to-date", "year", "year-before"]


class Template(Strict):
    """The sheet to be filled in: its columns, and its texts by language."""

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
        try:
            codecs.lookup(name)
        except LookupError:
            raise ValueError(f"{name} is no encoding") from None
        return name

    @model_validator(mode="after")
    def _words_mean_one_thing(self) -> Self:
        """Refuse an expression listed under two meanings: choosing one would be a guess."""
        for group in ("fields", "units", "statuses", "bounds", "area_titles", "area_times"):
            seen: dict[str, str] = {}
            for meaning, words in getattr(self, group).items():
                for word in words:
                    if seen.setdefault(heading_key(word), meaning) != meaning:
                        raise ValueError(f'{group}: "{word}" means {seen[heading_key(word)]} and {meaning}')
        return self

    def field(self, text: str) -> SheetField | None:
        """Return the field of the ledger or sidecar that a heading or label names; None where the map lacks it."""
        key = heading_key(text)
        return next((name for name, words in self.fields.items() if key in map(heading_key, words)), None)

    def figure_columns(self, indicators: Indicators) -> dict[str, FigureColumn]:
        """Return what each known heading holds, by `heading_key`; raises ParamsError for one of two indicators."""
        columns: dict[str, FigureColumn] = {}
        for heading, column in self._headings(indicators):
            other = columns.setdefault(heading_key(heading), column)
            if other.indicator != column.indicator:
                raise ParamsError(
                    "params/intake.yaml: columns",
                    "each heading once",
                    f'"{heading}" for {other.indicator} and {column.indicator}',
                    "Leave it with the indicator that every sheet means by it.",
                )
        return columns

    def _headings(self, indicators: Indicators) -> Iterator[tuple[str, FigureColumn]]:
        """Yield every heading with its column, an indicator's own names after the listed ones."""
        for column in self.columns:
            yield from ((heading, column) for heading in column.headings)
        listed = {column.indicator: column for column in self.columns}
        for indicator in indicators.indicators:
            column = listed.get(indicator.id, FigureColumn(indicator=indicator.id))
            yield from ((name, column) for name in (indicator.id, indicator.name, indicator.name_vi) if name)

    def unit(self, text: str) -> str | None:
        """Return the ledger's unit for a sheet's, such as ``tỷ đồng``; None where the map lacks it."""
        key = heading_key(text)
        return next((unit for unit, words in self.units.items() if key in map(heading_key, (unit, *words))), None)

    def status(self, text: str) -> Status | None:
        """Return the status that an expression such as ``Sơ bộ`` names."""
        key = plain(text)
        return next((name for name, words in self.statuses.items() if key in (plain(name), *map(plain, words))), None)

    def sign(self, text: str) -> Literal["+", "-"] | None:
        """Return the sign that an expression such as ``giảm``, or an arrow, gives to the number next to it."""
        key = plain(text) or text.strip()
        return next(
            (sign for sign, words in self.signs.items() if key in (plain(word) or word for word in words)), None
        )

    def scales(self, text: str) -> bool:
        """Return whether a text may multiply a number: thousands, millions, per mille."""
        if "‰" in text:
            return True
        words = plain(text).split()
        return any(word in words for magnitude in self.magnitudes for word in plain(magnitude).split())


@lru_cache(maxsize=8192)
def heading_key(text: str) -> str:
    """Spell a heading for comparison, level by level: ``hoan thanh > dung han`` for ``Hoàn thành > Đúng hạn``."""
    return LEVEL.join(plain(level, keep="%") for level in text.split(">"))


def read_intake(root: Path) -> IntakeMap:
    """Read params/intake.yaml and check its indicators, measures and units against params/indicators.yaml."""
    path = root / "params" / "intake.yaml"
    intake, indicators = read_strict(path, IntakeMap), read_indicators(root)
    known = indicators.by_id()
    require_known(f"{path}: columns", (column.indicator for column in intake.columns), known, "an indicator's id")
    for group in intake.template.columns:
        require_known(f"{path}: template.columns", group.indicators, known, "an indicator's id")
    for column in intake.columns:
        place, indicator = f"{path}: columns, {column.indicator}", known[column.indicator]
        require_known(place, filter(None, (column.measure,)), indicator.measures, "a measure")
        require_known(place, filter(None, (column.unit, column.national_unit)), indicator.units, "a unit")
    units = {unit for indicator in known.values() for unit in indicator.units}
    require_known(f"{path}: units", intake.units, units, "a unit of some indicator")
    for language, words in intake.template.languages.items():
        headings = {"area": words.area, "code": words.code, "note": words.note}
        fields = {str(name): labels for name, labels in intake.fields.items()}
        for name, label in ({str(name): label for name, label in words.labels.items()} | headings).items():
            if intake.field(label) != name:
                near = did_you_mean(label, fields.get(name, ()))
                where = f"{path}: template.languages.{language}.labels.{name}"
                raise ParamsError(where, f"a label listed under fields.{name}", f'"{label}"', near)
    intake.figure_columns(indicators)
    return intake
