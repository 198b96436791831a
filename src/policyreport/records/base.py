"""What every record is made of: frozen values with their evidence, refusals and flags; and how a notebook shows them.

The docstrings of records are published: they are the descriptions in the JSON schemas of the download.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping
from datetime import date
from html import escape
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, SupportsIndex, TypeVar, overload

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from policyreport.records.digits import as_computed, as_estimated

if TYPE_CHECKING:
    import pandas as pd


SENTENCES: dict[str, str] = {}
"""What each refusal and flag means, by code; `open_edition` fills it from params/wording.yaml."""
NOT_SHOWN = frozenset({"kind", "inputs", "flags"})

Status = Literal["observed", "estimate", "preliminary", "projection", "derived"]
NEVER_ESTIMATED = frozenset({"projection", "derived"})
"""Statuses that never enter an estimate (METHODS §0)."""
Bound = Literal["=", "~", ">", "<"]
Share = Annotated[float, Field(ge=0, le=1)]


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
    return f"[{written(value.low)}, {written(value.high)}] at {as_computed(round(100 * value.level, 2))}%"


class Frozen(BaseModel):
    """Base of all records: immutable, no unknown keys, no NaN in JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def to_json(self) -> bytes:
        """Serialise as UTF-8 JSON with sorted keys and a final newline: equal records give equal bytes."""
        body = json.dumps(self.model_dump(mode="json"), ensure_ascii=False, indent=1, sort_keys=True)
        return (body + "\n").encode()

    @classmethod
    def from_json(cls, body: bytes | str) -> Self:
        """Read what `to_json` wrote; raises pydantic.ValidationError if it does not fit the schema."""
        return cls.model_validate_json(body)

    def to_frame(self) -> pd.DataFrame:
        """Return the values as a table of one row; tables inside have a frame of their own, `Results(…).to_frame()`."""
        return frame_of((self,))

    def summary(self) -> str:
        """Return the values by name, and what the flags mean."""
        return table_text({self._heading(): lines_of(self)}, notes_of(self))

    def _repr_html_(self) -> str:
        return table_html({self._heading(): lines_of(self)}, notes_of(self))

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(self.summary())

    def _heading(self) -> str:
        return str(getattr(self, "kind", type(self).__name__.lower())).replace("-", " ")


def misfit(error: ValidationError) -> str:
    """Describe in one line the first place where a record does not fit its schema."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else first["msg"]


class Interval(Frozen):
    """An interval with its nominal or attained level (a share of 1)."""

    low: float
    high: float
    level: float = 0.95


class Observation(Frozen):
    """One published figure: a row of the ledger (DESIGN §5). `id` is ``<file>#<row>`` under data/raw/."""

    id: str
    area: str
    indicator: str
    measure: str = ""
    list: str = ""
    period: str
    reference_date: date | None = None
    published: date
    value: float
    bound: Bound = "="
    unit: str
    status: Status
    source: str
    note: str = ""


class Flag(Frozen):
    """Printed with a result; `code` is one of METHODS §0's flags, `detail` the numbers that raised it."""

    code: str
    detail: str = ""


class Refusal(Frozen):
    """Replaces a result: a method's reasoned no.

    `code` is one of METHODS §0's refusals, `subject` what was asked (an indicator, a list), `detail` the
    facts that caused it. The sentence a reader sees is made by `prose` from the code. `flags` holds what
    was found on the way to the no (`basis-suspect` leads to `list-changed`), for the coverage page.
    """

    kind: Literal["refusal"] = "refusal"
    code: str
    method: str
    subject: str = ""
    detail: str = ""
    flags: tuple[Flag, ...] = ()
    inputs: tuple[str, ...] = ()

    def summary(self) -> str:
        """Return what was asked, why there is no answer, and the facts behind that."""
        return f"{self.method}, {self.subject}: {explained(self.code, self.detail)}"

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self.summary())}</p>"


class Result(Frozen):
    """Base of every method's result: flags printed with it and the ledger rows behind it."""

    flags: tuple[Flag, ...] = ()
    inputs: tuple[str, ...] = ()

    def has_flag(self, code: str) -> bool:
        """Return whether the result carries a flag of METHODS §0."""
        return any(flag.code == code for flag in self.flags)


R = TypeVar("R", bound=Frozen)


class Results(tuple[R, ...]):
    """Several results in their order: a tuple that shows itself as a table, and whose slices do."""

    __slots__ = ()

    @overload
    def __getitem__(self, at: SupportsIndex) -> R: ...
    @overload
    def __getitem__(self, at: slice) -> Results[R]: ...
    def __getitem__(self, at: Any) -> Any:
        chosen = super().__getitem__(at)
        return Results(chosen) if isinstance(at, slice) else chosen

    def to_frame(self) -> pd.DataFrame:
        """Return one row a result."""
        return frame_of(self)

    def summary(self) -> str:
        """Return the results side by side, with what their flags and refusals mean."""
        return table_text(*self._side_by_side())

    def _repr_html_(self) -> str:
        return table_html(*self._side_by_side())

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(self.summary())

    def _side_by_side(self) -> tuple[dict[str, dict[str, str]], list[str]]:
        given = [result for result in self if not isinstance(result, Refusal)]
        notes = [note for result in given for note in notes_of(result)]
        notes += [result.summary() for result in self if isinstance(result, Refusal)]
        return {f"({at})": lines_of(result) for at, result in enumerate(given, start=1)}, list(dict.fromkeys(notes))


def parts_of(value: object) -> Iterator[Frozen]:
    """Yield a record and every part of it, except published figures, which are many and hold no parts."""
    if isinstance(value, Frozen) and not isinstance(value, Observation):
        yield value
        for name in type(value).model_fields:
            part = getattr(value, name)
            if isinstance(part, (Frozen, tuple)):
                yield from parts_of(part)
    elif isinstance(value, tuple):
        for item in value:
            if isinstance(item, (Frozen, tuple)):
                yield from parts_of(item)


class Gap(Frozen):
    """Years in which an otherwise complete table lacks an area."""

    area: str
    years: tuple[int, ...]


class Finding(Frozen):
    """A rule of the ledger that is breached: shown on the data-quality page, or stopping the run.

    `areas` and `sources` are those of the rows, or those the finding is about where it names no rows. Of a
    table with holes `subject` names it and `gaps` tells what it lacks, area by area.
    """

    rule: str
    severity: Literal["error", "warning", "note"]
    rows: tuple[str, ...] = ()
    message: str
    areas: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    subject: str = ""
    gaps: tuple[Gap, ...] = ()


class Failure(Frozen):
    """Why a notebook gave no record; kept at ``failures/<area>/<notebook>.json`` until it succeeds.

    `reason` keeps apart what the notebook did (``raised``) from why it could not be run or judged. `error`
    is the exception's class, `cell` the source of the failing cell, `traceback` its lines without colours
    and without paths of the machine.
    """

    area: str
    notebook: str
    reason: Literal["raised", "time-out", "kernel-died", "no-record", "unknown-parameter", "not-run"]
    error: str
    message: str
    cell: str = ""
    traceback: tuple[str, ...] = ()
