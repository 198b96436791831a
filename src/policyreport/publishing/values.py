"""How a template prints values: numbers and dates in the page's language, with their source marks; texts escaped."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from functools import cached_property, wraps
from typing import Any

from jinja2 import pass_context
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro, Undefined
from pydantic import BaseModel

from policyreport.errors import UsageError, did_you_mean
from policyreport.figures.frame import Picture, numbered
from policyreport.figures.tables import figure, interval_cell, table
from policyreport.params.wording import AND, capitalised, word
from policyreport.records.base import Refusal
from policyreport.records.digits import as_published
from policyreport.records.formats import Formats
from policyreport.records.markdown import Markdown, attribute, escape, in_english, link, mark
from policyreport.records.periods import kind_of, period_bounds, year_of_period

# Not the non-breaking space between a number and its unit.
_SPACES = re.compile(r"[ \t\n]+")
Columns = Sequence[Any] | Mapping[str, Any]


TESTS: dict[str, Callable[[Any], bool]] = {
    "abbreviation": lambda name: name[:2].isupper(),
    "given": lambda value: value is not None and not isinstance(value, Refusal),
    "refusal": lambda value: isinstance(value, Refusal),
}


class Value(float):
    """A number with the ids of the ledger rows behind it (`policyreport.records.markdown`)."""

    rows: tuple[str, ...]

    def __new__(cls, number: float, rows: Iterable[str] = ()) -> Value:
        """Give a number its rows."""
        value = super().__new__(cls, number)
        value.rows = tuple(rows)
        return value


@dataclass(frozen=True)
class Drawing:
    """A picture that a notebook drew, under its name without the mark of a simulated edition."""

    label: str
    picture: Picture

    def in_language(self, language: str) -> Drawing:
        """Return the drawing with the picture as drawn in a language."""
        return Drawing(self.label, self.picture.in_language(language))


class Texts:
    """Filters and functions of templates in one language."""

    def __init__(self, formats: Formats) -> None:
        self.formats = formats
        self.filters: dict[str, Callable[..., object]] = {
            "amount": marked(formats.amount),
            "answered": answered,
            "capitalised": capitalised,
            "code": code,
            "count": marked(formats.count),
            "count_of": marked(formats.count_of),
            "date": marked(formats.date),
            "each": each,
            "decimals": marked(as_published),
            "english": lambda text: in_english(text, formats.language),
            "decimals_at_most": marked(formats.published),
            "fold": fold,
            "gather": list,
            "given": given,
            "image": image_of,
            "interval": marked(formats.interval),
            "interval_bar": interval_bar,
            "link": self.link,
            "list": self.listed,
            "month": marked(formats.month),
            "more_columns": more_columns,
            "number": marked(formats.number),
            "numbered": numbered,
            "page_link": page_link,
            "p_value": marked(formats.p_value),
            "percent": marked(formats.percent),
            "percent_interval": marked(formats.percent_interval),
            "period": marked(self.period),
            "period_plain": marked(formats.period),
            "percentage": marked(formats.percentage),
            "points": marked(formats.points),
            "quoted": quoted,
            "range": self.range_of,
            "rows_of": rows_of,
            "rounded": marked(self.rounded),
            "share_of": marked(formats.share_of),
            "short_date": marked(formats.short_date),
            "signed": marked(self.signed),
            "sourced": sourced,
            "span": span,
            "target": target,
            "tooltip": tooltip,
            "without_stop": without_stop,
            "word": marked(self.word),
        }
        self.functions: dict[str, Callable[..., object]] = {"figure": self.figure, "table": self.table}

    def printed(self, value: Any) -> Markdown:
        """Write a value that a template prints without a filter.

        Counts, numbers as published, dates and texts; Markdown and what a macro wrote stay. Raises UsageError for a
        value that is no such thing.
        """
        if isinstance(value, Undefined):
            return Markdown(str(value))
        if hasattr(value, "__html__"):
            return Markdown(value.strip(" \n"))
        if isinstance(value, str):
            return escape(value)
        if isinstance(value, date):
            return Markdown(self.formats.date(value))
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            text = self.formats.count(value) if isinstance(value, int) else self.formats.published(value)
            return mark(text, value.rows) if isinstance(value, Value) else Markdown(text)
        got = f"no such thing: {type(value).__name__}"
        raise UsageError("template", "a number, a date or a text to print", got, "Print a part of it.")

    def listed(self, items: Iterable[Any], between: str = "") -> Markdown:
        """Join values as prose: a, b and c; or by another sign."""
        texts = [self.printed(item) for item in items]
        last = between or f" {AND[self.formats.language]} "
        head = [(between or ", ").join(texts[:-1])] if len(texts) > 1 else []
        return Markdown(last.join([*head, *texts[-1:]]))

    def range_of(self, numbers: Iterable[float], kind: str = "number", digits: int = 3) -> Markdown:
        """Write the smallest and the largest of several numbers: ``0.930 to 0.975``."""
        every, write = list(numbers), getattr(self.formats, kind)
        return Markdown(f"{write(min(every), digits)} {self.formats.to} {write(max(every), digits)}")

    def link(self, text: str, address: str) -> Markdown:
        """Write a link; the text of an English one is marked as such in another language."""
        return link(in_english(text, self.formats.language), address)

    def period(self, period: str) -> str:
        """Write a period inside a sentence: 2025, the first nine months of 2025, the third quarter of 2025."""
        if (year := year_of_period(period)) is not None:
            return str(year)
        if kind_of(period).endswith("months"):
            first, last = period_bounds(period)
            if first.month == 1:
                return self.formats.first_months(last.month, word(last.month, "en"), first.year)
        return self.formats.period(period)

    def signed(self, value: float, digits: int = 2) -> str:
        """Write a number with its sign."""
        return self.formats.number(value, digits, signed=True)

    def rounded(self, value: float) -> str:
        """Write a number with one decimal, or with none where that would be a zero."""
        text = self.formats.number(value, 1)
        return text[:-2] if text.endswith("0") else text

    def word(self, number: int) -> str:
        """Write a number in letters, up to twelve."""
        return word(number, self.formats.language)

    def figure(self, drawing: Drawing, caller: Callable[[], str], source: str = "", narrow: bool = False) -> Markdown:
        """Write a notebook's picture with the text of the call as its caption.

        ``[% call figure(area.pictures.growth, source=growth.inputs | sources) %]…[% endcall %]``; `narrow` takes the
        picture drawn for a narrow column, where there is one.
        """
        image = image_of(drawing, narrow=narrow)
        return Markdown(figure(drawing.label, image, _SPACES.sub(" ", caller()).strip(" "), source))

    @pass_context
    def table(
        self, context: Context, id: str, columns: Columns, rows: Iterable[Any], caller: Callable[[], str],
        blank: bool | Container[str] = False, **settings: Any,
    ) -> Markdown:  # fmt: skip
        """Write a table whose caption is the text of the call: ``[% call table("id", columns, rows) %]…[% endcall %]``.

        On a page with a `scope`, such as ``n40-``, the id begins with it.
        `columns` are headings of rows that are lists, or give for each heading the name of a row's part or the macro
        that writes the cell; what is none or empty is missing, or left `blank`, below all headings or those named.
        `settings` are those of `figures.tables.table`.
        """
        cells = [cells_of(row, columns) if isinstance(columns, Mapping) else row for row in rows]
        missing = ["" if blank is True or (blank and column in blank) else None for column in columns]
        body = [
            [nothing if part is None else self.printed(part) for part, nothing in zip(row, missing, strict=False)]
            for row in cells
        ]
        heads = [self.printed(column) for column in columns]
        name = f"{context.get('scope', '')}{id}"
        return Markdown(table(name, heads, body, _SPACES.sub(" ", caller()).strip(" "), **settings))


def image_of(drawing: Drawing, kind: str = "", *, narrow: bool = False) -> Markdown:
    """Write a picture without a caption; `kind` is its class, `narrow` takes the one drawn for a narrow column."""
    path = list(drawing.picture.files)[-1 if narrow else 0]
    return Markdown(f'![]({path}){{fig-alt="{attribute(drawing.picture.alt)}"{f" .{kind}" if kind else ""}}}')


def cells_of(row: Any, columns: Mapping[str, Any]) -> list[Any]:
    """Return one row's cells; raises UsageError for a part that it does not have."""
    cells = []
    for part in columns.values():
        if isinstance(part, (Macro, tuple)):
            macro, *settings = part if isinstance(part, tuple) else (part,)
            cells.append(macro(row, *settings) or None)
        elif part in (names := list(names_of(row))):
            cells.append(row[part] if isinstance(row, Mapping) else getattr(row, part))
        else:
            raise UsageError("table", "a part of each row, or a macro", f'"{part}"', did_you_mean(str(part), names))
    return cells


