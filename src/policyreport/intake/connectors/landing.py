"""What fetched rows would change in the ledger, and writing them: raw file, sidecar and answer, all or nothing."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd
import yaml

from policyreport.data.observations.ledger import TEXT, check_raw, parse, read_raw
from policyreport.data.observations.schema import KEY
from policyreport.data.sources import SIDECAR, Original, Source, original_path, read_sources
from policyreport.errors import DataError
from policyreport.intake.connectors.fetched import Fetched
from policyreport.records.digits import as_published

# A vintage differs from the one before if one of these does.
_FIGURE = ("value", "bound", "unit", "status")


@dataclass(frozen=True)
class Preview:
    """What rows would change.

    Parameters
    ----------
    table : DataFrame
        One row a fetched row, in order and with its index: `change` (new, revised, unchanged, refused), `before`
        and `after` (figure and status as text), `reason` (of a refusal), `held` (whether the ledger has a figure
        of this key and day).
    """

    table: pd.DataFrame

    def count(self, change: str) -> int:
        """Count the rows of one kind: new, revised, unchanged or refused."""
        return int((self.table["change"] == change).sum())

    def to_land(self) -> pd.Index[int]:
        """Give the rows that would be written.

        Returns
        -------
        Index
            Nothing if no row is new or revised, or if one is refused. Otherwise the whole vintage: an unchanged
            figure published anew confirms the old one, which the revision error needs to know.
        """
        if self.count("refused") or not self.count("new") + self.count("revised"):
            return self.table.index[:0]
        return self.table.index[~self.table["held"]]


def preview(rows: pd.DataFrame, ledger: pd.DataFrame) -> Preview:
    """Hold rows against the newest vintage of each key.

    Parameters
    ----------
    rows : DataFrame
        Text columns of a raw file.
    ledger : DataFrame
        What `load_ledger` gave.

    Returns
    -------
    Preview
        One verdict a row.

    Raises
    ------
    DataError
        If a cell cannot be read.

    Notes
    -----
    Refused: another figure of a day that the ledger already has a figure of, and a figure that is older than the
    ledger's newest and differs from it.
    """
    after = parse(rows.assign(source="").set_axis([f"fetched#{at}" for at in rows.index]))
    newest = ledger.sort_values("published", kind="stable").drop_duplicates(list(KEY), keep="last")
    columns = [*KEY, *_FIGURE, "published"]
    both = after[columns].merge(newest[columns], on=list(KEY), how="left", suffixes=("", "_before"))
    days = ledger[[*KEY, "published"]].drop_duplicates().assign(held=True)
    held = after[[*KEY, "published"]].merge(days, on=[*KEY, "published"], how="left")["held"].notna()
    known = both["published_before"].notna()
    same = known & (both[list(_FIGURE)].to_numpy() == both[[f"{name}_before" for name in _FIGURE]].to_numpy()).all(1)
    late = known & ~same & (both["published"] <= both["published_before"])
    change = pd.Series("new", index=both.index).mask(known, "revised").mask(late, "refused").mask(same, "unchanged")
    table = pd.DataFrame({"change": change, "before": "", "after": _figure(both, ""), "reason": "", "held": held})
    table["before"] = table["before"].where(~known, _figure(both, "_before"))
    day = both["published_before"].dt.strftime("%Y-%m-%d").fillna("")
    table["reason"] = table["reason"].where(~late, "the ledger's figure of " + day + " is of this day or newer")
    return Preview(table.set_axis(rows.index))


def write(landings: Sequence[tuple[Fetched, pd.DataFrame]], root: Path) -> list[Path]:
    """Write fetched tables below data/raw, if the ledger is valid with all of them; all files or none.

    Parameters
    ----------
    landings : sequence of (Fetched, DataFrame)
        Each fetch with those of its rows that are to be written.
    root : Path
        The project's folder.

    Returns
    -------
    list of Path
        The raw files.

    Raises
    ------
    DataError
        If the ledger would break a rule, or a file cannot be written; nothing is left behind.
    """
    raw = root / "data" / "raw"
    names = [_free_name(raw, fetched.name) for fetched, _ in landings]
    _require_valid(root, [(name, rows) for name, (_, rows) in zip(names, landings, strict=True)])
    files: dict[Path, bytes] = {}
    for name, (fetched, rows) in zip(names, landings, strict=True):
        files |= _files(raw / f"{name}.csv", fetched, rows)
    _write_all(files)
    return [raw / f"{name}.csv" for name in names]


def to_csv(rows: pd.DataFrame) -> bytes:
    """Give a raw file: columns that are empty throughout, and the day of publication (in the sidecar), left out."""
    kept = [name for name in TEXT if name != "published" and (rows[name] != "").any()]
    return rows[kept].to_csv(index=False, lineterminator="\n").encode()


def to_sidecar(fetched: Fetched, table: bytes, original: str) -> bytes:
    """Give the sidecar of a raw file; `original` is the name of the file that keeps the publisher's answer."""
    source = Source(
        **asdict(fetched.source),
        sha256=hashlib.sha256(table).hexdigest(),
        original=Original(name=original, sha256=hashlib.sha256(fetched.raw).hexdigest(), kept=True),
    )
    facts = source.model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump(facts, allow_unicode=True, sort_keys=False, width=110).encode()


def _figure(both: pd.DataFrame, which: str) -> pd.Series[str]:
    """Figures with their status: ``7.04 (preliminary)``."""
    values = [as_published(value) for value in both[f"value{which}"]]
    return pd.Series(values, index=both.index) + " (" + both[f"status{which}"].fillna("") + ")"


def _free_name(raw: Path, name: str) -> str:
    """The name, or the name and the first free number: a raw file is never written over."""
    free, number = name, 1
    while any((raw / f"{free}{ending}").exists() for ending in (".csv", SIDECAR)):
        number += 1
        free = f"{name}-{number}"
    return free


def _require_valid(root: Path, added: list[tuple[str, pd.DataFrame]]) -> None:
    """Hold the ledger with the added rows against every rule that loading has."""
    tables = [read_raw(root, read_sources(root))]
    for name, rows in added:
        ids = [f"{name}.csv#{row}" for row in range(2, len(rows) + 2)]
        tables.append(rows.assign(source=name).set_axis(pd.Index(ids, name="id")))
    check_raw(root, pd.concat(tables))


def _files(path: Path, fetched: Fetched, rows: pd.DataFrame) -> dict[Path, bytes]:
    """The three files of one table."""
    original = original_path(path, f"answer{fetched.suffix}")
    table = to_csv(rows)
    sidecar = path.with_name(path.stem + SIDECAR)
    return {original: fetched.raw, sidecar: to_sidecar(fetched, table, original.name), path: table}


def _write_all(files: dict[Path, bytes]) -> None:
    """Write under temporary names, then move; what was moved goes away again if a later move fails."""
    parts = {path: path.with_name(f".{path.name}.{os.getpid()}.part") for path in files}
    folders = [folder for folder in {path.parent: None for path in files} if not folder.exists()]
    moved: list[Path] = []
    try:
        for path, body in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            parts[path].write_bytes(body)
        for path, part in parts.items():
            part.rename(path)
            moved.append(path)
    except BaseException as error:
        for path in [*moved, *parts.values()]:
            path.unlink(missing_ok=True)
        for folder in folders:
            if folder.exists():
                folder.rmdir()
        if isinstance(error, OSError):
            got = error.strerror or type(error).__name__
            todo = "Free space or correct the rights; nothing was written."
            raise DataError(str(error.filename or "data/raw"), "a folder that can be written", got, todo) from None
        raise
