"""Texts for the ledger or a sidecar: not too long, in characters that the report can print, and no formulas."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from policyreport.errors import DataError
from policyreport.figures.fonts import printable
from policyreport.params.untrusted import require_text

# What begins a formula in one program or another; tab and line ends hide the sign behind them.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def require_printable(where: str, field: str, text: str) -> str:
    """Return a text, or refuse it with its place: too long, or with a character that the report cannot show."""
    require_text(text, where, field)
    for at, sign in enumerate(text):
        if _shown(sign):
            continue
        name = unicodedata.name(sign, f"a control character (U+{ord(sign):04X})").capitalize()
        expected = f"a {field.replace('_', ' ')} of letters and signs that the report's typeface has"
        code = f"U+{ord(sign):04X}"
        got = name if code in name else f"{name} ({code})"
        raise DataError(where, expected, f"{got} at character {at + 1}", "Remove it, or write a word for it.")
    return text


def neutralise(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run as a formula (OWASP, "CSV Injection")."""
    return "'" + text if text.lstrip(" ").startswith(_FORMULA) else text


@lru_cache(maxsize=4096)
def _shown(sign: str) -> bool:
    # The typeface has plain Latin and Vietnamese, and most sheets need no more: loading fonts takes a while.
    if " " <= sign <= "~" or "\u00c0" <= sign <= "\u00ff" or "\u1ea0" <= sign <= "\u1ef9" or sign in "ĂăĐđĨĩŨũƠơƯư":
        return True
    return sign in printable()
