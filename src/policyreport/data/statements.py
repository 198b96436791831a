"""What provinces and the centre named as obstacles, proposed or ordered: retold texts, next to the figures in raw."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pandas as pd

from policyreport.data.areas import Areas, read_areas
from policyreport.data.sources import read_sources
from policyreport.errors import DataError, require_one_of
from policyreport.params.reading import Root, data_folder, project_folder
from policyreport.params.report import read_roles
from policyreport.params.untrusted import require_text
from policyreport.records.notebooks import Statement, ThemeCount
from policyreport.records.periods import last_day

COLUMNS = ("area", "said", "kind", "theme", "text", "text_vi")
KINDS = ("obstacle", "proposal", "order")


def read_statements(root: Root, day: date) -> pd.DataFrame:
    """Read the statements published by a day, indexed by ``<file>#<row>``; DataError at the first unsound cell."""
    folder = project_folder(root)
    raw, areas, themes = folder / data_folder(root, "raw"), read_areas(folder), read_roles(root).implementation.themes
    tables = []
    for key, source in read_sources(root).items():
        if source.holds != "statements" or last_day(source.published)[0] > day:
            continue
        table = pd.read_csv(raw / f"{key}.csv", dtype=str, keep_default_na=False)
        _require_sound(table, str(raw / f"{key}.csv"), areas, set(themes))
        tables.append(table.set_index(pd.Index([f"{key}.csv#{row}" for row in range(2, len(table) + 2)], name="id")))
    return pd.concat(tables) if tables else pd.DataFrame(columns=list(COLUMNS), index=pd.Index([], name="id"))


def to_statements(frame: pd.DataFrame) -> tuple[Statement, ...]:
    """Turn statements into records, in order."""
    rows = zip(frame.index, frame.to_dict("records"), strict=True)
    return tuple(Statement.model_validate({**row, "inputs": (str(id),)}) for id, row in rows)


def count_themes(frame: pd.DataFrame) -> tuple[ThemeCount, ...]:
    """Count statements by theme and kind, the theme with most obstacles first."""
    obstacles = Counter(frame["theme"][frame["kind"] == "obstacle"])
    order = sorted(frame["theme"].unique(), key=lambda theme: (-obstacles[theme], theme))
    counts = []
    for theme in order:
        rows = frame[frame["theme"] == theme]
        by_kind = Counter(rows["kind"])
        counts.append(
            ThemeCount(
                theme=theme,
                obstacles=by_kind["obstacle"],
                proposals=by_kind["proposal"],
                orders=by_kind["order"],
                areas=tuple(sorted(rows["area"].unique())),
                inputs=tuple(map(str, rows.index)),
            )
        )
    return tuple(counts)


def _require_sound(table: pd.DataFrame, place: str, areas: Areas, themes: set[str]) -> None:
    """Refuse other columns, an area, kind or theme that is not known, a day that is none, and unsafe texts."""
    if tuple(table.columns) != COLUMNS:
        raise DataError(f"{place}, row 1", ", ".join(COLUMNS), ", ".join(table.columns), "Name the columns like this.")
    known = {"area": set(areas.table.index), "kind": set(KINDS), "theme": themes}
    for number, row in enumerate(table.to_dict("records"), start=2):
        for column, allowed in known.items():
            where = f"{place}, row {number}, column {column}"
            require_one_of(DataError, where, row[column], allowed, f"a known {column}")
        for column in ("text", "text_vi"):
            require_text(row[column], f"{place}, row {number}, column {column}", "note")
        try:
            last_day(row["said"])
        except ValueError:
            where = f"{place}, row {number}, column said"
            raise DataError(where, "a day, month or year", f'"{row["said"]}"', "Correct it.") from None