def rows_of(items: Iterable[Any], cells: Sequence[Macro]) -> list[list[str]]:
    """Write the rows of a table by a macro for each column, where two have one heading."""
    return [[cell(item) for cell in cells] for item in items]


def more_columns(columns: Mapping[str, Any], heads: Iterable[str], macro: Macro) -> dict[str, Any]:
    """Add a column for each heading, whose cells a macro writes of the row and the column's place among them."""
    return {**columns, **{head: (macro, place) for place, head in enumerate(heads)}}


def marked(write: Callable[..., str]) -> Callable[..., Markdown]:
    """Make a filter that also marks a `Value` with its rows."""

    @wraps(write)
    def filtered(value: Any, *settings: Any, **named: Any) -> Markdown:
        if isinstance(value, Undefined):
            str(value)
        text = write(value, *settings, **named)
        return mark(text, value.rows) if isinstance(value, Value) else Markdown(text)

    return filtered


def sourced(text: str, rows: Iterable[str]) -> Markdown:
    """Mark a printed value with the rows behind it."""
    return mark(_SPACES.sub(" ", text if hasattr(text, "__html__") else escape(text)).strip(" "), rows)


def code(text: str) -> Markdown:
    """Write a key of a file as code."""
    return Markdown(f"`{text.replace('`', '')}`")


