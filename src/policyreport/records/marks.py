"""Marks on printed values that name the ledger rows behind them.

In the Markdown of a page a marked value stands between characters of Unicode's private use area: `OPEN`, the value,
`BETWEEN`, the ids of its rows, `CLOSE`. No text of a sheet, a sidecar or a parameter can hold these
(`policyreport.params.untrusted` refuses them, `policyreport.records.markdown` removes them), so only `mark` makes a
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
    """A marked value: its text as printed, the ids behind it, and the line it is on."""

    text: str
    rows: tuple[str, ...]
    line: str


def mark(text: str, rows: Iterable[str]) -> Markdown:
    """Mark a printed value with the ids behind it; without ids it stays as it is."""
    ids = compact(rows)
    return Markdown(f"{OPEN}{text}{BETWEEN}{ids}{CLOSE}" if ids and text else text)


def unmarked(markdown: str) -> str:
    """Remove the marks and keep the values."""
    return MARK.sub(lambda match: match["text"], markdown)


def read_marks(markdown: str) -> Iterator[Mark]:
    """Yield the marked values of a page's Markdown in the order of the text."""
    for line in markdown.splitlines():
        plain = as_read(unmarked(line)).strip()
        for match in MARK.finditer(line):
            yield Mark(as_read(match["text"]), expand(match["rows"]), plain)


def compact(rows: Iterable[str]) -> str:
    """Write ids as one sorted text, rows as ranges: ``nso/PL.V03.01.csv#2-7,9;params/policy.yaml#threshold``."""
    numbers: dict[str, set[int]] = {}
    others = set()
    for row in rows:
        file, _, number = row.rpartition("#")
        if file and number.isdigit():
            numbers.setdefault(file, set()).add(int(number))
        else:
            others.add(row)
    parts = [f"{file}#{_ranges(sorted(of_file))}" for file, of_file in numbers.items()]
    return ";".join(sorted([*parts, *others]))


def expand(text: str) -> tuple[str, ...]:
    """Read what `compact` wrote: one id per entry."""
    ids: list[str] = []
    for part in text.split(";") if text else ():
        file, _, numbers = part.rpartition("#")
        if file and _NUMBERS.fullmatch(numbers):
            runs = [[int(end) for end in run.split("-")] for run in numbers.split(",")]
            ids += [f"{file}#{number}" for run in runs for number in range(run[0], run[-1] + 1)]
        else:
            ids.append(part)
    return tuple(ids)


def _ranges(numbers: list[int]) -> str:
    """Write 2, 3, 4, 9 as 2-4,9."""
    # Consecutive numbers keep the same distance to their place in the list.
    runs = [[number for _, number in run] for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])]
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
