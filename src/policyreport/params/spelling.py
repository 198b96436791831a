"""One spelling for comparing words, without case, accents and punctuation; and the order of names."""

import unicodedata
from functools import lru_cache

# Letters that look like the Vietnamese Đ (U+0110) and are typed for it: Icelandic eth, African D. The statistics
# office's own tables hold them. None has a decomposition.
_D_WITH_STROKE = str.maketrans({"\u00d0": "d", "\u00f0": "d", "\u0189": "d", "\u0256": "d"})


# A sheet repeats the same few hundred words in every row.
@lru_cache(maxsize=4096)
def plain(text: str, keep: str = "") -> str:
    """Return lower-case letters and digits without accents, separated by single spaces: ``ba ria vung tau``.

    `keep` lists characters that count as words of their own, such as ``%``.
    """
    bare = unicodedata.normalize("NFKD", text.translate(_D_WITH_STROKE).casefold().replace("đ", "d"))
    for sign in keep:
        bare = bare.replace(sign, f" {sign} ")
    kept = "".join(
        letter if letter.isalnum() or letter in keep else " " for letter in bare if not unicodedata.combining(letter)
    )
    return " ".join(kept.split())


ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
"""The Vietnamese alphabet, with the Latin letters that it lacks in their places."""
TONES = "\u0300\u0309\u0303\u0301\u0323"
"""Grave, hook, tilde, acute, dot below: the order of dictionaries, after no tone."""
_RANKS = {letter: rank for rank, letter in enumerate(ALPHABET, start=1)}
_SHAPES = "\u0306\u0302\u031b"
"""Breve, circumflex and horn make letters of their own."""


@lru_cache(maxsize=4096)
def sort_key(name: str) -> tuple[tuple[int, ...], tuple[int, ...], str]:
    """Order a name as Vietnamese dictionaries do: in every list, table, figure and menu.

    Letters come first (đ after d, ă and â after a), word by word; then tones; then the name itself. Digits precede
    letters, and letters of other alphabets follow them.
    """
    letters: list[int] = []
    tones: list[int] = []
    for sign in unicodedata.normalize("NFC", name.casefold()):
        base, marks = _taken_apart(sign)
        if base in _RANKS:
            letters.append(1000 + _RANKS[base])
        elif base.isalnum():
            letters.append(100 + int(base) if base in "0123456789" else 10_000 + ord(base))
        elif letters and letters[-1] != 0:
            letters.append(0)
        tones.append(max((TONES.index(mark) + 1 for mark in marks if mark in TONES), default=0))
    return tuple(letters), tuple(tones), name


def _taken_apart(sign: str) -> tuple[str, str]:
    base, *marks = list(unicodedata.normalize("NFD", sign))
    letter = unicodedata.normalize("NFC", base + "".join(mark for mark in marks if mark in _SHAPES))
    if letter not in _RANKS:
        return base, "".join(marks)
    return letter, "".join(mark for mark in marks if mark not in _SHAPES)