def answered(results: Iterable[Any]) -> list[Any]:
    """Leave out refusals."""
    return [result for result in results if not isinstance(result, Refusal)]


def each(items: Iterable[Any], write: Callable[..., str], *more: Any) -> list[str]:
    """Let a macro write each of several values."""
    return [write(item, *more) for item in items]


def quoted(text: str) -> Markdown:
    """Put a title in quotation marks."""
    return Markdown(f"“{escape(text)}”")


def given(parts: Iterable[str]) -> list[str]:
    """Leave out parts of a sentence that say nothing."""
    return [part for part in parts if part.strip()]


def without_stop(text: str) -> str:
    """Leave out the full stop at the end of a sentence that goes on."""
    return type(text)(text.removesuffix("."))


def span(text: str, kind: str, title: str) -> Markdown:
    """Write a text of a kind, with an explanation that shows when a reader points at it."""
    return Markdown(f'[{escape(text)}]{{.{kind} title="{attribute(title.strip())}"}}')


def target(text: str, kind: str, key: str) -> Markdown:
    """Write a text to which links lead, ``#ref-key``."""
    return Markdown(f"[{escape(text)}]{{#{kind}-{key}}}")


def page_link(name: str, slug: str) -> Markdown:
    """Link a province's page from a page of the site."""
    return Markdown(f"[{escape(name)}](provinces/{slug}.html)")


def interval_bar(
    text: str, value: float, low: float, high: float, scale: tuple[float, float], mark: float | None = None
) -> Markdown:
    """Put a small interval bar next to a number, as `figures.tables.interval_cell` does."""
    return Markdown(interval_cell(text, value, low, high, scale, mark))


def tooltip(text: str) -> Markdown:
    """Write a text as the value of an attribute."""
    return Markdown(attribute(text))


def fold(text: str, title: str) -> Markdown:
    """Put a long list behind its title: closed on the site, left out of the PDF."""
    return Markdown(f'::: {{.fold title="{attribute(title)}"}}\n{text.strip()}\n:::')


def names_of(value: object) -> Iterable[str]:
    """List the names by which a template may read the parts of a value."""
    if isinstance(value, Mapping):
        return map(str, value)
    if isinstance(value, BaseModel):
        return type(value).model_fields
    if isinstance(value, TemplateModule):
        return [name for name in vars(value) if not name.startswith("_")]
    own = [name for name, part in vars(type(value)).items() if isinstance(part, (property, cached_property))]
    return [*own, *(field.name for field in fields(value))] if is_dataclass(value) else own
