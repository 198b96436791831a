"""Results as tables: what a notebook shows of them, and frames to go on with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from policyreport.records.digits import as_computed, as_estimated

if TYPE_CHECKING:
    import pandas as pd

SENTENCES: dict[str, str] = {}
"""What each refusal and flag means, by code; `open_edition` fills it from params/wording.yaml."""
NOT_SHOWN = frozenset({"kind", "inputs", "flags"})


def parts_by_name(result: BaseModel, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield a result's values by name, those of a part as ``part_name``; intervals whole, tuples left out."""
    for name in type(result).model_fields:
        value = getattr(result, name)
        if name in NOT_SHOWN or isinstance(value, tuple):
            continue
        if isinstance(value, BaseModel) and not _is_interval(value):
            yield from parts_by_name(value, f"{prefix}{name}_")
        else:
            yield f"{prefix}{name}", value


def frame_of(results: tuple[BaseModel, ...]) -> pd.DataFrame:
    """Arrange results as rows: both ends of an interval, `flags` as codes, `rows` as ids of the ledger rows behind.

    A result that counts rows keeps its count under that name.
    """
    import pandas as pd  # the command line reads records without it

    def row(result: BaseModel) -> dict[str, object]:
        values: dict[str, object] = {}
        for name, value in parts_by_name(result):
            values |= {f"{name}_low": value.low, f"{name}_high": value.high} if _is_interval(value) else {name: value}
        flags = " ".join(flag.code for flag in getattr(result, "flags", ()))
        behind = {} if "rows" in values else {"rows": getattr(result, "inputs", ())}
        return values | {"flags": flags} | behind

    return pd.DataFrame([row(result) for result in results]).convert_dtypes()


def written(value: object) -> str:
    """Write a value for a summary: numbers by `as_estimated`, yes and no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return as_estimated(value, group=",") if isinstance(value, float) else str(value)


def lines_of(result: BaseModel) -> dict[str, str]:
    """Write a result's values by label; both ends of an interval and its level stand in one line."""
    return {
        name.replace("_", " "): _interval(value) if _is_interval(value) else written(value)
        for name, value in parts_by_name(result)
        if value not in ("", None)
    }


def table_html(columns: Mapping[str, Mapping[str, str]], notes: list[str]) -> str:
    """Write results side by side, one a column, with notes beneath."""
    labels = list(dict.fromkeys(label for lines in columns.values() for label in lines))
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    body = "".join(
        f"<tr><th style='text-align:left'>{escape(label)}</th>"
        + "".join(f"<td>{escape(lines.get(label, ''))}</td>" for lines in columns.values())
        + "</tr>"
        for label in labels
    )
    foot = "".join(f"<p>{escape(note)}</p>" for note in notes)
    if not labels:
        return foot
    return f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table>{foot}"


def table_text(columns: Mapping[str, Mapping[str, str]], notes: list[str]) -> str:
    """The same as text."""
    labels = list(dict.fromkeys(label for lines in columns.values() for label in lines))
    grid = [["", *columns], *([label, *(lines.get(label, "") for lines in columns.values())] for label in labels)]
    widths = [max(len(row[at]) for row in grid) for at in range(len(grid[0]))]
    lines = []
    if not labels:
        return "\n".join(notes)
    for label, *cells in grid:
        aligned = (cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))
        lines.append("  ".join([label.ljust(widths[0]), *aligned]).rstrip())
    return "\n".join(lines + notes)


def notes_of(result: BaseModel) -> list[str]:
    """What the flags of a result mean."""
    flags = {flag.code: flag.detail for flag in getattr(result, "flags", ())}
    return [explained(code, detail) for code, detail in flags.items()]


def explained(code: str, detail: str) -> str:
    """A code with its sentence and the facts behind it."""
    facts = f" ({detail})" if detail else ""
    sentence = SENTENCES.get(code, "").removesuffix(".")
    return f"{code}: {sentence}{facts}." if sentence else f"{code}{facts}."


def _is_interval(value: object) -> bool:
    return isinstance(value, BaseModel) and set(type(value).model_fields) == {"low", "high", "level"}


def _interval(value: Any) -> str:
    return f"[{written(value.low)}, {written(value.high)}] at {as_computed(round(100 * value.level, 2))} %"
