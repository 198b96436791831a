"""What the methods page and the tables of refusals and warnings say of the published figures."""

import re
from pathlib import Path

import pytest

from policyreport import count_codes
from policyreport.data.inputs import Inputs
from policyreport.data.quality import count_bases
from policyreport.params.wording import read_wording
from policyreport.publishing.method_values import method_use, method_values, recalculated
from policyreport.publishing.names import name_filters
from policyreport.publishing.provenance import Provenance, read_provenance
from policyreport.publishing.quality_values import by_question
from policyreport.publishing.templates import Templates
from policyreport.records.formats import NBSP
from policyreport.records.markdown import as_read
from policyreport.records.notebooks import CodeCount
from policyreport.statistics.shares.pace import pace_of_share
from policyreport.statistics.shares.threshold import share_against
from policyreport.statistics.tasks.completion import completion_of_lists
from policyreport.statistics.tasks.quarters import quarter_on_quarter

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def provenance() -> Provenance:
    """What the edition of September 2026 may cite."""
    return read_provenance(ROOT, "2025Q4")


def methods_page(provenance: Provenance, use: dict[str, tuple[int, int]]) -> str:
    """The methods page of an edition that used its methods so often, as a reader sees it."""
    wording = read_wording(ROOT)
    templates = Templates(ROOT / "reports" / "en", provenance.formats, name_filters(provenance, wording))
    return as_read(templates.fill("methods.qmd", method_values(use, provenance, wording))).replace(NBSP, " ")


@pytest.fixture(scope="module")
def page(provenance: Provenance) -> str:
    """The methods page as if every method had answered."""
    return methods_page(provenance, dict.fromkeys(provenance.registry.methods, (3, 2)))


def row(page: str, label: str) -> list[str]:
    """Cells of one setting."""
    (line,) = [line for line in page.splitlines() if line.startswith(f"| {label} |")]
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("nearest provinces compared", "5"),
        (
            "likeness is measured by",
            "Average population 2024 (log), GRDP per head, current prices 2023 (log), "
            "Urban share of the population 2024",
        ),
        ("weights of the wild bootstrap (Webb's)", "±√1.5, ±1, ±√0.5"),
        ("carry-over assumed in the line (ρ)", "0, 0.3, 0.6"),
        ("grid cells left out below", "0.00000001"),
        ("possible steps", "the day of the policy, the first day of the present boundaries"),
    ],
)
def test_settings_stand_in_words_that_readers_understand(page: str, label: str, value: str) -> None:
    assert row(page, label)[1] == value


def test_no_key_of_the_code_stands_in_a_table_of_settings(page: str) -> None:
    cells = [line.split("|")[1:3] for line in page.splitlines() if line.startswith("| ")]
    text = " ".join(cell for pair in cells for cell in pair)
    assert re.findall(r"\bln[_ ]\w+|\b\w+_\w+|\d{4}-\d\d-\d\d|\de-\d\d|\d\.\d{9,}", text) == []


def test_pace_lists_no_verdict_that_it_cannot_give(page: str) -> None:
    said = page.split("{#method-pace}")[1].split("**Verdicts.** ")[1].split("\n")[0]
    assert "*held*" in said
    assert "*cannot tell apart*" in said
    assert [word for word in ("above", "list changed", "not published") if f"*{word}*" in said] == []


def test_values_on_present_boundaries_are_counted_as_the_data_quality_page_counts_them(
    nation: Inputs, made_record, provenance: Provenance, say
) -> None:
    table = say("boundaries", "bases", count_bases(nation), data=nation)
    body = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("|")]
    column = [cell.strip() for cell in body[0]].index("Our recalculation")
    again = sum(int(cells[column].strip().replace(",", "")) for cells in body[2:])
    record = made_record(nation, "clean")
    assert recalculated(record) == again > 1000
    assert method_use([record], nation.registry)["harmonise"][0] == again
    section = methods_page(provenance, {"harmonise": (again, 0)}).split("{#method-harmonise}")[1]
    said = " ".join(section.split("\n## ")[0].split())
    assert f"Values recalculated in this edition: {again:,}; refusals: 0." in said


@pytest.fixture(scope="module")
def national_codes(nation: Inputs) -> dict[tuple[str, str, str], CodeCount]:
    """Refusals and warnings of the nation's own results."""
    own = [
        completion_of_lists(nation.tasks, nation.settings.completion),
        quarter_on_quarter(nation.tasks, nation.settings.flow),
        share_against(nation.shares, nation.threshold, nation.settings.threshold),
        pace_of_share(nation.shares, nation.targets, nation.settings.pace),
    ]
    return {(each.method, each.subject, each.code): each for each in count_codes(nation, (), own)}


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        (("threshold", "digital_economy_share", "measure-flip"), "flag"),
        (("pace", "digital_economy_share", "vintage-mixed"), "flag"),
        (("quarter-on-quarter", "tasks of the resolution", "basis-suspect"), "flag"),
        (("flow", "tasks of the resolution", "list-changed"), "refusal"),
        (("completion", "Government programme, work for the second half of 2025", "not-published"), "refusal"),
    ],
)
def test_what_is_refused_or_warned_of_for_the_nation_is_counted(national_codes, key, kind) -> None:
    assert (national_codes[key].nation, national_codes[key].kind) == (True, kind)


def test_the_tables_show_the_country_next_to_the_provinces(provenance: Provenance, quality_printed) -> None:
    counts = [
        CodeCount(
            method="published-rank", subject="grdp_growth", code="no-sampling-error", kind="refusal", areas=34, of=34
        ),
        CodeCount(
            method="ranks", subject="grdp_growth", code="no-sampling-error", kind="refusal", areas=0, of=34, nation=True
        ),
        CodeCount(
            method="trend",
            subject="grdp_growth cusum",
            code="too-few-points",
            kind="refusal",
            areas=0,
            of=34,
            nation=True,
        ),
        CodeCount(
            method="exposure", subject="grdp_growth", code="one-post-period", kind="flag", areas=0, of=34, nation=True
        ),
    ]
    rows = by_question(counts, provenance.registry)
    refusals, warnings = ([row for row in rows if row.kind == kind] for kind in ("refusal", "flag"))
    page = as_read(quality_printed(refusals=refusals, warnings=warnings)).replace(NBSP, " ")
    refused, warned = page.split("{#tbl-codes ")[1].split("{#tbl-flags ")
    assert re.search(r"`no-sampling-error` \| 34 of 34 \| yes \|", refused)
    assert refused.count("`no-sampling-error`") == 1
    assert "Refusals: 34 for provinces, 2 for the country or a comparison of all provinces." in refused
    assert "Growth of GRDP, wandering residuals (CUSUM)" in refused
    assert re.search(r"`one-post-period` \| [^|]* \| yes \|", warned)
