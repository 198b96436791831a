"""What is to be added, from a sheet or an API: the figures, where they come from, and their files."""

import csv
import hashlib
import io
import re
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml

from policyreport.data.observations.ledger import TEXT
from policyreport.data.sources import SIDECAR, Provenance, original_path, read_sources
from policyreport.errors import DataError, UsageError, require_one_of
from policyreport.intake.sheets import neutralise
from policyreport.params.spelling import plain
from policyreport.records.base import Finding
from policyreport.records.periods import last_day

# Larger originals stay with whoever sent them; the sidecar holds their hash.
KEPT_LIMIT = 500_000
# Below the limit of file systems, with room for ".original.xlsx" and the dot of a temporary name.
NAME_LIMIT = 120
_SLUG = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*", re.IGNORECASE)
# Columns every raw table has; the others are left out where empty and a default where constant.
_ALWAYS = ("area", "indicator", "period", "value")


@dataclass(frozen=True)
class Figure:
    """A figure for the ledger: its columns as text, and the place of its value in the sheet (from 1, and in words)."""

    fields: dict[str, str]
    row: int
    column: int
    place: str


@dataclass(frozen=True)
class Original:
    """A file as it was sent; a publisher's answer is kept however large it is."""

    name: str
    body: bytes
    is_answer: bool = False

    @property
    def kept(self) -> bool:
        """Whether it is stored next to its table."""
        return self.is_answer or len(self.body) < KEPT_LIMIT


@dataclass(frozen=True)
class Delivery:
    """Figures to be added as one raw table, under the key ``<publisher>/<table>``.

    While there are `problems` (refused cells), nothing is written. `findings` are the contradictions within the source;
    `remarks` say what was not read, and how the rest was.
    """

    key: str
    figures: tuple[Figure, ...]
    provenance: Provenance
    original: Original | None = None
    problems: tuple[DataError, ...] = ()
    findings: tuple[Finding, ...] = ()
    remarks: tuple[str, ...] = field(default=())


def name_table(publisher: str, words: str) -> str:
    """Make the key ``<publisher>/<table>`` of a table, in small letters, digits and hyphens.

    Raises UsageError for a name that some file system would refuse.
    """
    table = words if _SLUG.fullmatch(words) else plain(words).replace(" ", "-")
    for option, name, given in (("--publisher", publisher, publisher), ("--table", table, words)):
        if not _SLUG.fullmatch(name) or len(name) > NAME_LIMIT:
            expected = f"a name of letters a to z, digits and hyphens, {NAME_LIMIT} at most"
            raise UsageError(option, expected, f'"{given[:80]}"', f"Give one: {option} NAME.")
    return f"{publisher}/{table}"


def publisher_name(root: Path, publisher: str, given: str) -> str:
    """Give the full name of a publisher: the one given, else the one in the sidecars of its folder.

    Raises UsageError if the folder is new and no name is given: it may be a slip.
    """
    if given:
        return given
    names: dict[str, Counter[str]] = {}
    for key, source in read_sources(root).items():
        names.setdefault(key.partition("/")[0], Counter())[source.publisher] += 1
    more = 'For a new publisher add --publisher-name "Its full name".'
    require_one_of(UsageError, "--publisher", publisher, names, "a folder of data/raw", more)
    return names[publisher].most_common(1)[0][0]


def render_table(figures: tuple[Figure, ...], provenance: Provenance) -> tuple[bytes, dict[str, str]]:
    """Write figures as CSV in UTF-8, with the columns that vary; returns the others for the sidecar's defaults."""
    values = {name: [figure.fields.get(name, "") for figure in figures] for name in TEXT}
    values["note"] = [neutralise(text) for text in values["note"]]
    implied = {"published": provenance.published, "bound": ""}
    constant = {name: texts[0] for name, texts in values.items() if name not in _ALWAYS and len(set(texts)) == 1}
    columns = [name for name in TEXT if name not in constant]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*(values[name] for name in columns), strict=True))
    defaults = {name: text for name, text in constant.items() if text != implied.get(name, "")}
    return out.getvalue().encode(), defaults


def render_sidecar(delivery: Delivery, table: bytes, defaults: dict[str, str]) -> bytes:
    """Write the sidecar of a raw table whose content is `table`, as YAML in UTF-8."""
    body: dict[str, Any] = asdict(delivery.provenance)
    notes = [body.pop("note"), *(finding.message for finding in delivery.findings)]
    body["accessed"] = body["accessed"].isoformat()
    body["sha256"] = hashlib.sha256(table).hexdigest()
    body |= {"note": " ".join(filter(None, notes)), "defaults": defaults}
    if (original := delivery.original) is not None:
        digest = hashlib.sha256(original.body).hexdigest()
        body["original"] = {"name": original.name, "sha256": digest, "kept": original.kept}
    body = {name: value for name, value in body.items() if value not in ("", {})}
    text: str = yaml.safe_dump(body, sort_keys=False, allow_unicode=True, width=110)
    return text.encode()


def files_of(root: Path, delivery: Delivery) -> dict[Path, bytes]:
    """Give the files of a delivery: the table, its sidecar, and the original if it is kept."""
    path = root / "data" / "raw" / f"{delivery.key}.csv"
    table, defaults = render_table(delivery.figures, delivery.provenance)
    files = {path: table, path.with_name(path.stem + SIDECAR): render_sidecar(delivery, table, defaults)}
    if delivery.original is not None and delivery.original.kept:
        files[original_path(path, delivery.original.name)] = delivery.original.body
    return files


def newest_day(figures: tuple[Figure, ...]) -> str:
    """Give the last day, month or year on which any of some figures was published, as its source states it."""
    return max((figure.fields["published"] for figure in figures), key=lambda text: last_day(text)[0])
