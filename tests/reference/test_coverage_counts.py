"""How many provinces each refusal and flag hits on the published figures: the table of METHODS §18.

It needs the records of all provinces: ``BUILD=build/2025Q4 pytest tests/reference/test_coverage_counts.py``, or
``--all``.
"""

import dataclasses

import pytest

from policyreport import count_codes
from policyreport.data.inputs import Inputs
from policyreport.statistics.scorecard.coverage import raised

pytestmark = pytest.mark.edition


@pytest.fixture(scope="module")
def counts(nation: Inputs, records) -> dict[tuple[str, str, str], int]:
    """What the coverage page prints, by method, subject and code."""
    made = {key: record for key, record in records.items() if key[1] in ("trend", "compare")}
    found = count_codes(dataclasses.replace(nation, records=made))
    assert {each.of for each in found} == {34}
    return {(each.method, each.subject, each.code): each.areas for each in found}


@pytest.mark.parametrize(
    ("key", "areas"),
    [
        (("threshold", "digital_economy_share (nso)", "not-published"), 28),
        (("threshold", "digital_economy_share", "no-vintage-history"), 6),
        (("trend", "grdp_growth", "weak"), 34),
        (("trend", "grdp_growth", "unrevised-tail"), 34),
        (("trend", "grdp_growth", "starts-in-shock"), 34),
        (("trend", "papi_administrative_procedures", "break-in-series"), 34),
        (("trend", "papi_e_governance", "too-few-points"), 3),
        (("trend", "papi_environmental_governance", "too-few-points"), 1),
        (("trend", "papi_transparency", "too-few-points"), 2),
        (("trend", "papi_control_of_corruption", "gap-in-series"), 3),
        (("trend", "papi_participation", "gap-in-series"), 2),
        (("trend", "papi_public_service_delivery", "gap-in-series"), 2),
        (("trend", "papi_vertical_accountability", "gap-in-series"), 2),
        (("peers", "grdp_growth", "no-close-peer"), 3),
        (("published-rank", "grdp_growth", "no-sampling-error"), 34),
        (("published-rank", "grdp_per_capita_current", "no-sampling-error"), 34),
    ],
)
def test_the_coverage_page_counts_what_the_specification_counted(counts, key, areas) -> None:
    assert counts[key] == areas


def test_no_growth_trend_is_refused(records, counts) -> None:
    refused = {
        (subject, code)
        for (_, notebook), record in records.items()
        for method, subject, code, kind in raised(record)
        if notebook == method == "trend" and kind == "refusal"
    }
    assert not [code for subject, code in refused if subject == "grdp_growth"]
    assert not [key for key in counts if key[:2] == ("trend", "grdp_growth") and key[2] in ("too-few-points",)]


@pytest.mark.parametrize("index", ["dti_score", "pii_score", "pci_score"])
def test_no_index_is_trended_in_any_province(counts, index) -> None:
    found = {code: areas for (method, subject, code), areas in counts.items() if (method, subject) == ("trend", index)}
    assert sum(found.values()) == 34
    # §18 names three reasons; where a province's parts published nothing at all there is a fourth.
    assert set(found) <= {"too-few-points", "not-a-measurement", "top-n-list", "not-published"}


def test_a_refusal_that_stands_beside_a_printed_place_is_counted_among_the_refusals(nation: Inputs, records) -> None:
    made = {key: record for key, record in records.items() if key[1] == "compare"}
    found = count_codes(dataclasses.replace(nation, records=made))
    kinds = {each.code: each.kind for each in found}
    assert kinds["no-sampling-error"] == "refusal"
    assert [code for code, kind in kinds.items() if kind != nation.wording.codes[code].kind] == []
