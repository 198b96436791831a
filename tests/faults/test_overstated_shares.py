"""Nothing said of a share claims more than holds: its chance, its bar, its year, what its total tells of the rest."""

import dataclasses
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from policyreport.data.inputs import Inputs
from policyreport.records.markdown import unmarked
from policyreport.running.plan import EditionData
from policyreport.statistics.scorecard.specifications import threshold_specifications
from policyreport.statistics.shares.aggregate import aggregate_shares
from policyreport.statistics.shares.pace import pace_of_share
from policyreport.statistics.shares.revisions import revisions_of_share
from policyreport.statistics.shares.threshold import other_quantity, share_against

LINE = 16.0


def plain(text: str) -> str:
    """Text without marks and fixed spaces."""
    return unmarked(text).replace("\u00a0", " ")


@pytest.fixture
def exhibits(say: Callable[..., str]) -> Callable[[Inputs], dict[str, str]]:
    """Print the parts of the share's page, each by its name."""

    def printed(inputs: Inputs) -> dict[str, str]:
        share = share_against(inputs.shares, inputs.threshold, inputs.settings.threshold)
        pace = pace_of_share(inputs.shares, inputs.targets, inputs.settings.pace)
        parts = {
            "share-lead": ("shares", "national_lead", share),
            "share": ("shares", "national", share),
            "share-table": ("shares", "every_figure", share),
            "share-priors": ("shares", "priors", share),
            "revisions": ("shares", "revisions", revisions_of_share(inputs.shares, inputs.settings.revisions)),
            "pace": ("targets", "pace", pace, share),
            "pace-table": ("targets", "every_pace", pace),
            "other-quantity": (
                "other-quantity",
                "announced",
                other_quantity(inputs.shares, inputs.threshold, inputs.settings.threshold),
            ),
        }
        return {name: plain(say(*part, data=inputs)) for name, part in parts.items()}

    return printed


@pytest.fixture
def overview(say: Callable[..., str]) -> Callable[[Inputs], str]:
    """Print the findings on shares of the front page."""

    def printed(inputs: Inputs) -> str:
        economy = SimpleNamespace(
            share=share_against(inputs.shares, inputs.threshold, inputs.settings.threshold),
            pace=pace_of_share(inputs.shares, inputs.targets, inputs.settings.pace),
            other_quantity=other_quantity(inputs.shares, inputs.threshold, inputs.settings.threshold),
        )
        national = {"tasks": None, "economy": economy, "provinces": None}
        return plain(say("overview", "findings", national, data=inputs))

    return printed


def rows_of(table: str) -> list[list[str]]:
    """Cells of a Markdown table's body."""
    lines = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


# ---- the chance of a revision ------------------------------------------------------------------------------


def test_e3_a_chance_that_hangs_on_the_prior_is_a_range(
    nation: Inputs, exhibits: Callable[[Inputs], dict[str, str]], overview: Callable[[Inputs], str]
) -> None:
    pages = [*exhibits(nation).values(), overview(nation)]
    assert not [page for page in pages if "less than 1%" in page]
    assert "0.03% to 6%, by what is assumed about revisions" in overview(nation)
    chances = {tuple(row[:2]): row[7] for row in rows_of(exhibits(nation)["share-table"])}
    assert chances["NSO", "2025"] == "0.03% to 6%"


def test_e3_the_bar_of_a_verdict_does_not_cross_the_line(
    nation: Inputs, exhibits: Callable[[Inputs], dict[str, str]]
) -> None:
    judged = {tuple(row[:2]): row for row in rows_of(exhibits(nation)["share-table"])}
    assert len(judged) == 11
    for (measure, year), row in judged.items():
        low, high = (float(end) for end in row[5].split("–"))
        crosses = low < LINE < high
        verdict = re.match(r"\*(.*?)\*", row[6])[1]
        assert crosses == (verdict == "cannot tell apart"), (measure, year, row[5], verdict)


# ---- a figure for part of a year -----------------------------------------------------------------------------


