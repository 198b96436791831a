"""A copy of the project whose every text is hostile: names, titles, notes, addresses, words, parameters."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import shutil
from collections.abc import Callable, Iterator
from itertools import count as numbers
from itertools import cycle
from pathlib import Path
from typing import Any

import yaml
from hostile_corpus import GOOD_PATHS, PAYLOADS
from hostile_project import ROOT

PARTS = ("params", "data", "notebooks", "reports")
EDITION = "hostile"
# What ends a publisher's short name, or the lead of a finding, would end the text there.
_CUT = re.compile(r" \(|, now |: |\. |; ")


class Texts:
    """Payloads in turn, each with a token that finds it again."""

    def __init__(self) -> None:
        self._numbers = numbers(1)
        self._payloads = cycle(each for each in PAYLOADS.values() if not _CUT.search(f" {each}"))
        self.fields: dict[str, tuple[str, str]] = {}

    def __call__(self, field: str, ending: str = "") -> str:
        """The next text for a field; a setting it names would be looked up where parameters name them."""
        token, payload = f"7zq{next(self._numbers):04d}x", next(self._payloads)
        text = f"{token} {next(self._payloads) if '[[' in payload else payload}{ending}"
        self.fields[token] = (field, text)
        return text


def make(root: Path, areas: list[str], languages: list[str]) -> Texts:
    """Copy the project to a folder, with an edition of some areas and a hostile text in every field."""
    for part in PARTS:
        shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("teaching", "validity"))
    texts = Texts()
    _edition(root, texts, areas, languages)
    for name, change in (("policy", _policy), ("indicators", _indicators), ("report", _report), ("wording", _wording),
                         ("rules", _rules), ("registry", _registry), ("methods", _methods)):  # fmt: skip
        path = root / "params" / f"{name}.yaml"
        body = yaml.safe_load(path.read_text("utf-8"))
        change(body, texts)
        path.write_text(yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=4000), encoding="utf-8")
    _areas(root, texts)
    _corrections(root, texts)
    for path in sorted((root / "data" / "raw").rglob("*.source.yaml")):
        _source(path, texts)
    return texts


def _edition(root: Path, texts: Texts, areas: list[str], languages: list[str]) -> None:
    settings = yaml.safe_load((ROOT / "params" / "editions" / "2025Q4.yaml").read_text("utf-8"))
    settings |= {
        "id": EDITION,
        "areas": areas,
        "languages": languages,
        "title": texts("edition title"),
    }
    (root / "params" / "editions" / f"{EDITION}.yaml").write_text(
        yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8"
    )


def _policy(body: dict[str, Any], texts: Texts) -> None:
    for name in ("title", "title_vi", "short_title", "issuer", "legal_reference"):
        body[name] = texts(f"policy: {name}")
    body["address"] = f"https://source.example/{GOOD_PATHS[0]}"
    for name in ("origin", "legal_reference"):
        body["threshold"][name] = texts(f"threshold: {name}")
    for entry in (*body["targets"], *body["related_targets"]):
        entry |= {"name": texts("target: name"), "legal_reference": texts("target: legal reference")}
    for entry in body["milestones"]:
        entry |= {"title": texts("milestone: title")}
    for entry in body["lists"]:
        entry |= {name: texts(f"list: {name}") for name in ("title", "issuer", "scope", "rule", "basis")}
        if entry.get("deadline_reason"):
            entry["deadline_reason"] = texts("list: reason of its deadline")


def _indicators(body: dict[str, Any], texts: Texts) -> None:
    for entry in body["indicators"]:
        entry |= {"name": texts("indicator: name"), "definition": texts("indicator: definition")}
        entry["measures"] = {name: texts("measure: definition") for name in entry.get("measures", {})}


def _report(body: dict[str, Any], texts: Texts) -> None:
    body["measure_labels"] = {name: texts("measure: label") for name in body["measure_labels"]}
    body["list_kinds"] = {name: texts("kind of list") for name in body.get("list_kinds", {})}
    body["abbreviations"] = texts("abbreviations")
    for name in ("growth", "income"):
        body[name]["prices"] = texts(f"prices of {name}")


def _wording(body: dict[str, Any], texts: Texts) -> None:
    for block in ("refusals", "flags"):
        for entry in body[block].values():
            entry |= {"en": texts(f"{block}: sentence", "."), "short": entry["short"] | {"en": texts(f"{block}: name")}}
    for words in body["verdicts"].values():
        for entry in words.values():
            entry["en"] = texts("verdict")


def _rules(body: dict[str, Any], texts: Texts) -> None:
    for entry in body["rules"].values():
        entry["sentence"]["en"] = texts("rule: sentence", ".")


def _registry(body: dict[str, Any], texts: Texts) -> None:
    for entry in body["methods"].values():
        entry |= {
            "title": texts("method: title"),
            "short": texts("method: short"),
            "question": texts("method: question", "?"),
        }


def _methods(body: dict[str, Any], texts: Texts) -> None:
    """Hostile texts, and few random draws: no figure of this edition is looked at."""
    body["conventions"]["draws"]["value"] = 99
    for section in body.values():
        for entry in section.values() if isinstance(section, dict) else ():
            if isinstance(entry, dict) and "reason" in entry:
                entry["reason"] = texts("setting: reason")
                if entry.get("label"):
                    entry["label"] = texts("setting: label")


def _areas(root: Path, texts: Texts) -> None:
    """Names of provinces, former ones, regions and the nation, one name alike in all places; the sidecar follows."""
    names: dict[str, str] = {}

    def change(row: dict[str, str]) -> None:
        name = names.get(row["name"]) or texts(f"{row['type']}: name")
        names[row["name"]] = name
        row |= {"name": name, "name_en": name}

    path = root / "data" / "boundaries" / "areas.csv"
    _rewrite(path, change)
    sidecar = path.with_name("areas.source.yaml")
    facts = yaml.safe_load(sidecar.read_text("utf-8")) | {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    sidecar.write_text(yaml.safe_dump(facts, allow_unicode=True, width=4000), encoding="utf-8")


def _corrections(root: Path, texts: Texts) -> None:
    """Reasons of what is read otherwise and what is kept out."""

    def walk(node: Any) -> Iterator[dict[str, Any]]:
        if isinstance(node, dict) and "reason" in node:
            yield node
        for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            yield from walk(part)

    for path in (root / "data" / "corrections").glob("*.yaml"):
        body = yaml.safe_load(path.read_text("utf-8"))
        for entry in walk(body):
            entry["reason"] = texts("correction: reason", ".")
        path.write_text(yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=4000), encoding="utf-8")


def _source(sidecar: Path, texts: Texts) -> None:
    """A sidecar's texts and address, and the notes of its rows."""
    table = sidecar.with_name(sidecar.name.replace(".source.yaml", ".csv"))

    def change(row: dict[str, str]) -> None:
        if row.get("note") and table.stat().st_size < 20_000:
            row["note"] = f"{row['note']} {texts('note of a row')}"

    _rewrite(table, change)
    facts = yaml.safe_load(sidecar.read_text("utf-8"))
    facts |= {name: texts(f"source: {name}") for name in ("publisher", "title", "licence", "note")}
    facts["address"] = f"https://source.example/{len(texts.fields)}/{GOOD_PATHS[len(texts.fields) % len(GOOD_PATHS)]}"
    facts["sha256"] = hashlib.sha256(table.read_bytes()).hexdigest()
    sidecar.write_text(yaml.safe_dump(facts, allow_unicode=True, width=4000), encoding="utf-8")


def _rewrite(path: Path, change: Callable[[dict[str, str]], None]) -> None:
    """Write a table again with changed rows."""
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))
    for row in rows:
        change(row)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")
