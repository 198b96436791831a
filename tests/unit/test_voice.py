"""How the report speaks: keys, dates and counts of methods and rules become words for readers."""

from datetime import date

import pytest

from policyreport.figures.present.voice import Voice
from policyreport.records.base import Refusal
from policyreport.running.plan import EditionData


@pytest.fixture(scope="module")
def voice(known_q4: EditionData, slice_of) -> Voice:
    return Voice(slice_of(known_q4, "clean", "n01"))


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
def test_facts_are_read_without_keys(voice: Voice, written: str, read: str) -> None:
    assert voice.facts(written).replace("\u00a0", " ") == read


def test_a_date_known_to_the_month_is_printed_as_a_month(voice: Voice) -> None:
    ledger = voice.inputs.observations
    for exact, length in (("day", 3), ("month", 2), ("year", 1)):
        row = ledger[ledger["published_precision"] == exact].iloc[0]
        printed = voice.published_on([str(row.name)], row["published"].date())
        assert len(printed.replace("\u00a0", " ").split()) == length, (exact, printed)
    told = ledger[ledger["published_precision"] == "year"].iloc[0]
    day = told["published"].date()
    assert voice.facts(f"1 ({day})", [str(told.name)]) == f"1 ({day.year})"
    assert voice.facts("1 (2025-01-31)").replace("\u00a0", " ") == f"1 ({voice.date(date(2025, 1, 31))})".replace(
        "\u00a0", " "
    )


def test_a_refusal_is_a_sentence_with_its_facts_and_no_code(voice: Voice) -> None:
    said = voice.refusal(Refusal(code="list-changed", method="flow", detail="103 of 600"), "Pace")
    assert "list-changed" not in said
    assert "**Pace.** The list of tasks changed" in said
    assert said.endswith("side by side (103 of 600).\n:::")


def test_every_code_has_a_name_of_a_few_words_that_is_not_the_code(voice: Voice) -> None:
    for code in voice.inputs.wording.codes:
        name = voice.short(code)
        assert 0 < len(name.split()) <= 6, code
        assert not name.endswith(".")
        assert "-" not in name, code
