"""Every refusal and flag is produced: by some province or the country of the present ledger, or by a named test.

What the ledger produces is looked for in a whole edition: ``BUILD=build/2025Q4 pytest tests/reference/test_codes.py``,
or with ``--all``.
"""

import ast
import os
from functools import cache
from pathlib import Path

import pytest

from policyreport.data.inputs import Inputs
from policyreport.params.wording import read_wording
from policyreport.records.notebooks import FIRST_NATIONAL
from policyreport.statistics.scorecard.coverage import raised

ROOT = Path(__file__).parents[2]
BUILD = "BUILD" in os.environ
LEDGER = "the present ledger"
TESTS = ROOT / "tests"

# Where each code comes from: the ledger, or the test that makes it.
PRODUCED = {
    "not-published": LEDGER,
    "list-changed": LEDGER,
    "list-too-short": LEDGER,
    "date-approximate": LEDGER,
    "interval-too-short": LEDGER,
    "too-few-points": LEDGER,
    "too-few-areas": "unit/test_pooling.py::test_lists_that_cannot_be_pooled_are_refused",
    "lists-differ": LEDGER,
    "no-deadline": "unit/test_outlook.py::test_what_flow_refuses_and_a_missing_deadline_have_no_outlook",
    "measure-mixed": "unit/test_peers.py::test_two_measures_are_not_compared",
    "break-in-series": LEDGER,
    "gap-in-series": LEDGER,
    "part-missing": "unit/test_share_words.py::test_without_a_provinces_figure_or_a_weight_nothing_is_left",
    "top-n-list": LEDGER,
    "not-a-measurement": LEDGER,
    "no-sampling-error": LEDGER,
    "projection-only": "unit/test_threshold.py::test_a_projection_is_refused",
    "bound-only": LEDGER,
    "too-few-revisions": LEDGER,
    "no-convergence": "unit/test_panel.py::test_a_panel_without_noise_has_no_answer",
    "basis-suspect": LEDGER,
    "sum-short": "unit/test_completion.py::test_parts_that_miss_the_total_by_more_than_one_percent_are_flagged",
    "no-vintage-history": LEDGER,
    "vintage-mixed": LEDGER,
    "weak": LEDGER,
    "unrevised-tail": LEDGER,
    "starts-in-shock": LEDGER,
    "ends-before-policy": LEDGER,
    "back-cast": LEDGER,
    "renormalised": "unit/test_province_words.py::test_a_value_without_a_small_part_is_flagged_on_the_page",
    "boundary-fit": LEDGER,
    "no-close-peer": LEDGER,
    "one-post-period": LEDGER,
    "few-treated": "unit/test_exposure.py::test_a_small_arm_of_a_binary_exposure_is_flagged",
    "coincides-with-merger": LEDGER,
    "form-flip": "unit/test_pace.py::test_forms_in_different_bands_leave_the_worse_as_headline",
    "measure-flip": LEDGER,
    "part-year": LEDGER,
    "prior-flip": LEDGER,
    "wanders": "unit/test_lines.py::test_a_family_that_may_only_drift_names_nobody_and_says_so",
    "questions-revised": LEDGER,
    "vintage-flip": "reference/test_series_findings.py::test_a_vintage_that_turned_the_verdict_is_flagged",
}


@pytest.fixture(scope="module")
def produced(nation: Inputs, records, made_record) -> set[str]:
    """Every code in a record of the edition."""
    if BUILD:
        return {code for record in records.values() for _, _, code, _ in raised(record)}
    national = [made_record(nation, notebook) for notebook in FIRST_NATIONAL]
    return {code for record in (*records.values(), *national) for _, _, code, _ in raised(record)}


def test_the_table_names_every_code() -> None:
    assert set(PRODUCED) == set(read_wording(ROOT).codes)


@pytest.mark.edition
@pytest.mark.parametrize("code", [code for code, where in PRODUCED.items() if where == LEDGER])
def test_the_ledger_produces(code: str, produced: set[str]) -> None:
    assert code in produced


@cache
def functions(path: str) -> dict[str, str]:
    """Source of a test file's functions, their decorators included."""
    text = (TESTS / path).read_text(encoding="utf-8")
    lines = text.splitlines()
    tests = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    first = {node.name: min([node.lineno, *(each.lineno for each in node.decorator_list)]) for node in tests}
    return {node.name: "\n".join(lines[first[node.name] - 1 : node.end_lineno]) for node in tests}


@pytest.mark.parametrize(("code", "where"), [(code, where) for code, where in PRODUCED.items() if where != LEDGER])
def test_a_named_test_produces(code: str, where: str) -> None:
    path, _, name = where.partition("::")
    assert name in functions(path)
    assert f'"{code}"' in functions(path)[name]


@pytest.mark.edition
def test_what_the_ledger_produces_stands_in_the_table(produced: set[str]) -> None:
    assert produced == {code for code, where in PRODUCED.items() if where == LEDGER}
