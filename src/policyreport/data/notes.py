"""A source's own wording, kept in the notes of ledger rows."""

import re
from collections.abc import Iterable

from policyreport.data.inputs import Inputs

_ABOUT = re.compile(r"\babout [^,;.()]*\b\d{4}\b")
_PRINTED = re.compile(r"\bprinted as ([^,;.()]+)")


def told_time(notes: Iterable[str]) -> str:
    """Return the first mention of an approximate time, ``about the middle of 2025``; empty if there is none."""
    return next((match[0].strip() for note in notes if (match := _ABOUT.search(note))), "")


def printed_as(notes: Iterable[str]) -> str:
    """Return the source's own term, which follows "printed as" in a note; empty if there is none."""
    return next((match[1].strip() for note in notes if (match := _PRINTED.search(note))), "")


def notes_of(rows: Iterable[str], data: Inputs, indicator: str = "") -> list[str]:
    """Return the ledger's notes on rows, only those of one indicator where it is given."""
    ledger = data.observations
    known = ledger.loc[ledger.index.intersection(list(rows))]
    return [str(note) for note in (known[known["indicator"] == indicator] if indicator else known)["note"]]
