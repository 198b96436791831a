"""Sidecars: who published a raw file, where, when and on what terms; a changed file is refused."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from policyreport.data.journal import read_journal, require_names
from policyreport.errors import DataError, ParamsError, PolicyReportError
from policyreport.params.reading import Model, Root, Strict, data_folder, is_simulated, project_folder, read_strict
from policyreport.params.untrusted import require_day, require_inside, require_text
from policyreport.records.markdown import require_address

SIDECAR = ".source.yaml"
# A file as received, kept next to the table made from it: ``<table>.original.xlsx``.
ORIGINAL = ".original"


def _as_text(value: Any) -> Any:
    """YAML turns 2024 into a number and 2025-01-06 into a date; the precision of the text must survive."""
    return str(value) if isinstance(value, int | date) else value


Text = Annotated[str, BeforeValidator(_as_text)]


class Defaults(Strict):
    """Ledger columns that are constant in a file and therefore not repeated in it."""

    area: Text | None = None
    indicator: Text | None = None
    measure: Text | None = None
    list: Text | None = None
    period: Text | None = None
    reference_date: Text | None = None
    published: Text | None = None
    bound: Text | None = None
    unit: Text | None = None
    status: Text | None = None
    quality: Text | None = None
    note: Text | None = None


class Original(Strict):
    """The file from which a raw table was made, as received; `kept` means that it is stored next to the table."""

    name: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    kept: bool


class Source(Strict):
    """The sidecar of one raw file.

    `published` keeps the precision of the source: a year, a month or a day. `sha256` is the hash of the file as first
    stored. `simulated` marks figures that were drawn at random, not observed. `holds` says what a row is: a figure of
    the ledger, or a statement (`policyreport.data.statements`).
    """

    publisher: str
    title: str
    address: str
    published: Annotated[Text, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
    accessed: date
    licence: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    simulated: bool = False
    holds: Literal["figures", "statements"] = "figures"
    note: str = ""
    defaults: Defaults = Defaults()
    original: Original | None = None


@dataclass(frozen=True)
class Provenance:
    """Who published figures that are to be added, where, when and on what terms; `accessed` is the day of adding."""

    publisher: str
    title: str
    address: str
    published: str
    accessed: date
    licence: str
    note: str = ""


def read_source(path: Path) -> Source:
    """Read the sidecar of a raw file; DataError if there is none, or the file is not the one it describes."""
    sidecar = path.with_name(path.stem + SIDECAR)
    require_inside(path, path.parent.parent)
    if not sidecar.exists():
        raise DataError(
            str(path),
            f"a sidecar {sidecar.name} next to it",
            "none",
            "Write down publisher, title, address and hash.",
        )
    source = read_data_file(sidecar, Source)
    # Simulated figures come from a program of the project.
    require_sound(source, str(sidecar), linked=not source.simulated or ":" in source.address)
    require_day(source.accessed, f"{sidecar}: accessed")
    got = hashlib.sha256(path.read_bytes()).hexdigest()
    if got != source.sha256:
        raise DataError(
            str(path),
            f"sha256 {source.sha256} as in {sidecar.name}",
            f"sha256 {got}",
            "Raw files are never edited: restore the file, put a correction into data/corrections/, or add a new "
            "vintage as a new file with its own sidecar.",
        )
    if source.original is not None and source.original.kept:
        kept = original_path(path, source.original.name)
        got = hashlib.sha256(kept.read_bytes()).hexdigest() if kept.exists() else "no such file"
        if got != source.original.sha256:
            expected = f"sha256 {source.original.sha256} as in the sidecar"
            raise DataError(str(kept), expected, got, "Restore the file.")
    return source


def read_data_file(path: Path, model: type[Model]) -> Model:
    """Read a YAML file of data/, whose mistakes are data errors."""
    try:
        return read_strict(path, model)
    except ParamsError as error:
        raise DataError(error.where, error.expected, error.got, error.todo) from None


def original_path(path: Path, name: str) -> Path:
    """Return where the file behind a raw table is kept: ``<table>.original.<ending>`` next to it."""
    return path.with_name(path.stem + ORIGINAL + Path(name).suffix.lower())


def read_sources(root: Root) -> dict[str, Source]:
    """Read all sidecars under data/raw, or under the raw/ of an edition's own data.

    The source key is ``<publisher>/<table>``: the path of the raw file below data/raw without ``.csv``.

    Raises DataError if a raw file has no sidecar or was changed, if a sidecar has no raw file, or if figures are
    simulated where they should be observed, or the reverse.
    """
    raw = project_folder(root) / data_folder(root, "raw")
    journal = read_journal(raw)
    pending = journal.keys if journal else ()
    files = {path.relative_to(raw).as_posix(): path for path in sorted(_files(raw))}
    tables = {
        name.removesuffix(".csv"): path
        for name, path in files.items()
        if name.endswith(".csv") and not path.stem.endswith(ORIGINAL)
    }
    for name, path in files.items():
        if name.endswith(SIDECAR) and name.removesuffix(SIDECAR) not in (*tables, *pending):
            table = path.name.removesuffix(SIDECAR) + ".csv"
            raise DataError(str(path), f"a raw file {table} next to it", "none", "Restore the file.")
        if name.lower().endswith((".csv", ".yaml", ".yml")) and not name.endswith((".csv", SIDECAR)):
            todo = "Rename it, or delete a second sidecar or a copy of one."
            raise DataError(str(path), f"tables ….csv and sidecars …{SIDECAR}", f'"{path.name}"', todo)
    sources = {key: read_source(path) for key, path in tables.items() if key not in pending}
    for key, source in sources.items():
        _require_kind(tables[key], source, simulated=is_simulated(root))
    return sources


def _files(raw: Path) -> Iterator[Path]:
    """Every table and sidecar below data/raw; bad names, and links leading elsewhere, are refused."""
    for folder, folders, names in os.walk(raw):
        place = Path(folder)
        for subfolder in folders:
            require_inside(place / subfolder, raw)
        for name in names:
            path = place / name
            if name.lower().endswith((".csv", ".yaml", ".yml")) or (ORIGINAL in name and not name.startswith(".")):
                require_names(path.relative_to(raw).parts, str(path))
                require_inside(path, raw)
                yield path


def require_sound(
    source: Source | Provenance, where: str, error: type[PolicyReportError] = DataError, *, linked: bool = True
) -> None:
    """Refuse a text that is too long for its field or no page may show, and an unsafe address if it is `linked`."""
    for field in ("publisher", "title", "address", "licence", "note"):
        name = "publisher_name" if field == "publisher" else field
        require_text(getattr(source, field), f"{where}: {field}", name, error)
    if linked:
        require_address(source.address, f"{where}: address", error)


def _require_kind(path: Path, source: Source, *, simulated: bool) -> None:
    """Refuse simulated figures among observations, and observations among simulated figures."""
    if source.simulated != simulated:
        kinds = {True: "simulated figures", False: "observed figures"}
        raise DataError(
            str(path), f"{kinds[simulated]} in this edition", kinds[source.simulated],
            "Simulated figures lie in a data folder of their own, which an edition with `simulated: true` names.",
        )  # fmt: skip


def short_publisher(publisher: str) -> str:
    """Return a publisher's name without its explanation in brackets or after a comma: "…, now part of …"."""
    return publisher.split(" (")[0].split(", now ")[0].strip()
