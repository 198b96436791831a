"""Changes of five kinds are planted between two editions: each is named as what it is, and the parts add up exactly."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
import typer
import yaml

from policyreport.errors import PolicyReportError
from policyreport.publishing.attribution import run_between
from policyreport.publishing.conclusions import compare
from policyreport.records.conclusions import Comparison, Reason, adds_up
from policyreport.running.execute.unit import Unit
from policyreport.running.made_from import MadeFrom, made_from
from policyreport.running.plan import EditionData, first_units_of, load_edition
from policyreport.running.store import record_path, write_whole

ROOT = Path(__file__).parents[2]
KINDS: tuple[Reason, ...] = ("new figures", "revisions", "definitions", "settings", "boundaries")
# A province that was merged and one that was not, and what is concluded of the country.
UNITS = {("n40", "trend"), ("n96", "trend"), ("VN", "targets"), ("VN", "economy"), ("VN", "tasks")}
PLANTED = 120
# Of each kind, next to changes of all kinds: each takes two chains of six editions.
AMONG_OTHERS = 3
# The first of their changes move something.
SEEDS = {"settings": 17, "new figures": 2}
# Series in which figures are planted: area, indicator, measure.
SERIES = [
    ("VN", "digital_economy_share", "nso"), ("VN", "digital_economy_share", "mic-mst"),
    ("n01", "digital_economy_share", "nso"), ("n40", "grdp_growth", "nso-px-web"),
    ("n96", "grdp_growth", "nso-px-web"), ("n40", "grdp_per_capita_current", "nso-px-web"),
    ("n96", "grdp_per_capita_current", "nso-px-web"), ("o96", "papi_transparency", "papi"),
    ("o40", "papi_e_governance", "papi"), ("VN", "tasks_completed", ""), ("n40", "tasks_completed", ""),
]  # fmt: skip
SECTIONS = ("completion", "flow", "harmonise", "outlook", "pace", "threshold", "trend")
TARGETS = ("R57-09", "R57-16", "R57-20", "R57-24", "NAT-01", "D11-01", "D11-03", "PROV-08")


@dataclass(frozen=True)
class Plant:
    """A change between two editions that are otherwise equal."""

    kind: Reason
    what: str
    old: MadeFrom
    new: MadeFrom


@pytest.fixture(scope="module")
def base() -> MadeFrom:
    """The edition of the fourth quarter, with the figures that the notebooks here read."""
    data = load_edition(ROOT, "2025Q4")
    made, read = made_from(ROOT, data), data.policy.read_indicators | {indicator for _, indicator, _ in SERIES}
    kept = made.ledger["indicator"].isin(read | {"tasks_total", "gdp_growth", "population_average"})
    return replace(made, ledger=made.ledger[kept])


@pytest.fixture(scope="module")
def run() -> Callable[[EditionData, Path], bool]:
    """Runs the cells of a few notebooks in this process, without their pictures; each slice once."""
    known: dict[str, bytes | None] = {}

    def in_process(data: EditionData, store: Path) -> bool:
        units = first_units_of(ROOT, data)
        for key, make in zip(units.keys, range(len(units)), strict=True):
            if key not in UNITS:
                continue
            unit: Unit = units[make]
            content = [unit.notebook, unit.area, *sorted(f"{name} {_hash(body)}" for name, body in unit.slice.items())]
            name = _hash("\n".join(content).encode())
            if name not in known:
                known[name] = _record(unit, store / "slices" / unit.area / unit.notebook)
            if (record := known[name]) is None:
                return False
            write_whole(record_path(store, *key), record)
        return True

    return in_process


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _record(unit: Unit, folder: Path) -> bytes | None:
    for name, body in unit.slice.items():
        write_whole(folder / name, body)
    space: dict[str, Any] = {**unit.parameters, "workspace": str(folder)}
    for cell in nbformat.reads(unit.source.decode(), as_version=4).cells:
        is_step = cell.cell_type == "code" and "parameters" not in cell.metadata.get("tags", [])
        if is_step and "\nplot." not in cell.source:
            try:
                exec(compile(cell.source, unit.notebook, "exec"), space)
            except PolicyReportError:
                return None
    return (folder / "record.json").read_bytes()


def plants(base: MadeFrom, seed: int, kinds: tuple[Reason, ...] = KINDS) -> Iterator[Plant]:
    """Changes of every kind in turn, without end."""
    draw = random.Random(seed)
    while True:
        for kind in kinds:
            yield MAKE[kind](base, draw)


def _figure(base: MadeFrom, draw: random.Random) -> pd.Series:
    area, indicator, measure = draw.choice(SERIES)
    rows = base.ledger[(base.ledger["area"] == area) & (base.ledger["indicator"] == indicator)]
    rows = rows[rows["measure"] == measure]
    newest = rows.sort_values("published").drop_duplicates(["list", "period", "reference_date"], keep="last")
    return newest.loc[draw.choice(list(newest.index))]


def _with(base: MadeFrom, row: pd.Series) -> MadeFrom:
    ledger = pd.concat([base.ledger, row.to_frame().T.astype(base.ledger.dtypes.to_dict())])
    return replace(base, ledger=ledger.rename_axis("id"))


def new_figure(base: MadeFrom, draw: random.Random) -> Plant:
    """A figure that the old edition did not know: one of today's, or one of another year or count."""
    row = _figure(base, draw)
    if draw.random() < 0.5 or len(row["period"]) != 4:
        about = ["area", "indicator", "measure", "list", "period"]
        kept = base.ledger[base.ledger[about].ne(row[about]).any(axis=1)]
        return Plant("new figures", f"{row.name} was not known", replace(base, ledger=kept), base)
    year = str(int(row["period"]) + draw.choice([1, 2, 3]))
    later = row.copy()
    later["period"], later["value"] = year, round(row["value"] * draw.uniform(0.9, 1.15), 2)
    later["published"], later.name = pd.Timestamp("2026-09-20"), f"{row['source']}.csv#9001"
    about = ["area", "indicator", "measure", "period"]
    taken = base.ledger[about].eq(later[about]).all(axis=1).any()
    return new_figure(base, draw) if taken else Plant("new figures", f"{row.name}, {year}", base, _with(base, later))


