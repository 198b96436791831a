"""What a source said in its own words, kept in the notes of ledger rows."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ABOUT = re.compile(r"\babout [^,;.()]*\b\d{4}\b")
_PRINTED = re.compile(r"\bprinted as ([^,;.()]+)")


def told_time(notes: Iterable[str]) -> str:
    """Find what is told of the time of a figure whose day is not known.

    Parameters
    ----------
    notes : iterable of str
        Notes of ledger rows: ``date not stated, about the middle of 2025``.

    Returns
    -------
    str
        The first words with "about" and a year, ``about the middle of 2025``; empty where there are none.
    """
    return next((found[0].strip() for note in notes if (found := _ABOUT.search(note))), "")


def printed_as(notes: Iterable[str]) -> str:
    """Find the words a source used for what the ledger files under a name of its own.

    Parameters
    ----------
    notes : iterable of str
        Notes of the rows in question: ``printed as behind schedule or at risk of delay``.

    Returns
    -------
    str
        The words after the first "printed as"; empty where there are none.
    """
    return next((found[1].strip() for note in notes if (found := _PRINTED.search(note))), "")
