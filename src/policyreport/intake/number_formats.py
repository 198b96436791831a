"""What a spreadsheet shows for a stored number: scaled, with words, or as a date (ECMA-376 part 1, 18.8.31).

Only what decides the meaning is worked out: the factor between the number shown and the one stored, the words around
it, and the parts of a date that are shown. Rounding and separators are ignored.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Final, Literal

from openpyxl.styles.numbers import BUILTIN_FORMATS

Kind = Literal["number", "date", "time", "text", "nothing"]
Part = Literal["year", "month", "day", "hour", "minute", "second", "weekday"]

# Numbers 0 to 49 are the same everywhere, or differ in order, separators and currency only: openpyxl has the American
# ones. 27 to 36 and 50 to 58 belong to East Asian languages, 59 to 81 to Thai. The others below 164 are not defined.
BUILT_IN: Final[Mapping[int, str]] = {
    number: code.replace('"$"', "") for number, code in BUILTIN_FORMATS.items()
} | {
    14: "d/m/yyyy", 22: "d/m/yyyy h:mm", 44: '_(* #,##0.00_);_(* \\(#,##0.00\\);_(* "-"??_);_(@_)',
    **dict.fromkeys((27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58, 71, 72, 73, 81), "d/m/yyyy"),
    **dict.fromkeys((32, 33, 34, 35, 55, 56, 76), "h:mm:ss"), 59: "0", 60: "0.00", 61: "#,##0", 62: "#,##0.00",
    67: "0%", 68: "0.00%", 69: "# ?/?", 70: "# ??/??", 74: "mmm-yy", 75: "h:mm", 77: "d/m/yyyy h:mm", 78: "mm:ss",
    79: "[h]:mm:ss", 80: "mm:ss.0",
}  # fmt: skip

_MONTHS: Final = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_CONDITION = re.compile(r"^(?P<sign><=|>=|<>|<|>|=)\s*(?P<number>-?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?)$")
_ELAPSED = re.compile(r"^(?:h+|m+|s+)$", re.IGNORECASE)
_TOKEN = re.compile(
    r"""
    (?P<end>;)
    | "(?P<quoted>[^"]*)"?
    | \\(?P<escaped>.?)
    | _(?P<space>.?)  # the width of the next sign is left free
    | \*.?  # the next sign fills the column
    | \[(?P<bracket>[^\]]*)\]?
    | (?P<general>General) | (?P<half_day>AM/PM|A/P) | (?P<exponent>e[+-])
    | (?P<date>(?P<letter>[ymdhsebg])(?P=letter)*)
    | (?P<digit>[0#?]) | (?P<point>\.) | (?P<comma>,) | (?P<percent>%) | (?P<at>@) | (?P<literal>.)
    """,
    re.ASCII | re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_COLOUR = re.compile(r"black|blue|cyan|green|magenta|red|white|yellow|color ?\d+", re.IGNORECASE)
_MINUS = ("-", "\u2212", "\u2013", "\u2010", "\u2011")


@dataclass(frozen=True)
class Token:
    """A piece of a section: its kind, and its text as written."""

    kind: Literal["digit", "point", "comma", "percent", "date", "half_day", "general", "exponent", "at", "literal"]
    text: str


@dataclass(frozen=True)
class Section:
    """One of up to four parts of a format, each for some of the numbers.

    `condition` is a comparison sign and a number; without one, the position of the section decides.
    """

    tokens: tuple[Token, ...]
    condition: tuple[str, Decimal] | None = None
    coloured: bool = False

    @cached_property
    def kind(self) -> Kind:
        """What it shows: a date if it has parts of one and no digits other than fractions of a second."""
        kinds = {token.kind for token in self.tokens}
        if kinds & {"date", "half_day"} and not self._counts():
            return "date" if set(self.parts.values()) & {"year", "month", "day", "weekday"} else "time"
        if kinds & {"digit", "general", "exponent"}:
            return "number"
        return "text" if "at" in kinds else "nothing"

    def _counts(self) -> bool:
        """Whether it has digits that are no fraction of a second."""
        seconds = False
        for token in self.tokens:
            if token.kind in ("digit", "general", "exponent") and not seconds:
                return True
            if token.kind not in ("digit", "point"):
                seconds = token.kind == "date" and token.text[0] in "sS"
        return False

    @cached_property
    def places(self) -> int:
        """The power of ten between the number shown and the one stored."""
        percents = sum(token.kind == "percent" for token in self.tokens)
        signs = {"digit": "0", "general": "0", "comma": ",", "point": "."}
        text = "".join(signs.get(token.kind, "x") for token in self.tokens)
        # Commas right after the last digit, or the last one before the point, divide by a thousand each.
        commas = sum(len(match[0]) for match in re.finditer(r"(?<=0),+(?![0,])", text))
        return 2 * percents - 3 * commas

    @cached_property
    def percent(self) -> bool:
        """Whether a per-cent sign scales it."""
        return any(token.kind == "percent" for token in self.tokens)

    @cached_property
    def around(self) -> tuple[str, str, str]:
        """Literal text before, between and after the digits; date letters among digits are literal too."""
        shown = [at for at, token in enumerate(self.tokens) if token.kind in ("digit", "general", "exponent", "point")]
        digits = [at for at in shown if self.tokens[at].kind != "point"]
        first, last = digits[0], digits[-1]
        texts = ["", "", ""]
        for at, token in enumerate(self.tokens):
            literal = token.kind in ("literal", "date", "half_day", "at")
            if literal or (token.kind in ("point", "comma") and at not in shown):
                where = 0 if at < first else 2 if at > last else 1
                scaling = token.kind == "comma" and (where == 1 or (where == 2 and not texts[2]))
                texts[where] += "" if scaling else token.text
        return texts[0], texts[1], texts[2]

    @cached_property
    def parts(self) -> dict[int, Part]:
        """The parts of a date by index of their token; m is a minute after an hour or before a second."""
        dated = [(at, token.text[0].lower()) for at, token in enumerate(self.tokens) if token.kind == "date"]
        parts: dict[int, Part] = {}
        for order, (at, letter) in enumerate(dated):
            size = len(self.tokens[at].text)
            around = dated[order - 1][1] if order else "", dated[order + 1][1] if order + 1 < len(dated) else ""
            if letter == "m" and size < 3 and (around[0] == "h" or around[1] == "s"):
                parts[at] = "minute"
            elif letter == "d" and size > 2:
                parts[at] = "weekday"
            else:
                parts[at] = _LETTERS[letter]
        return parts


_LETTERS: Final[Mapping[str, Part]] = {
    "y": "year", "e": "year", "b": "year", "g": "weekday", "a": "weekday", "m": "month", "d": "day", "h": "hour",
    "s": "second",
}  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """What a cell shows for its number.

    `kind` "text" means as stored, "nothing" that the format hides it. `number` is scaled by per-cent signs and commas,
    with all its digits. `before`, `after` and `inside` are literal text. `minus` is True if the cell shows a negative
    number: by a minus, in brackets or in another colour.
    """

    kind: Kind
    number: Decimal
    percent: bool = False
    before: str = ""
    after: str = ""
    inside: str = ""
    section: Section = field(default=Section(()), repr=False)
    minus: bool = False


def show(number: Decimal, code: str) -> Shown:
    """Interpret a stored number by a format such as ``#,##0.0" %";-0.0``."""
    sections = parse(code)
    section = choose(sections, number)
    if section.kind in ("date", "time"):
        return Shown(section.kind, number, section=section)
    if section.kind != "number":
        literal = "".join(token.text for token in section.tokens if token.kind == "literal")
        return Shown(section.kind, number, before=literal, section=section)
    before, inside, after = section.around
    shown = number.scaleb(section.places) if section.places else number
    minus = _minus(sections, section, number, before.strip(), after.strip())
    return Shown("number", shown, section.percent, before, after, inside, section=section, minus=minus)


def _minus(sections: tuple[Section, ...], section: Section, number: Decimal, before: str, after: str) -> bool:
    """Whether a section shows a number as negative; one only for negative numbers adds no minus by itself."""
    written = before in _MINUS or (not before and after in _MINUS) or (before, after) == ("(", ")")
    if number >= 0:
        return written
    sign, limit = section.condition or ("", Decimal(0))
    second = len(sections) > 1 and section is sections[1] and not sign
    if second or (sign.startswith("<") and sign != "<>" and limit <= 0):
        return written or section.coloured
    return not written


def render_date(day: date, section: Section) -> str:
    """Write a day as a section shows it, without hours, minutes and seconds."""
    parts, text = section.parts, ""
    for at, token in enumerate(section.tokens):
        if at in parts:
            text += _part(day, parts[at], token)
        elif token.kind in ("literal", "point", "comma"):
            text += token.text
    return text.strip()


def _part(day: date, name: Part, token: Token) -> str:
    size = len(token.text)
    if name == "year":
        return f"{day.year % 100:02d}" if token.text[0] in "yY" and size <= 2 else str(day.year)
    if name == "month":
        return f"{day.month:0{size}d}" if size < 3 else _MONTHS[day.month - 1]
    return f"{day.day:0{size}d}" if name == "day" else ""


@lru_cache(maxsize=1024)
def parse(code: str) -> tuple[Section, ...]:
    """Divide a format into its sections."""
    sections, tokens, condition, coloured = list[Section](), list[Token](), None, False
    for match in _TOKEN.finditer(code):
        kind = match.lastgroup or ""
        text = match[kind] if kind else ""
        if kind == "end":
            sections.append(Section(tuple(tokens), condition, coloured))
            tokens, condition, coloured = [], None, False
        elif kind == "bracket" and (limit := _CONDITION.match(text)):
            condition = limit["sign"], Decimal(limit["number"].replace(",", "."))
        elif kind == "bracket":
            # A currency sign or elapsed time; colours and languages show nothing.
            sign = text[1:].partition("-")[0] if text.startswith("$") else ""
            tokens += [Token("literal", sign)] if sign else [Token("date", text)] if _ELAPSED.match(text) else []
            coloured = coloured or bool(_COLOUR.fullmatch(text))
        elif kind in ("quoted", "escaped"):
            tokens += [Token("literal", text)] if text else []
        elif kind:
            tokens.append(Token("literal", " ") if kind == "space" else Token(kind, text))  # type: ignore[arg-type]
    sections.append(Section(tuple(tokens), condition, coloured))
    return tuple(sections[:4])


def choose(sections: tuple[Section, ...], number: Decimal) -> Section:
    """Give the section that shows a number."""
    if len(sections) == 1 and sections[0].condition is None and sections[0].tokens:
        return sections[0]
    numeric = [section for section in sections[:3] if section.kind != "text" or len(sections) == 1]
    if not numeric:
        return Section((Token("general", "General"),))
    if any(section.condition for section in numeric):
        return _by_condition(numeric, number)
    if len(numeric) == 1 or number > 0:
        return numeric[0]
    if number < 0:
        return numeric[1]
    return numeric[2] if len(numeric) > 2 else numeric[0]


def _by_condition(sections: list[Section], number: Decimal) -> Section:
    """The first section whose condition holds; the last without one takes the rest."""
    for at, section in enumerate(sections):
        if section.condition is None:
            # The first of two shows what is positive, unless the second says which numbers it shows.
            if at == len(sections) - 1 or (at == 1 and len(sections) > 2 and number < 0):
                return section
            if at == 0 and not sections[1].condition and number > 0:
                return section
            continue
        sign, limit = section.condition
        holds = {
            "<": number < limit, "<=": number <= limit, ">": number > limit, ">=": number >= limit,
            "=": number == limit, "<>": number != limit,
        }  # fmt: skip
        if holds[sign]:
            return section
    return next((section for section in reversed(sections) if section.condition is None), sections[-1])