def with_figure(inputs: Inputs, area: str, period: str, value: float, **changes: object) -> Inputs:
    """The slice with one more figure of the office's share, made after the pattern of the nation's newest."""
    rows = inputs.observations
    like = rows.loc["nso/digital-economy-2026-01-05.csv#2" if area == "VN" else rows.index[-1]].to_dict()
    role, known = inputs.roles.share, {"status": "estimate", "bound": "=", "quality": "", "note": "", "list": ""}
    like |= {
        "indicator": role.indicator,
        "measure": role.headline_measure,
        "unit": f"% of {'GDP' if area == 'VN' else 'GRDP'}",
    }
    like |= known | {"area": area, "period": period, "value": value, "published": pd.Timestamp("2026-09-06"), **changes}
    like |= {"published_precision": "day", "reference_date": pd.NaT, "newest": True}
    added = pd.DataFrame([like], index=pd.Index([f"nso/later.csv#{period}"], name=rows.index.name))
    return dataclasses.replace(inputs, observations=pd.concat([rows, added.astype(rows.dtypes.to_dict())]))


@pytest.fixture(scope="module")
def third_quarter(nation: Inputs) -> Inputs:
    return with_figure(nation, "VN", "2026-Q3", 14.6)


def test_a6_the_third_quarter_does_not_replace_the_yearly_headline(
    third_quarter: Inputs, overview: Callable[[Inputs], str]
) -> None:
    page = overview(third_quarter)
    assert "### The digital economy was 14.02% of GDP in 2025 by NSO's measure, below 16%" in page
    (said,) = re.findall(r"[^.]*\b14\.6%.*?16%\.", page)
    assert "For the third quarter of 2026 NSO gives 14.6%" in said
    assert "part of a year, not held against 16%" in said


def test_a6_the_third_quarter_is_listed_without_a_verdict(
    third_quarter: Inputs, exhibits: Callable[[Inputs], dict[str, str]]
) -> None:
    page = exhibits(third_quarter)
    (row,) = [row for row in rows_of(page["share-table"]) if row[2] == "14.6%"]
    assert row[1] == "the third quarter of 2026"
    assert row[5:] == ["", "not for a whole year", "", ""]
    assert "14.02% of GDP in 2025" in page["share-lead"]
    assert "14.6" not in page["pace"] + page["share"]


def judged_years(inputs: Inputs) -> set[str]:
    return {
        each.period
        for each in share_against(inputs.shares, inputs.threshold, inputs.settings.threshold)
        if getattr(each, "verdict", "")
    }


def revisions(inputs: Inputs) -> list[dict[str, Any]]:
    """What was found of revisions, without the cells it was found from."""
    return [
        each.model_dump(exclude={"cells", "inputs"})
        for each in revisions_of_share(inputs.shares, inputs.settings.revisions)
    ]


@pytest.fixture(scope="module")
def yearly(nation: Inputs) -> dict[str, Any]:
    """What is judged and computed of years alone."""
    return {
        "judged": judged_years(nation),
        "pace": pace_of_share(nation.shares, nation.targets, nation.settings.pace),
        "newest": {
            each.measure: each for each in share_against(nation.shares, nation.threshold, nation.settings.threshold)
        }["nso"].period,
        "revisions": revisions(nation),
    }


@pytest.mark.parametrize("period", ["2026-Q3", "2026-H1", "2026-01/2026-09", "2026-08", "2026-08-31", "2021/2026"])
def test_a6_no_kind_of_period_but_a_year_is_judged_or_enters_what_is_yearly(
    nation: Inputs, yearly: dict[str, Any], period: str
) -> None:
    inputs = with_figure(nation, "VN", period, 14.6)
    assert judged_years(inputs) == yearly["judged"]
    assert pace_of_share(inputs.shares, inputs.targets, inputs.settings.pace) == yearly["pace"]
    assert getattr(aggregate_shares(inputs.shares, inputs.output), "period", "") in ("", yearly["newest"])
    assert revisions(inputs) == yearly["revisions"]
    assert {row.estimate for row in threshold_specifications(inputs).specifications} <= {14.02, 13.9, 18.3, None}


def test_a6_a_year_written_as_its_months_is_a_year(
    nation: Inputs, exhibits: Callable[[Inputs], dict[str, str]], overview: Callable[[Inputs], str]
) -> None:
    inputs = with_figure(nation, "VN", "2026-01/2026-12", 15.1)
    assert "15.1% of GDP in 2026" in overview(inputs)
    assert "15.1% of GDP in 2026" in exhibits(inputs)["share-lead"]


