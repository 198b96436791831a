"""Texts that go into the ledger or a sidecar: no longer than their field, of signs that the report can print."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from policyreport.errors import DataError
from policyreport.fonts import printable
from policyreport.limits import require_length

# Left-to-right and right-to-left marks, embeddings, isolates: they show a text in another order than it is stored.
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def require_text(where: str, field: str, text: str) -> str:
    """Give a text back, or refuse it with the place: too long, or a sign that no page of the report can show."""
    require_length(where, field, text)
    for at, sign in enumerate(text):
        if _shown(sign):
            continue
        name = unicodedata.name(sign, f"a control sign (U+{ord(sign):04X})").capitalize()
        expected = f"a {field.replace('_', ' ')} of letters and signs that the report's typeface has"
        code = f"U+{ord(sign):04X}"
        got = name if code in name else f"{name} ({code})"
        raise DataError(where, expected, f"{got} at sign {at + 1}", "Take it out, or write a word for it.")
    return text


@lru_cache(maxsize=4096)
def _shown(sign: str) -> bool:
    """True for a sign that the typeface has and that stands where it is stored."""
    # Plain Latin and the letters of Vietnamese, known to be there: most sheets have no others, and fonts take a while.
    if " " <= sign <= "~" or "\u00c0" <= sign <= "\u00ff" or "\u1ea0" <= sign <= "\u1ef9" or sign in "ĂăĐđĨĩŨũƠơƯư":
        return True
    return sign not in _DIRECTION and sign in printable()
