"""The data of an edition for download: tidy tables, a Frictionless data package, and the records."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from policyreport.data.harmonise.panel import harmonise_panel
from policyreport.data.inputs import frame_bytes
from policyreport.figures.simulated import FILE_MARK, marked_name, marked_title, sentence
from policyreport.figures.tables import table
from policyreport.figures.words import WORDS
from policyreport.params.reading import load_yaml
from policyreport.params.registry import Registry
from policyreport.publishing.provenance import Provenance
from policyreport.records.digits import as_published
from policyreport.records.formats import NBSP, Formats
from policyreport.records.markdown import escape, followed, in_english
from policyreport.records.notebooks import LeagueRow, ProvincesRecord
from policyreport.records.own import RECORD_TYPES

FOLDER = "downloads"
PACKAGE = "datapackage.json"
RECORDS = "records.zip"
# A spreadsheet takes a cell that begins with one of these for a formula (OWASP, CSV injection); the last four
# are their full-width forms.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# The ledger's signs would be neutralised in every cell, so its bounds are words here.
BOUND_WORDS = {"=": "exact", "~": "about", ">": "more than", "<": "less than"}
# By name: title and Table Schema.
TABLES: dict[str, dict[str, Any]] = load_yaml(Path(__file__).with_name("tables.yaml"))
PARQUET = ("ledger", "panel")
FILES = (*(f"{name}.csv" for name in TABLES), *(f"{name}.parquet" for name in PARQUET), RECORDS, PACKAGE)
"""Names of all files an edition may publish, without the mark of a simulated edition."""
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip file can hold


@dataclass(frozen=True)
class Download:
    """One published file; `rows` is None where it is no table. A simulated edition's names are marked."""

    name: str
    title: str
    rows: int | None
    body: bytes


def make_downloads(provenance: Provenance, store: Path, licence: str) -> tuple[Download, ...]:
    """Make every file an edition publishes; `store` is its folder, `licence` the terms in one sentence.

    Tables as CSV (the ledger and the panel as Parquet too), the records, and last the data package that describes them.
    Equal data give equal bytes.
    """
    frames = {name: frame for name, frame in _frames(provenance, store).items() if frame is not None}
    files = []
    for name, frame in frames.items():
        files.append(Download(f"{name}.csv", TABLES[name]["title"], len(frame), csv_bytes(frame)))
        if name in PARQUET:
            title = f"The same table as {name}.csv, for analysis: typed, nothing neutralised."
            files.append(Download(f"{name}.parquet", title, len(frame), frame_bytes(frame)))
    simulated = provenance.edition.simulated
    records = sorted((store / "records").glob("*/*.json"))
    title = f"{len(records)} records, one a notebook, as JSON, with their JSON schemas."
    packed = records_zip(store / "records", records, provenance.registry, within=FILE_MARK if simulated else "")
    files.append(Download(RECORDS, title, None, packed))
    if simulated:
        files = [replace(file, name=marked_name(file.name)) for file in files]
    package = data_package(provenance, files, licence)
    body = (json.dumps(package, ensure_ascii=False, indent=1) + "\n").encode()
    title = "Frictionless data package: columns, types, hashes, licence and sources of these files."
    return (*files, Download(marked_name(PACKAGE) if simulated else PACKAGE, title, None, body))


def download_list(files: Iterable[Download], formats: Formats) -> str:
    """List the files for readers, as a Markdown table with links."""
    body = [
        [
            f"[{escape(file.name)}]({FOLDER}/{file.name})",
            None if file.rows is None else formats.count(file.rows),
            _size(len(file.body), formats),
            escape(in_english(file.title, formats.language)),
        ]
        for file in files
    ]
    words = WORDS[formats.language]
    columns = [words.file, words.row_count, words.size, words.what_it_holds]
    caption = words.download_caption.format(count=len(body))
    return table("downloads", columns, body, caption, align="lrrl", wide=True, empty=words.no_table)


def columns(table: str) -> list[str]:
    """Names of a table's columns, in their order."""
    return [field["name"] for field in TABLES[table]["schema"]["fields"]]


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """Write a table, without its index, as CSV that a spreadsheet opens safely.

    UTF-8 with a byte-order mark, commas, line ends as in RFC 4180; a missing value is an empty cell. Numbers stay
    numbers; a text that a spreadsheet would evaluate begins with an apostrophe.
    """
    text = io.StringIO()
    # With this line end every carriage return inside a cell is quoted too.
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(frame.columns)
    writer.writerows(zip(*([_cell(value) for value in frame[column]] for column in frame.columns), strict=True))
    return text.getvalue().encode("utf-8-sig")


