"""Numerals in a text: those that state an amount, apart from dates, numbers of lists and names."""

import re
from collections.abc import Iterable
from functools import cached_property

from babel.dates import get_month_names

from policyreport.params.numerals import Name

NUMERAL = re.compile(r"(?:[-\u2212+]\s?)?\d(?:[\d.,]*\d)?(?:\s?%)?")
# What Markdown does not show, and the numbers of lists.
_UNSEEN = re.compile(r"\]\([^)]*\)|\{[^{}]*\}|`[^`\n]*`|https?://\S+|^[ \t]*(?:#+[ \t]+)?\d+[.)](?=\s)", re.MULTILINE)
# Within a range or next to a stop, but not a part of a longer number, and no percentage.
_YEAR = r"(?<![\d.,])(?:19|20)\d\d(?!\d|[.,]\d|\s?%)"
_DAY = r"(?<!\d)\d{1,2}/\d{1,2}(?:/\d{4})?(?!\d)|(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)"


class Numerals:
    """Tells amounts from other numerals in one language."""

    def __init__(self, names: Iterable[Name], language: str) -> None:
        self.names = {name.text: name.reason for name in sorted(names, key=lambda name: -len(name.text))}
        self._language = language

    @cached_property
    def dates(self) -> re.Pattern[str]:
        """Days, months, quarters and years."""
        forms = [get_month_names(width, locale=self._language).values() for width in ("wide", "abbreviated")]
        months = "|".join(sorted({re.escape(name) for names in forms for name in names}, key=lambda name: -len(name)))
        month = rf"(?:\d{{1,2}}\s)?(?<!\w)(?:{months})(?!\w)(?:,?\s(?:năm\s)?\d{{4}}|/\d{{4}})?"
        return re.compile(rf"{_DAY}|{month}|\d{{4}}-?Q[1-4]|Q[1-4](?=\s\d{{4}})|{_YEAR}", re.IGNORECASE)

    @cached_property
    def _named(self) -> re.Pattern[str]:
        every = "|".join(re.escape(text).replace(r"\ ", r"\s") for text in self.names) or r"(?!)"
        return re.compile(rf"(?<!\w)(?:{every})(?!\w)")

    def amounts(self, markdown: str) -> list[tuple[int, str]]:
        """List the numerals that state an amount, each with its place in the text."""
        for left_out in (_UNSEEN, self._named, self.dates):
            markdown = left_out.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), markdown)
        return [(match.start(), match[0]) for match in NUMERAL.finditer(markdown)]