@pytest.fixture(scope="module")
def half_years(known_q4: EditionData, slice_of: Callable[..., Inputs]) -> dict[str, Inputs]:
    """A province with a share of its own for 2025 and one without, each with the first half of 2026."""
    own = {area: slice_of(known_q4, "compare", area) for area in ("n01", "n40")}
    return {area: with_figure(inputs, area, "2026-H1", 18.3) for area, inputs in own.items()}


def test_a6_a_half_year_stands_beside_a_provinces_year(
    half_years: dict[str, Inputs], made_record: Callable[..., Any], say: Callable[..., str]
) -> None:
    (item,) = [each for each in made_record(half_years["n01"], "compare").strip if each.role == "share"]
    assert (item.period, item.value) == ("2025", 17.34)
    page = plain(say("strip", "strip", (item,), data=half_years["n01"]))
    assert "17.34%" in page
    assert "The first half of 2026 only: 18.3%" in page


def test_a6_a_half_year_alone_is_no_years_figure(
    half_years: dict[str, Inputs], made_record: Callable[..., Any], say: Callable[..., str]
) -> None:
    (item,) = [each for each in made_record(half_years["n40"], "compare").strip if each.role == "share"]
    assert item.value is None
    page = plain(say("strip", "strip", (item,), data=half_years["n40"]))
    assert "The first half of 2026 only: 18.3%" in page
    assert "not published" not in page
    inputs = half_years["n40"]
    share = share_against(inputs.shares, inputs.policy.threshold.value, inputs.settings.threshold)
    said = plain(say("shares", "of_province", {"key": "n40", "trend": {"share": share, "share_pace": ()}}, data=inputs))
    assert "a figure for part of a year, not held against 16%" in said


def test_a6_nine_months_of_growth_stand_beside_the_years(
    known_q4: EditionData, slice_of: Callable[..., Inputs], made_record: Callable[..., Any], say: Callable[..., str]
) -> None:
    inputs = slice_of(known_q4, "compare", "n01")
    role = inputs.roles.growth
    later = {"indicator": role.indicator, "measure": role.measure, "unit": inputs.indicators.get(role.indicator).unit}
    (item,) = [
        each
        for each in made_record(with_figure(inputs, "n01", "2026-01/2026-09", 9.07, **later), "compare").strip
        if each.role == "growth"
    ]
    assert (item.period, item.value) == ("2025", 8.157)
    page = plain(say("strip", "strip", (item,), data=inputs))
    assert "The first nine months of 2026 only: 9.07%" in page


# ---- what the total says of the missing ------------------------------------------------------------------------


def test_e7_the_total_tells_what_the_provinces_without_a_figure_average(
    nation: Inputs, say: Callable[..., str]
) -> None:
    page = plain(say("shares", "together", aggregate_shares(nation.shares, nation.output), data=nation))
    assert "have 50.2% of all provinces' output" in page
    assert "average 19.16% of GRDP in 2025 by NSO; the country's is 14.02% of GDP" in page
    assert "If all are measured alike, the other 28 average about 8.9%" in page
    assert "cannot be calculated" not in page


def test_e7_a_merged_province_that_lacks_a_part_has_bounds(
    known_q4: EditionData, slice_of: Callable[..., Inputs], made_record: Callable[..., Any], say, page_of_area
) -> None:
    inputs = slice_of(known_q4, "clean", "n79")
    record = made_record(inputs)
    assert not record.refusals
    area = page_of_area(inputs, clean=record)
    page = plain(say("published", "topics", area, area=area))
    # A part of 20.7 % of the people has no score, which lies between 1 and 10; the others' scores weigh 5.31.
    assert "(PAPI) | 2023 | Bình Dương | 5.52–7.38 |" in re.sub(" +", " ", page)


def test_e7_no_page_says_that_a_bounded_whole_cannot_be_calculated(nation: Inputs) -> None:
    sentences = [entry.sentence["en"] for entry in nation.wording.codes.values()]
    assert not [text for text in sentences if "cannot be calculated" in text]
