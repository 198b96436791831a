"""The mark at a printed value that names the ledger rows behind it.

In a notebook's exhibit a marked value stands between three signs of Unicode's private area: `OPEN`, the value,
`BETWEEN`, the ids of its rows, `CLOSE`. No text of a sheet, a sidecar or a parameter can hold these signs
(`policyreport.params.untrusted` refuses them, `policyreport.records.markdown` takes them out), so only `mark` makes a
mark. An id is a ledger row (``file.csv#row``), a whole raw file (``file.csv``), the boundaries
(``data/boundaries/areas.csv``) or an entry of the policy (``params/policy.yaml#R57-09``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from policyreport.records.markdown import Markdown, as_read

POLICY = "params/policy.yaml"
BOUNDARIES = "data/boundaries/areas.csv"
OPEN, BETWEEN, CLOSE = "\ue000", "\ue001", "\ue002"
MARK = re.compile(f"{OPEN}(?P<text>[^{OPEN}-{CLOSE}]+){BETWEEN}(?P<rows>[^{OPEN}-{CLOSE}]*){CLOSE}")
_NUMBERS = re.compile(r"\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*")


@dataclass(frozen=True)
class Mark:
    """A marked value: its text as printed, the ids behind it, and the line it stands in."""

    text: str
    rows: tuple[str, ...]
    line: str


def mark(text: str, rows: Iterable[str]) -> Markdown:
    """Mark a printed value with the rows behind it.

    Parameters
    ----------
    text : str
        The value as printed, in Markdown.
    rows : iterable of str
        Ids; duplicates and order do not matter.

    Returns
    -------
    Markdown
        The text itself where no row is known.
    """
    ids = compact(rows)
    return Markdown(f"{OPEN}{text}{BETWEEN}{ids}{CLOSE}" if ids and text else text)


def unmarked(markdown: str) -> str:
    """Leave the marks out and keep the values.

    Parameters
    ----------
    markdown : str
        Any Markdown.

    Returns
    -------
    str
        What a reader sees.
    """
    return MARK.sub(lambda match: match["text"], markdown)


def read_marks(markdown: str) -> Iterator[Mark]:
    """Find the marked values of a text.

    Parameters
    ----------
    markdown : str
        Markdown of an exhibit.

    Yields
    ------
    Mark
        In the order of the text.
    """
    for line in markdown.splitlines():
        plain = as_read(unmarked(line)).strip()
        for match in MARK.finditer(line):
            yield Mark(as_read(match["text"]), expand(match["rows"]), plain)


def compact(rows: Iterable[str]) -> str:
    """Write ids as one short text: rows of one file as ranges.

    Parameters
    ----------
    rows : iterable of str
        Ids.

    Returns
    -------
    str
        ``nso/PL.V03.01.csv#2-7,9;params/policy.yaml#threshold``, sorted.
    """
    numbers: dict[str, set[int]] = {}
    others = set()
    for row in rows:
        file, _, number = row.rpartition("#")
        if file and number.isdigit():
            numbers.setdefault(file, set()).add(int(number))
        else:
            others.add(row)
    parts = [f"{file}#{_ranges(sorted(found))}" for file, found in numbers.items()]
    return ";".join(sorted([*parts, *others]))


def expand(text: str) -> tuple[str, ...]:
    """Read what `compact` wrote.

    Parameters
    ----------
    text : str
        Ids in short form.

    Returns
    -------
    tuple of str
        One id an entry, rows of one file in the file's order.
    """
    ids: list[str] = []
    for part in text.split(";") if text else ():
        file, _, numbers = part.rpartition("#")
        if file and _NUMBERS.fullmatch(numbers):
            ends = [[int(end) for end in piece.split("-")] for piece in numbers.split(",")]
            ids += [f"{file}#{number}" for each in ends for number in range(each[0], each[-1] + 1)]
        else:
            ids.append(part)
    return tuple(ids)


def _ranges(numbers: list[int]) -> str:
    """2, 3, 4, 9 as 2-4,9."""
    # Neighbours keep the same distance to their place in the list.
    runs = [[number for _, number in run] for _, run in groupby(enumerate(numbers), lambda each: each[1] - each[0])]
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
