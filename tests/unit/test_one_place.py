"""What stands in params/ stands nowhere in the code: a changed decision moves every page, figure and message."""

from __future__ import annotations

import ast
import dataclasses
import datetime
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import policyreport
from policyreport.data.inputs import Inputs
from policyreport.figures.tiles import share_map
from policyreport.params.methods import read_method_settings
from policyreport.params.wording import read_wording
from policyreport.publishing.page_values import page_filters
from policyreport.publishing.provenance import read_provenance
from policyreport.records.notebooks import LeagueRow
from policyreport.running.plan import EditionData

ROOT = Path(__file__).parents[2]
PACKAGE = Path(policyreport.__file__).parent
# Where decisions are used. Drawings, machinery and formats of files have numbers of their own; the study of the methods
# is held equal to params/ by its own tests, because its kept results were made with them.
ROOMS = (
    "data/harmonise", "data/notes", "data/rules", "publishing/provenance", "records", "statistics"
)  # fmt: skip
LEFT_OUT = ("records/digits", "records/markdown", "records/marks", "statistics/validity")
LARGEST_COMMON = 12
"""Whole numbers to here are counts, places and decimals everywhere."""
COMMON = {0.5, 100.0, 1000.0}
"""A half, a per cent and thousands."""
ALLOWED = {
    ("statistics/common/intervals.py", 0.05): "every interval is a 95% one (METHODS §0): a convention, no setting",
    ("records/base.py", 0.95): "the same",
    ("records/formats.py", 0.001): "p below it is printed as < 0.001 (METHODS §0, Printing)",
    ("records/formats.py", 0.01): "a probability nearer to 0 or 1 is not told by digits",
    ("records/formats.py", 50.0): "the middle of a percentage",
    ("statistics/tasks/frailty.py", 1e-8): "tolerance of a root",
    ("statistics/tasks/frailty.py", 30.0): "end of a search",
    ("statistics/tasks/hazard_trend.py", 14.0): "end of a search",
    ("statistics/tasks/hazard_trend.py", 50.0): "iterations of an optimiser",
    ("statistics/tasks/hazards.py", 30.0): "the days of a month that hazards are put on, a unit",
    ("statistics/series/kendall.py", 18.0): "Kendall's variance",
    ("statistics/series/panel_fits.py", 2000.0): "iterations of an optimiser",
    ("statistics/ranks/moderation.py", 1e-6): "below it a function is its own limit, to all digits",
    ("statistics/ranks/moderation.py", 50.0): "iterations of a search",
    ("statistics/ranks/stepdown.py", 1e-6): "tolerance of a first search",
    ("statistics/ranks/stepdown.py", 60.0): "halvings of a panel",
    ("data/rules/time.py", 31.0): "the last day of a year",
    ("data/rules/identities.py", 0.01): "half a unit of the last of two decimals, twice",
}


def values_of(body: Any) -> Iterator[Any]:
    """Every scalar in a parameter file, without the words that explain it."""
    if isinstance(body, dict):
        for name, part in body.items():
            if name not in ("reason", "unit", "label", "reference", "legal_reference", "note", "title", "definition"):
                yield from values_of(part)
    elif isinstance(body, list):
        for part in body:
            yield from values_of(part)
    else:
        yield body


def params(name: str) -> Any:
    return yaml.safe_load((ROOT / "params" / f"{name}.yaml").read_text(encoding="utf-8"))