def revised_figure(base: MadeFrom, draw: random.Random) -> Plant:
    """Another value of a figure that the old edition knew, published later."""
    row = _figure(base, draw)
    later = row.copy()
    value = row["value"] * draw.choice([draw.uniform(0.8, 0.97), draw.uniform(1.03, 1.2)])
    later["value"] = float(round(value)) if row["unit"] == "tasks" else round(value, 3)
    later["published"], later["published_precision"] = pd.Timestamp("2026-09-20"), "day"
    later.name = f"{row['source']}.csv#9002"
    return Plant("revisions", f"{row.name}: {row['value']} → {later['value']}", base, _with(base, later))


def _edited(base: MadeFrom, file: str, edit: Callable[[Any], str]) -> tuple[MadeFrom, str]:
    body = yaml.safe_load(base.decisions[file])
    what = edit(body)
    text = yaml.safe_dump(body, allow_unicode=True, sort_keys=False).encode()
    return replace(base, decisions=base.decisions | {file: text}), f"{file}: {what}"


def changed_definition(base: MadeFrom, draw: random.Random) -> Plant:
    """Another threshold, another target, a list that the old edition did not know, or a break in a series."""

    def policy(body: Any) -> str:
        if kind == "threshold":
            body["threshold"]["value"] = draw.choice([12, 13, 14, 15, 17, 18, 19])
            return f"threshold {body['threshold']['value']}"
        if kind == "list":
            named = draw.choice(["central-2025-12-25", "province-nghe-an-assigned-2025-11", "government-71-2025-11"])
            body["lists"] = [entry for entry in body["lists"] if entry["id"] != named]
            return f"without list {named}"
        target = next(entry for entry in body["targets"] + body["related_targets"] if entry["id"] == id_)
        target["value"] = round(target["value"] * draw.uniform(0.3, 0.95), 1)
        return f"{id_} {target['value']}"

    def indicators(body: Any) -> str:
        entry = next(item for item in body["indicators"] if item["id"] == "grdp_growth")
        entry["breaks"] = [{"year": draw.choice([2022, 2023, 2024]), "reason": "planted"}]
        return f"break in {entry['breaks'][0]['year']}"

    kind, id_ = draw.choice(["threshold", "target", "target", "list", "break"]), draw.choice(TARGETS)
    file, edit = ("indicators", indicators) if kind == "break" else ("policy", policy)
    new, what = _edited(base, f"params/{file}.yaml", edit)
    return Plant("definitions", what, new, base) if kind == "list" else Plant("definitions", what, base, new)


