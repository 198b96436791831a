"""Compare fetched rows with the ledger, and write them: raw file, sidecar and answer, all or none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from policyreport.data.observations.ledger import check_raw, parse, read_raw
from policyreport.data.observations.schema import KEY
from policyreport.data.sources import SIDECAR, original_path, read_sources
from policyreport.intake.connectors.fetched import Fetched
from policyreport.intake.delivery import Delivery, Figure, Original
from policyreport.intake.writing import write_deliveries
from policyreport.records.digits import as_published

# A vintage differs from the one before it if one of these does.
_FIGURE = ("value", "bound", "unit", "status")


def preview(rows: pd.DataFrame, ledger: pd.DataFrame) -> pd.DataFrame:
    """Compare rows with the newest vintage of each key.

    Returns one row for each fetched row, in order and with its index: `change` (new, revised, unchanged, refused),
    `before` and `after` (figure and status as text), `reason` (of a refusal), `held` (whether the ledger has a figure
    of this key and day). Refused are another figure for a day that already has one in the ledger, and a figure older
    than the ledger's newest that differs from it.
    """
    after = parse(rows.assign(source="").set_axis([f"fetched#{at}" for at in rows.index]))
    newest = ledger.sort_values("published", kind="stable").drop_duplicates(list(KEY), keep="last")
    columns = [*KEY, *_FIGURE, "published"]
    both = after[columns].merge(newest[columns], on=list(KEY), how="left", suffixes=("", "_before"))
    days = ledger[[*KEY, "published"]].drop_duplicates().assign(held=True)
    held = after[[*KEY, "published"]].merge(days, on=[*KEY, "published"], how="left")["held"].notna()
    matched = both["published_before"].notna()
    same = matched & (both[list(_FIGURE)].to_numpy() == both[[f"{name}_before" for name in _FIGURE]].to_numpy()).all(1)
    late = matched & ~same & (both["published"] <= both["published_before"])
    change = pd.Series("new", index=both.index).mask(matched, "revised").mask(late, "refused").mask(same, "unchanged")
    table = pd.DataFrame({"change": change, "before": "", "after": _figure(both, ""), "reason": "", "held": held})
    table["before"] = table["before"].where(~matched, _figure(both, "_before"))
    day = both["published_before"].dt.strftime("%Y-%m-%d").fillna("")
    table["reason"] = table["reason"].where(~late, "the ledger's figure of " + day + " is of this day or newer")
    return table.set_axis(rows.index)


def rows_to_land(changes: pd.DataFrame) -> pd.Index[int]:
    """Give the rows that would be written: none if none is new or revised, or if one is refused.

    Otherwise it is the whole vintage: an unchanged figure published anew confirms the old one, which the revision error
    needs to know.
    """
    kinds = set(changes["change"])
    news = "refused" not in kinds and kinds & {"new", "revised"}
    return changes.index[~changes["held"]] if news else changes.index[:0]


def write(landings: Sequence[tuple[Fetched, pd.DataFrame]], root: Path) -> list[Path]:
    """Write for each fetch the rows given with it, if the ledger is valid with all of them; returns the tables.

    Raises DataError if the ledger would break a rule, or a file cannot be written; then nothing is left behind.
    """
    raw = root / "data" / "raw"
    names = [_free_name(raw, fetched.name) for fetched, _ in landings]
    _require_valid(root, [(name, rows) for name, (_, rows) in zip(names, landings, strict=True)])
    write_deliveries(root, [_delivery(name, *landing) for name, landing in zip(names, landings, strict=True)])
    return [raw / f"{name}.csv" for name in names]


def _delivery(name: str, fetched: Fetched, rows: pd.DataFrame) -> Delivery:
    figures = tuple(
        Figure({str(column): text for column, text in row.items()}, at, 0, f"{name}, row {at}")
        for at, row in enumerate(rows.to_dict("records"), 2)
    )
    original = original_path(Path(f"{name}.csv"), f"answer{fetched.suffix}").name
    return Delivery(name, figures, fetched.source, Original(original, fetched.raw, is_answer=True))


def _figure(both: pd.DataFrame, which: str) -> pd.Series[str]:
    """Figures with their status: ``7.04 (preliminary)``."""
    values = [as_published(value) for value in both[f"value{which}"]]
    return pd.Series(values, index=both.index) + " (" + both[f"status{which}"].fillna("") + ")"


def _free_name(raw: Path, name: str) -> str:
    """The name, with the first free number if it is taken: a raw file is never overwritten."""
    free, number = name, 1
    while any((raw / f"{free}{ending}").exists() for ending in (".csv", SIDECAR)):
        number += 1
        free = f"{name}-{number}"
    return free


def _require_valid(root: Path, added: list[tuple[str, pd.DataFrame]]) -> None:
    """Check the ledger with the added rows against the rules applied on loading."""
    tables = [read_raw(root, read_sources(root))]
    for name, rows in added:
        ids = [f"{name}.csv#{row}" for row in range(2, len(rows) + 2)]
        tables.append(rows.assign(source=name).set_axis(pd.Index(ids, name="id")))
    check_raw(root, pd.concat(tables))
