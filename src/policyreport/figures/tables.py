"""Tables and figures with their captions by the conventions of docs/reference/report-markdown.md.

A cell is text that is already formatted (`policyreport.records.formats`); None is a missing value and is printed
as a dash whose meaning the caption gives.
"""

import re
from collections.abc import Sequence

from policyreport.errors import UsageError
from policyreport.records.formats import EN_DASH, NBSP
from policyreport.records.markdown import as_read, unmarked

ALIGNMENTS = {"l": ":{}-", "r": "-{}:", "c": ":{}:"}
_INTERVAL = re.compile(r"\[\]\{\.interval[^}]*\}")
_OPEN_PIPE = re.compile(r"(?<!\\)((?:\\\\)*)\|")
_BREAKABLE_NUMBER = re.compile(r"(?<=\d) (?=[%\d])")


def table(
    id: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str | None]],
    caption: str,
    source: str = "",
    align: str = "",
    sortable: bool = False,
    wide: bool = False,
    empty: str = "",
) -> str:
    """Write a table with its caption and source line, as docs/reference/report-markdown.md sets out.

    Parameters
    ----------
    id : str
        Name of the table; pages refer to ``@tbl-ID``.
    columns, rows : sequence
        Headings, and cells as Markdown; None is missing.
    caption : str
        The finding, then in ``*…*`` what is shown.
    source : str
        Source line beneath; none if empty.
    align : str
        One of l, r, c per column; default: the first column left, the others right.
    sortable, wide : bool
        Sortable on the site; scrolling inside itself where the page is narrow.
    empty : str
        What a missing cell means, ``not published``.

    Raises
    ------
    UsageError
        If a row does not fit the headings, an alignment is unknown, or cells are missing without a meaning.
    """
    align = align or "l" + "r" * (len(columns) - 1)
    _check(id, columns, rows, align, empty)
    cells = [[_cell(text) for text in row] for row in (columns, *rows)]
    widths = [max(3, *(_width(row[i]) for row in cells)) for i in range(len(columns))]
    rule = [ALIGNMENTS[a].format("-" * (width - 2)) for a, width in zip(align, widths, strict=True)]
    lines = [_line(cells[0]), _line(rule), *(_line(row) for row in cells[1:])]
    if any(text is None for row in rows for text in row):
        caption = f"{caption} {EN_DASH}{NBSP}= {empty}."
    classes = "".join(f" .{name}" for name, on in (("sortable", sortable), ("wide", wide)) if on)
    return _block(f"tbl-{id}{classes}", "\n".join(lines), caption, source)


def figure(label: str, image: str, caption: str, source: str = "") -> str:
    """Write a picture with its caption and source line, if it has one."""
    return _block(f"fig-{label}", image, caption, source)


def interval_cell(
    text: str,
    value: float,
    low: float | None,
    high: float | None,
    scale: tuple[float, float],
    mark: float | None = None,
) -> str:
    """Put a small interval bar next to a number: drawn on the site, the number alone in the PDF.

    The dot stands at `value`, the bar from `low` to `high` (none if either is None), a threshold line at `mark`;
    `scale` holds the values at the left and right end, the same for the whole column.

    Raises UsageError if the scale has no length.
    """
    left, right = scale
    if not left < right:
        raise UsageError("interval_cell", "a scale from low to high", f"{left} to {right}", "Correct the caller.")

    def position(number: float) -> str:
        return f"{4 + 88 * min(max((number - left) / (right - left), 0), 1):.1f}"

    places = {"value": value, "low": low, "high": high, "mark": mark}
    if low is None or high is None:
        places |= {"low": None, "high": None}
    drawn = " ".join(f'{name}="{position(number)}"' for name, number in places.items() if number is not None)
    return f"{text} []{{.interval {drawn}}}"


def _check(id: str, columns: Sequence[str], rows: Sequence[Sequence[str | None]], align: str, empty: str) -> None:
    """Refuse what pandoc would silently change."""
    where = f'table "{id}"'
    if len(align) != len(columns) or set(align) - set(ALIGNMENTS):
        raise UsageError(where, f"{len(columns)} of the letters l, r, c", f'"{align}"', "Correct `align`.")
    for number, row in enumerate(rows, start=1):
        if len(row) != len(columns):
            got = f"{len(row)} in row {number}"
            raise UsageError(where, f"{len(columns)} cells in each row", got, "Correct the row.")
    if not empty and any(text is None for row in rows for text in row):
        raise UsageError(where, "`empty`, the meaning of a dash", "missing cells without it", "Pass `empty`.")


def _cell(text: str | None) -> str:
    """One line, unescaped pipes escaped, numbers kept together with their unit."""
    if text is None:
        return EN_DASH
    return _BREAKABLE_NUMBER.sub(NBSP, _OPEN_PIPE.sub(r"\1\|", text.replace("\n", " ")))


def _width(text: str) -> int:
    """Number of visible characters: pandoc divides a wide table by the dashes of its rule."""
    return len(as_read(unmarked(_INTERVAL.sub("  " * 6, text))))


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _block(name: str, body: str, caption: str, source: str) -> str:
    """A table or picture with its caption and source line, as docs/reference/report-markdown.md sets out."""
    text = f"::: {{#{name}}}\n\n{body}\n\n{caption}\n\n:::\n"
    return text + (f"\n::: {{.source}}\n\n{source}\n\n:::\n" if source else "")