def changed_setting(base: MadeFrom, draw: random.Random) -> Plant:
    """Another number in params/methods.yaml."""

    def edit(body: Any) -> str:
        section = body[draw.choice(SECTIONS)]
        name = draw.choice([key for key, entry in section.items() if isinstance(entry["value"], (int, float))])
        value = section[name]["value"]
        changed = value * draw.choice([0.1, 0.4, 0.7, 1.5, 3])
        section[name]["value"] = max(1, round(changed)) if isinstance(value, int) else round(changed, 6)
        return f"{name} {value} → {section[name]['value']}"

    new, what = _edited(base, "params/methods.yaml", edit)
    return Plant("settings", what, base, new)


def changed_boundary(base: MadeFrom, draw: random.Random) -> Plant:
    """A former province with another share of the province that it became a part of."""
    file = "data/boundaries/crosswalk.csv"
    rows = list(csv.DictReader(io.StringIO(base.decisions[file].decode())))
    merged = sorted({row["new"] for row in rows if row["relation"] == "merged"})
    new = draw.choice(["n96", draw.choice(merged)])
    parts = [row for row in rows if row["new"] == new]
    weights = [draw.uniform(0.2, 1) for _ in parts]
    for row, weight in zip(parts, weights, strict=True):
        for name in ("population", "grdp"):
            row[f"share_{name}_2022"] = f"{weight / sum(weights):.6f}"
        row["population_2022"] = str(round(float(row["population_2022"]) * weight))
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    decisions = base.decisions | {file: text.getvalue().encode()}
    return Plant("boundaries", f"parts of {new}", base, replace(base, decisions=decisions))


MAKE: dict[Reason, Callable[[MadeFrom, random.Random], Plant]] = {
    "new figures": new_figure,
    "revisions": revised_figure,
    "definitions": changed_definition,
    "settings": changed_setting,
    "boundaries": changed_boundary,
}


def attributed(plant: Plant, run: Callable[[EditionData, Path], bool], folder: Path) -> Comparison:
    """Attribute what a plant changed; an error where the new edition could not be made at all."""
    states, reasons = run_between(ROOT, plant.old, plant.new, folder / "work", run)
    return compare(("old", "new"), states, reasons[1:])


def judge(comparison: Comparison, kind: Reason) -> tuple[bool, bool]:
    """Whether every part has the planted reason and no other, and whether the parts of every movement add up."""
    named = {part.reasons for movement in comparison.movements for part in movement.parts}
    return named == {(kind,)}, all(adds_up(movement) for movement in comparison.movements)


@pytest.mark.parametrize("kind", KINDS)
def test_a_planted_change_is_named_as_what_it_is(kind: Reason, base: MadeFrom, run: Any, tmp_path: Path) -> None:
    moved = None
    for plant in plants(base, SEEDS.get(kind, 57), (kind,)):
        try:
            comparison = attributed(plant, run, tmp_path)
        except PolicyReportError:
            continue
        if comparison.movements:
            moved = comparison
            break
    assert moved is not None
    assert judge(moved, kind) == (True, True), plant.what


def test_changes_of_all_kinds_together_are_told_apart_and_add_up(base: MadeFrom, run: Any, tmp_path: Path) -> None:
    comparison = attributed(Plant("code", "all kinds", base, with_all_kinds(base)), run, tmp_path)
    assert {reason for movement in comparison.movements for reason in movement.reasons} == set(KINDS)
    assert all(adds_up(movement) for movement in comparison.movements)
    assert any(len(movement.parts) > 1 for movement in comparison.movements)


def with_all_kinds(made: MadeFrom) -> MadeFrom:
    """The same edition with one change of each kind."""
    made = _with(made, _later(made, "n40", "grdp_growth", "2025", 9.9))
    made = _with(made, _later(made, "VN", "digital_economy_share", "2025", 15.2, period="2026"))
    made, _ = _edited(made, "params/policy.yaml", lambda body: body["threshold"].update(value=15) or "")
    made, _ = _edited(made, "params/methods.yaml", lambda body: body["pace"]["too_slow_from"].update(value=0.1) or "")
    return changed_boundary(made, random.Random(7)).new


