"""Why a notebook will run: what it reads now compared with what its last result was made of."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pandas as pd

from policyreport.running.cache.ingredients import key_of
from policyreport.running.cache.results import EXPLAINED, Cache

if TYPE_CHECKING:
    from policyreport.running.execute.unit import Unit

# The table whose rows are meant unless a message names another.
OBSERVATIONS = "observations.parquet"
# More indicators than this are counted, not named.
NAMED = 3
REASONS = {
    "notebook": "the notebook changed",
    "parameters": "its parameters changed",
    "package": "the package's source changed",
    "environment": "Python or an installed package changed",
    "format": "the cache has a new format",
}


def reasons_for(cache: Cache, edition: str, unit: Unit) -> list[str]:
    """Explain a coming execution, one line per changed ingredient; empty where the result is cached."""
    now = cache.ingredients(unit)
    if cache.find(key_of(now)) is not None:
        return []
    before = cache.noted(f"made/{edition}/{unit.area}/{unit.notebook}")
    if before is None or not isinstance(before.get("slice", {}), dict):
        return ["it has not run yet"]
    lines = [text for name, text in REASONS.items() if before.get(name) != now[name]]
    lines += _slice_lines(cache, unit, before.get("slice", {}), now["slice"])
    return lines or ["its result is no longer in the cache"]


def _slice_lines(cache: Cache, unit: Unit, before: dict[str, str], now: dict[str, str]) -> list[str]:
    """One line for each file of the slice that differs."""
    lines = []
    for name in sorted(before.keys() | now.keys()):
        if before.get(name) == now.get(name):
            continue
        old = cache.table(str(before.get(name, ""))) if name in EXPLAINED else None
        if old is not None and name in now:
            table = "" if name == OBSERVATIONS else f" in the {name.removesuffix('.parquet')}"
            lines.append(f"{_rows(old, unit.slice[name])}{table}")
        elif name == "records.json":
            lines.append("province records changed")
        else:
            lines.append(f"{name} {'is gone' if name not in now else 'changed' if name in before else 'is new'}")
    return lines


def _rows(old: bytes, new: bytes) -> str:
    """``2 rows changed (gdp_growth 2025)``: how many rows differ, and what they are about."""
    lines = [_lines(pd.read_parquet(io.BytesIO(body))) for body in (old, new)]
    changed = {row: about for row, about in lines[0].items() if row not in lines[1]}
    changed |= {row: about for row, about in lines[1].items() if row not in lines[0]}
    # A revised row is one in the old table and one in the new.
    places = {place for place, _ in changed.values()}
    topics = sorted({about for _, about in changed.values()})
    if not changed:
        return "the layout changed"
    what = ", ".join(topics) if len(topics) <= NAMED else f"{', '.join(topics[:NAMED])} and {len(topics) - NAMED} more"
    return f"{len(places)} {'row' if len(places) == 1 else 'rows'} changed ({what})"


def _lines(table: pd.DataFrame) -> dict[str, tuple[Any, str]]:
    """Each row as text, with its place (index, or what identifies it) and what it is about."""
    period = next((name for name in ("period", "year") if name in table), None)
    own = [name for name in ("area", "indicator", "measure", "list", period) if name and name in table]
    lines = {}
    for index, row in zip(table.index, table.to_dict("records"), strict=True):
        place = (*(str(row[name]) for name in own), "" if "inputs" in table else str(index))
        about = " ".join(str(row[name]) for name in ("indicator", period) if name and name in row)
        lines[f"{place} {row}"] = (place, about)
    return lines
