"""One spelling for comparing words: without case, accents and punctuation."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# Letters that look like the Vietnamese Đ (U+0110) and are typed for it: Icelandic eth, African D. The statistics
# office's own tables hold them. None has a decomposition.
_D_WITH_STROKE = str.maketrans({"\u00d0": "d", "\u00f0": "d", "\u0189": "d", "\u0256": "d"})


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
    bare = unicodedata.normalize("NFKD", text.translate(_D_WITH_STROKE).casefold().replace("đ", "d"))
    for sign in keep:
        bare = bare.replace(sign, f" {sign} ")
    kept = "".join(
        letter if letter.isalnum() or letter in keep else " " for letter in bare if not unicodedata.combining(letter)
    )
    return " ".join(kept.split())