def constants(path: Path) -> Iterator[ast.Constant]:
    """The constants of a module, its docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in told)


def modules() -> list[Path]:
    """All but the study of the methods, see `ROOMS`."""
    return sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE / "statistics" / "validity")


def decided_numbers() -> set[float]:
    """Every number that a person chose for a method, a rule, the map, the threshold or a target."""
    settings = [each["value"] for section in params("methods").values() for each in section.values()]
    settings += [each["value"] for each in params("rules")["settings"].values()]
    policy, report = params("policy"), params("report")
    settings += [report["map"], report["likeness"], report["product_year"], policy["threshold"], policy["targets"]]
    found = {float(value) for value in values_of(settings) if isinstance(value, (int, float)) and value is not True}
    return {each for each in found if not (each == int(each) and 0 <= each <= LARGEST_COMMON)} - COMMON


def test_a10_no_number_of_params_stands_in_the_code_again() -> None:
    decided = decided_numbers()
    found: dict[tuple[str, float], int] = {}
    for path in modules():
        name = path.relative_to(PACKAGE).as_posix()
        if name.startswith(ROOMS) and not name.startswith(LEFT_OUT):
            for node in constants(path):
                if isinstance(node.value, (int, float)) and float(node.value) in decided:
                    found[name, float(node.value)] = node.lineno
    again = {place: line for place, line in found.items() if place not in ALLOWED}
    assert again == {}
    assert set(ALLOWED) <= set(found), "what is allowed must be there"


def test_a10_no_name_or_day_of_params_stands_in_the_code_again() -> None:
    names = {each["id"] for each in params("indicators")["indicators"] if "_" in each["id"]}
    report, policy = params("report"), params("policy")
    names |= {each["name"] for each in report["likeness"]} | set(report["measure_labels"]) - {"press", "secondary"}
    names |= {each["id"] for key in ("lists", "targets", "milestones") for each in policy[key]} | {report["nation"]}
    days = {str(value) for value in values_of([policy, params("methods")]) if isinstance(value, datetime.date)}
    again = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}: {node.value}"
        for path in modules()
        for node in constants(path)
        if isinstance(node.value, str) and (node.value in names or node.value in days)
    ]
    assert again == []


def test_a10_no_sentence_of_params_stands_in_the_code_again() -> None:
    wording = params("wording")
    texts = {value for value in values_of(wording) if isinstance(value, str) and len(value.split()) > 2}
    texts |= {text["vi"] for family in wording["verdicts"].values() for text in family.values()}
    texts -= {word for family in wording["verdicts"].values() for word in family}  # keys, checked by type
    again = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}: {node.value}"
        for path in modules()
        for node in constants(path)
        if isinstance(node.value, str) and node.value in texts
    ]
    assert again == []


# ---- a changed decision moves everything -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def other_bands() -> dict[str, Callable[..., object]]:
    """The filters of templates with other cut points between the words for a probability."""
    provenance = read_provenance(ROOT, "2025Q4")
    sections = provenance.registry.settings
    own = sections["conventions"]["probability_bands"].model_copy(update={"value": [0.1, 0.33, 0.67, 0.9]})
    moved = sections | {"conventions": sections["conventions"] | {"probability_bands": own}}
    registry = provenance.registry.model_copy(update={"settings": moved})
    return page_filters(dataclasses.replace(provenance, registry=registry), read_wording(ROOT))


def test_a10_sentence_and_table_tell_a_probability_by_the_same_bands(
    other_bands: dict[str, Callable[..., object]],
) -> None:
    for probability, words, cell in (
        (0.02, "less than 10%", "< 10%"),
        (0.2, "between 10 and 33%", "10–33%"),
        (0.5, "between 33 and 67%", "33–67%"),
        (0.99, "more than 90%", "> 90%"),
    ):
        assert other_bands["certainty"](probability) == words
        assert other_bands["chance"](probability, ()) == words
        assert other_bands["chance_range"](probability, ()) == words
        assert str(other_bands["band"](probability)).replace("\u00a0", " ") == cell


def test_a10_the_map_has_the_threshold_as_a_bound_wherever_it_lies(
    known_q4: EditionData, slice_of: Callable[..., Inputs]
) -> None:
    inputs = slice_of(known_q4, "quality", "VN")
    threshold = inputs.policy.threshold.model_copy(update={"value": 18.5})
    moved = dataclasses.replace(inputs, policy=inputs.policy.model_copy(update={"threshold": threshold}))
    row = LeagueRow(area="n01", name="Hà Nội", slug="ha-noi", region="", share=17.34, share_year="2025")
    svg = next(iter(share_map([row], moved).files.values()))
    classes = ("below 10", "10 to 18.5", "18.5 to 20", "20 to 30", "30 or more")
    assert [each for each in classes if f">{each}<" not in svg] == []


def test_a10_steps_are_looked_for_at_the_day_of_the_policy(
    known_q4: EditionData, slice_of: Callable[..., Inputs]
) -> None:
    inputs = slice_of(known_q4, "series", "VN")
    day = datetime.date(2023, 5, 1)
    moved = dataclasses.replace(inputs, policy=inputs.policy.model_copy(update={"date": day}))
    assert moved.step_days == (day, datetime.date(2025, 7, 1))
    assert read_method_settings(ROOT).trend.step_dates == ("policy", "mergers")
