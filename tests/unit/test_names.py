"""How the report speaks: keys, dates and counts of methods and rules become words for readers."""

import dataclasses
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from policyreport.data.inputs import Inputs
from policyreport.publishing.names import Names
from policyreport.publishing.provenance import read_provenance
from policyreport.records.base import Refusal
from policyreport.running.plan import EditionData

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def inputs(known_q4: EditionData, slice_of: Callable[..., Inputs]) -> Inputs:
    return slice_of(known_q4, "clean", "n01")


@pytest.fixture(scope="module")
def names(inputs: Inputs) -> Names:
    """The names by what a province's slice knows."""
    sources = {source.id: source for source in inputs.sources}
    provenance = dataclasses.replace(read_provenance(ROOT, "2025Q4"), ledger=inputs.observations, sources=sources)
    return Names(provenance, inputs.wording)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("the list differs: 601 of 1287, then 1227 of 1298", "the list differs: 601 of 1,287, then 1,227 of 1,298"),
        ("total 197", "197 tasks on the list"),
        ("1 kind: centre-to-province", "1 kind: tasks given by the centre"),
        ("GRDP (press), 2024-Q2: still an estimate", "GRDP (press), the second quarter of 2024: still an estimate"),
        ("published 2025-10-01, before 2025-12-31", "published 1 October 2025, before 31 December 2025"),
        ("Hà Nội (o01), 2024: only ~ 1430000.", "Hà Nội, 2024: only about 1,430,000."),
        ("E-governance (PAPI) (papi) ends in 2023.", "E-governance (PAPI) ends in 2023."),
        ("cafef/pii-2025, 2025", "CafeF, “PII 2025: the first five”, 2025"),
        ("tasks_completed read as tasks_total", "“Tasks completed” read as “Tasks on the list”"),
        ("6 of 20 years", "6 of 20 years"),
    ],
)  # fmt: skip
def test_facts_are_read_without_keys(names: Names, written: str, read: str) -> None:
    assert str(names.filters["facts"](written)).replace("\u00a0", " ") == read


def test_a_date_known_to_the_month_is_printed_as_a_month(names: Names, inputs: Inputs) -> None:
    ledger, facts = inputs.observations, names.filters["facts"]
    for exact, length in (("day", 3), ("month", 2), ("year", 1)):
        row = ledger[ledger["published_precision"] == exact].iloc[0]
        printed = names.published_on([str(row.name)], row["published"].date())
        assert len(printed.replace("\u00a0", " ").split()) == length, (exact, printed)
    told = ledger[ledger["published_precision"] == "year"].iloc[0]
    day = told["published"].date()
    assert facts(f"1 ({day})", [str(told.name)]) == f"1 ({day.year})"
    written = names.published_on((), date(2025, 1, 31))
    assert len(written.replace("\u00a0", " ").split()) == 3
    assert str(facts("1 (2025-01-31)")).replace("\u00a0", " ") == f"1 ({written})".replace("\u00a0", " ")


def test_a_refusal_is_a_sentence_with_its_facts_and_no_code(say: Callable[..., str], inputs: Inputs) -> None:
    refused = Refusal(code="list-changed", method="flow", detail="103 of 600")
    said = say("national", "refused", refused, "Pace", data=inputs)
    assert "list-changed" not in said
    assert "**Pace.** The list of tasks changed" in said
    assert said.endswith("side by side (103 of 600).\n:::")


def test_every_code_has_a_name_of_a_few_words_that_is_not_the_code(names: Names, inputs: Inputs) -> None:
    for code in inputs.wording.codes:
        name = str(names.filters["short"](code))
        assert 0 < len(name.split()) <= 6, code
        assert not name.endswith(".")
        assert "-" not in name, code