def _later(base: MadeFrom, area: str, indicator: str, year: str, value: float, period: str = "") -> pd.Series:
    at = base.ledger
    rows = at[(at["area"] == area) & (at["indicator"] == indicator) & (at["period"] == year)]
    row = rows[rows["measure"].isin(["nso", "nso-px-web"])].iloc[-1].copy()
    row["value"], row["period"], row["published"] = value, period or year, pd.Timestamp("2026-09-20")
    row.name = f"{row['source']}.csv#{9003 if period else 9004}"
    return row


@pytest.mark.thorough
def test_of_many_planted_changes_nearly_all_are_named_and_all_add_up(
    base: MadeFrom, run: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named: dict[Reason, list[bool]] = {kind: [] for kind in KINDS}
    wrong, summing, silent, refused = [], [], 0, 0
    for plant in plants(base, 2026):
        if all(len(found) >= PLANTED // len(KINDS) for found in named.values()):
            break
        if len(named[plant.kind]) >= PLANTED // len(KINDS):
            continue
        try:
            comparison = attributed(plant, run, tmp_path)
        except PolicyReportError:
            refused += 1
            continue
        if not comparison.movements:
            silent += 1
            continue
        right, sums = judge(comparison, plant.kind)
        named[plant.kind].append(right)
        summing.append(sums)
        if not right:
            wrong.append((plant.kind, plant.what))
    share = sum(map(sum, named.values())) / PLANTED
    counts = {kind: f"{sum(found)} of {len(found)}" for kind, found in named.items()}
    with capsys.disabled():
        typer.echo(f"\nnamed rightly {share:.1%}; add up {sum(summing)} of {len(summing)}; {json.dumps(counts)}")
        typer.echo(f"moved nothing {silent}, refused {refused}; wrong: {wrong}")
    assert share >= 0.95
    assert all(summing)


@pytest.mark.thorough
def test_among_changes_of_every_kind_a_planted_one_is_named(
    base: MadeFrom, run: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named: dict[Reason, list[bool]] = {kind: [] for kind in KINDS}
    wrong, summing, effects, plain = [], [], [], dict[str, Comparison]()
    for plant in plants(base, 2026):
        if all(len(found) >= AMONG_OTHERS for found in named.values()):
            break
        if len(named[plant.kind]) >= AMONG_OTHERS:
            continue
        try:
            moved = {}
            for planted, made in ((False, plant.old), (True, plant.new)):
                # Next to changes of every kind, the planted one among them or not.
                known = _hash(repr((sorted(made.decisions.items()), list(made.ledger.index))).encode())
                if planted or known not in plain:
                    pair = replace(plant, new=with_all_kinds(made))
                    found = attributed(pair, run, tmp_path)
                    plain |= {} if planted else {known: found}
                moved[planted] = found if planted else plain[known]
        except (PolicyReportError, IndexError):
            continue
        differing = _moved_by_plant(moved[False], moved[True], plant.kind)
        if not differing:
            continue
        effects += differing
        named[plant.kind].append(all(differing))
        summing.append(all(adds_up(movement) for movement in moved[True].movements))
        if not all(differing):
            wrong.append((plant.kind, plant.what, sum(differing), len(differing)))
    share = sum(map(sum, named.values())) / (AMONG_OTHERS * len(KINDS))
    counts = {kind: f"{sum(found)} of {len(found)}" for kind, found in named.items()}
    with capsys.disabled():
        typer.echo(f"\nnamed rightly {share:.1%}; add up {sum(summing)} of {len(summing)}; {json.dumps(counts)}")
        typer.echo(f"findings moved by the planted change: {sum(effects)} of {len(effects)} named; wrong: {wrong}")
    assert share >= 0.95
    assert all(summing)


def _moved_by_plant(without: Comparison, planted: Comparison, kind: Reason) -> list[bool]:
    """Of each finding that came out otherwise because of the plant: whether the part of its kind did."""
    sides = [{item.about.key: item for item in comparison.movements} for comparison in (without, planted)]
    found = []
    for key in sides[0].keys() | sides[1].keys():
        items = [side.get(key) for side in sides]
        ends = [item and item.new and (item.new.value, item.new.verdict) for item in items]
        parts = [[part for part in item.parts if kind in part.reasons] if item else [] for item in items]
        unmoved = next((item.old for item in items if item), None)
        before = unmoved and (unmoved.value, unmoved.verdict)
        ends = [end if item else before for end, item in zip(ends, items, strict=True)]
        if ends[0] != ends[1]:
            found.append(parts[0] != parts[1])
    return found
