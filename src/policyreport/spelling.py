"""One spelling for comparing words: without case, accents and punctuation."""

from __future__ import annotations

import unicodedata
from functools import lru_cache


# A sheet says the same few hundred words in every row.
@lru_cache(maxsize=4096)
def plain(text: str, keep: str = "") -> str:
    """Give lower-case letters and digits without accents, words apart by one space.

    Parameters
    ----------
    text : str
        Words in any case, composed or decomposed.
    keep : str
        Signs that are words of their own, such as ``%``.

    Returns
    -------
    str
        ``ba ria vung tau`` for ``Bà Rịa - Vũng Tàu``.
    """
    # U+0111 has no decomposition, so NFD alone leaves it in.
    bare = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    for sign in keep:
        bare = bare.replace(sign, f" {sign} ")
    kept = "".join(
        letter if letter.isalnum() or letter in keep else " " for letter in bare if not unicodedata.combining(letter)
    )
    return " ".join(kept.split())