def neutralised(text: str) -> str:
    """Put an apostrophe before a text that begins like a formula; removing one apostrophe restores it."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULA_SIGNS) else text


def records_zip(folder: Path, records: Iterable[Path], registry: Registry, within: str = "") -> bytes:
    """Pack records and their schemas in the folder `within`: sorted names, a fixed time, fixed permissions."""
    bodies = {f"records/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in records}
    for name, record in RECORD_TYPES.items():
        text = json.dumps(registry.annotate(record.model_json_schema()), ensure_ascii=False, indent=1, sort_keys=True)
        bodies[f"schemas/{name}.schema.json"] = f"{text}\n".encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name, body in sorted(bodies.items()):
            entry = zipfile.ZipInfo(f"{within}/{name}" if within else name, _EPOCH)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            packed.writestr(entry, body)
    return buffer.getvalue()


def data_package(provenance: Provenance, files: Iterable[Download], licence: str) -> dict[str, Any]:
    """Describe the files by the Data Package standard, version 1: the content of ``datapackage.json``.

    References
    ----------
    https://specs.frictionlessdata.io/data-package/
    """
    edition = provenance.edition
    name = f"{provenance.policy.id}-{edition.id.lower()}"
    marks = {"keywords": [FILE_MARK]} if edition.simulated else {}
    known = f"Figures as known on {edition.as_known_on.isoformat()}, and what was computed from them."
    return marks | {
        "profile": "data-package",
        "name": f"{name}-{FILE_MARK}" if edition.simulated else name,
        "title": marked_title(edition.title, "en") if edition.simulated else edition.title,
        "version": edition.id,
        "description": f"{sentence('en')} {known}" if edition.simulated else known,
        "licenses": [{"name": "other-at", "title": licence}],
        "sources": [
            {"title": f"{source.publisher}: {source.title}"}
            | ({"path": address} if (address := followed(source.address)) else {})
            for _, source in sorted(provenance.sources.items())
        ],
        "resources": [_resource(file) for file in files],
    }


def _resource(file: Download) -> dict[str, Any]:
    stem, _, kind = file.name.rpartition(".")
    stem = stem.removesuffix(f"-{FILE_MARK}")
    media = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet", "zip": "application/zip"}[kind]
    described: dict[str, Any] = {
        "name": stem if kind == "csv" else f"{stem}-{kind}",
        "path": file.name,
        "title": file.title,
        "format": kind,
        "mediatype": media,
        "hash": f"sha256:{hashlib.sha256(file.body).hexdigest()}",
    }
    if kind != "parquet":  # frictionless does not count the bytes of Parquet and would call every number wrong
        described["bytes"] = len(file.body)
    if kind == "zip":
        return described | {"profile": "data-resource"}
    text = {"encoding": "utf-8"} if kind == "csv" else {}
    return described | {"profile": "tabular-data-resource", "schema": TABLES[stem]["schema"]} | text


def _frames(provenance: Provenance, store: Path) -> Mapping[str, pd.DataFrame | None]:
    ledger = provenance.ledger
    in_force = ledger[ledger["newest"]].drop(columns="newest")
    panel = harmonise_panel(in_force, provenance.areas, provenance.indicators, provenance.harmonise)
    panel = panel.assign(inputs=[" ".join(rows) for rows in panel["inputs"]])
    known = ledger.rename_axis("id").reset_index().assign(bound=ledger["bound"].map(BOUND_WORDS).to_numpy())
    for column in ("reference_date", "published"):
        known[column] = [None if pd.isna(day) else day.date() for day in known[column]]
    areas = provenance.areas.table.rename_axis("key").reset_index()
    frames = {
        "ledger": known,
        "panel": panel,
        "league-table": _league(store),
        "indicators": _indicators(provenance),
        "areas": areas,
        "sources": _sources(provenance),
    }
    return {name: None if frame is None else frame[columns(name)] for name, frame in frames.items()}


def _league(store: Path) -> pd.DataFrame | None:
    """Return the league table; None where there is none."""
    path = next(iter(sorted((store / "records").glob("*/provinces*.json"))), None)
    if path is None:
        return None
    rows = ProvincesRecord.from_json(path.read_bytes()).league
    return pd.DataFrame([league_row(row) for row in rows], columns=columns("league-table"))


def league_row(row: LeagueRow) -> dict[str, object]:
    """A row of the league table, with an interval and a set of ranks as columns of their own."""
    interval, places = row.growth_mean_interval, row.growth_mean_rank_set
    facts = row.model_dump() | {
        "growth_mean_rank_first": places[0] if places else None,
        "growth_mean_rank_last": places[1] if places else None,
        "growth_mean_low": interval.low if interval else None,
        "growth_mean_high": interval.high if interval else None,
        "share_flags": " ".join(row.share_flags),
        "refusals": " ".join(row.refusals),
        "inputs": " ".join(dict.fromkeys(id for ids in row.inputs.values() for id in ids)),
    }
    return {name: facts[name] for name in columns("league-table")}


def _indicators(provenance: Provenance) -> pd.DataFrame:
    """Return one row per indicator and measure; an indicator without measures has one with an empty measure."""
    return pd.DataFrame(
        [
            indicator.model_dump() | {"measure": measure, "definition": text or indicator.definition}
            for indicator in provenance.indicators.indicators
            for measure, text in (indicator.measures or {"": ""}).items()
        ]
    )


def _sources(provenance: Provenance) -> pd.DataFrame:
    rows = provenance.ledger["source"].value_counts()
    return pd.DataFrame(
        [{**source.model_dump(), "id": id, "rows": int(rows.get(id, 0))} for id, source in provenance.sources.items()]
    )


def _cell(value: Any) -> str:
    """Write a cell: numbers so that they read back exactly, texts neutralised."""
    if isinstance(value, str):
        return neutralised(value)
    if value is None or (not isinstance(value, bool | date) and pd.isna(value)):
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return as_published(value)
    text = str(value)
    return text.lower() if text in ("True", "False") else text


def _size(count: int, formats: Formats) -> str:
    if count < 1_000_000:
        return f"{formats.number(max(count / 1000, 1), 0)}{NBSP}kB"
    return f"{formats.number(count / 1_000_000, 1)}{NBSP}MB"
