"""What the series of all provinces say together on the published figures: METHODS §18, from the ledger to `assess`.

The p-values of §18 were simulated elsewhere with 99,999 draws; ours have 9,999, hence the tolerances.
"""

import dataclasses
from collections import Counter
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.multitest import multipletests

from policyreport import headline_specifications, score_specifications
from policyreport.data.inputs import Inputs
from policyreport.data.selection import series
from policyreport.publishing.series_values import singled_out
from policyreport.records.base import Refusal
from policyreport.records.markdown import unmarked
from policyreport.records.series import Exposure, Panel, Ranks, Sensitivity, TrendFamily
from policyreport.records.shares import Threshold
from policyreport.statistics.shares.threshold import share_against

YEARS = ("2020", "2021", "2022", "2023", "2024", "2025")


def within(p: float, expected: float) -> bool:
    """Inside three standard errors of our simulation and the rounding of what was printed."""
    return abs(p - expected) <= 3 * (expected * (1 - expected) / 9_999) ** 0.5 + 0.0005


@pytest.fixture(scope="module")
def panel(nation: Inputs, cell: Callable[..., Any]) -> Panel:
    return cell(nation, "series", "panel")


@pytest.fixture(scope="module")
def exposures(nation: Inputs, cell: Callable[..., Any]) -> dict[str, Exposure]:
    return {each.exposure: each for each in cell(nation, "series", "exposure")}


@pytest.fixture(scope="module")
def specifications(nation: Inputs) -> dict[str, Sensitivity]:
    return {each.method: each for each in headline_specifications(nation)}


# ---- trends --------------------------------------------------------------------------------------------


def test_trends_of_growth_cannot_be_told_apart(panel: Panel, nation: Inputs) -> None:
    assert (panel.areas, panel.years, panel.dropped) == (34, 6, ())
    assert (round(panel.f_statistic, 2), round(panel.f_p_value, 2)) == (0.96, 0.54)
    settings = nation.settings
    bounds = {"level": settings.panel.equal_slopes_level, "bh_level": settings.multiplicity.bh_level}
    assert singled_out(panel, **bounds) == []


def test_means_differ_and_so_does_the_noise(panel: Panel) -> None:
    assert (round(panel.mean_f_statistic, 2), round(panel.mean_f_p_value, 4)) == (2.20, 0.0009)
    assert panel.bartlett_p < 1e-8
    assert panel.unequal_variance


def test_the_variance_of_slopes_is_estimated_below_zero_and_says_so(panel: Panel) -> None:
    assert panel.slope_variance == 0
    assert not panel.mixedlm_accepted
    flag = next(flag for flag in panel.flags if flag.code == "boundary-fit")
    assert "slope variance -0.0" in flag.detail
    # Khánh Hòa's own errors are the largest: the unequal-variance branch uses them.
    assert max(panel.slopes, key=lambda each: each.standard_error).area == "n56"


def test_six_years_from_the_slump_are_flagged(panel: Panel) -> None:
    assert {flag.code: flag.detail for flag in panel.flags if flag.code in ("weak", "starts-in-shock")} == {
        "weak": "6 years",
        "starts-in-shock": "2020",
    }


# ---- exposure ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "estimate", "wild", "holm"),
    [("ln_income", 0.52, 0.024, 3), ("urban_share", 0.53, 0.049, 2), ("merged", 0.45, 0.372, 1)],
)
def test_growth_by_exposure(exposures: dict[str, Exposure], name: str, estimate: float, wild: float, holm: int) -> None:
    each = exposures[name]
    assert round(each.estimate, 2) == estimate
    assert within(each.wcr_p, wild)
    # §18 prints 0.071, 0.097 and 0.372: the raw p-values by Holm's factors.
    assert each.wcr_p_holm == pytest.approx(holm * each.wcr_p)
    assert each.wcr_p_holm > 0.05
    assert each.verdict == "no clear association"
    assert each.has_flag("one-post-period")


def test_the_checks_of_growth_by_income(exposures: dict[str, Exposure]) -> None:
    checks = exposures["ln_income"].checks
    placebo = {check.name: check.p_value for check in checks if check.kind == "placebo start"}
    assert list(placebo) == ["2022", "2023", "2024"]
    assert all(within(p, told) for p, told in zip(placebo.values(), (0.42, 0.86, 0.60), strict=True))
    left_out = [check.estimate for check in checks if check.kind == "leave one out"]
    assert (round(min(left_out), 2), round(max(left_out), 2), len(left_out)) == (0.43, 0.60, 34)
    assert within(exposures["ln_income"].ri_t_p, 0.027)


def test_the_merger_coincides_and_its_placebo_of_2022_stands_out(exposures: dict[str, Exposure]) -> None:
    assert exposures["merged"].has_flag("coincides-with-merger")
    placebo = {check.name: check for check in exposures["merged"].checks if check.kind == "placebo start"}
    assert within(placebo["2022"].p_value, 0.015)


# ---- ranks ---------------------------------------------------------------------------------------------


def test_published_figures_get_no_set_of_ranks(nation: Inputs, cell: Callable[..., Any]) -> None:
    model, *published = cell(nation, "series", "ranks")
    assert isinstance(model, Ranks)
    assert {each.code for each in published if isinstance(each, Refusal)} == {"no-sampling-error"}
    assert {each.subject for each in published} == {
        nation.roles.growth.indicator, nation.roles.income.indicator, *nation.roles.governance.indicators,
    }  # fmt: skip


def test_sets_of_mean_growth_are_labelled_and_wide(nation: Inputs, cell: Callable[..., Any]) -> None:
    ranks, *_ = cell(nation, "series", "ranks")
    assert ranks.basis == "model-based"
    assert len(ranks.sets) == 34
    for each in ranks.sets:
        assert each.simultaneous[0] <= each.marginal[0] <= each.rank <= each.marginal[1] <= each.simultaneous[1]
    first = next(each for each in ranks.sets if each.rank == 1)
    assert first.area == "n31"
    assert first.simultaneous[1] > 20


# ---- vintages ------------------------------------------------------------------------------------------


def with_earlier_share(nation: Inputs, value: float) -> Inputs:
    """The slice as if the statistics office had first printed another share for 2025."""
    rows = nation.observations
    known = rows[(rows["area"] == "VN") & (rows["indicator"] == "digital_economy_share") & (rows["measure"] == "nso")]
    last = known[known["period"] == "2025"]
    earlier = last.assign(value=value, published=last["published"] - pd.Timedelta(days=20), newest=False)
    earlier.index = pd.Index(["first.csv#2"], name=rows.index.name)
    return dataclasses.replace(nation, observations=pd.concat([rows, earlier]))


def newest_share(inputs: Inputs) -> Threshold:
    return next(
        each
        for each in share_against(inputs.shares, inputs.threshold, inputs.settings.threshold)
        if (each.measure, each.period) == ("nso", "2025")
    )


def test_a_vintage_that_turned_the_verdict_is_flagged(nation: Inputs) -> None:
    found = newest_share(with_earlier_share(nation, 18.5))
    assert found.verdict == "below"
    assert found.observation.value == 14.02
    assert found.has_flag("vintage-flip")


def test_a_vintage_that_left_the_verdict_is_not(nation: Inputs) -> None:
    for value in (13.0, 16.2):
        assert not newest_share(with_earlier_share(nation, value)).has_flag("vintage-flip")
    assert not any(
        each.has_flag("vintage-flip")
        for each in share_against(nation.shares, nation.threshold, nation.settings.threshold)
        if isinstance(each, Threshold)
    )


# ---- steps ---------------------------------------------------------------------------------------------


def test_no_step_can_be_tested_yet(nation: Inputs, cell: Callable[..., Any]) -> None:
    assert [(each.subject, each.code) for each in cell(nation, "series", "steps")] == [
        ("grdp_growth step", "too-few-points"),
        ("grdp_growth step", "too-few-points"),
        ("grdp_growth cusum", "too-few-points"),
    ]


# ---- other choices -------------------------------------------------------------------------------------


def test_every_headline_has_its_full_grid(specifications: dict[str, Sensitivity]) -> None:
    assert {method: len(each.specifications) for method, each in specifications.items()} == {
        "completion": 4 * 3,
        "threshold": 3 * 2 * (2 * 3 * 3 + 2),
        "pace": 2 * 3 * 2,
        "trend": 3 * 2 * 6,
        "peers": 3 * 2 * 2 * 2,
        "exposure": 3 * 2 * 3,  # one year lies after the policy
    }
    for method, each in specifications.items():
        # The newest list under three design effects is the headline itself, which is not set against itself.
        own = 3 if method == "completion" else 0
        assert each.of + each.repeated + each.refused + own == len(each.specifications)


def test_distinct_specifications_are_counted_by_what_they_rest_on(specifications: dict[str, Sensitivity]) -> None:
    """Of every measure's last year one vintage is known; the ministry's earliest year is its shortest base too."""
    assert {method: (each.of, each.repeated) for method, each in specifications.items()} == {
        "completion": (9, 0),
        "threshold": (56, 56),
        "pace": (8, 2),
        "trend": (8, 0),
        "peers": (24, 0),
        "exposure": (15, 0),
    }


def test_the_headline_row_is_the_one_the_pages_print(specifications, nation: Inputs, exposures) -> None:
    heads = {
        method: next(row for row in each.specifications if row.headline) for method, each in specifications.items()
    }
    assert (heads["threshold"].estimate, heads["threshold"].verdict) == (14.02, "below")
    assert (round(heads["pace"].estimate, 3), heads["pace"].verdict) == (0.229, "far too slow")
    assert (heads["trend"].estimate, heads["trend"].verdict) == (0, "no clear trend")
    assert (heads["peers"].estimate, heads["peers"].verdict) == (0, "cannot tell apart")
    assert heads["exposure"].estimate == exposures["ln_income"].estimate
    assert heads["exposure"].verdict == "no clear association"
    assert round(heads["completion"].estimate, 3) == 0.945


def test_errors_that_six_years_do_not_allow_are_refused_and_shown(specifications: dict[str, Sensitivity]) -> None:
    estimated = [row for row in specifications["trend"].specifications if row.choices["dependence"] in ("HAC", "GLSAR")]
    assert len(estimated) == 3 * 2 * 2
    assert {row.refused for row in estimated} == {"too-few-points"}


@pytest.fixture(scope="module")
def scores(nation: Inputs) -> dict[str, Sensitivity | Refusal]:
    found = score_specifications(nation)
    return dict(zip(nation.roles.governance.indicators, found, strict=True))


def test_the_headline_of_a_scores_grid_is_the_count_of_its_family(
    scores, nation: Inputs, cell: Callable[..., Any]
) -> None:
    families = {each.indicator: each for each in cell(nation, "series", "families") if isinstance(each, TrendFamily)}
    for indicator, each in scores.items():
        if isinstance(each, Refusal):
            assert indicator not in families
            continue
        head = next(row for row in each.specifications if row.headline)
        assert head.estimate == len(families[indicator].singled_out), indicator
        assert head.choices == {"window": "all", "series": "minus mean in both scales", "dependence": "learnt"}


def test_estimated_errors_are_asked_of_the_long_scores_and_refused_on_the_short_ones(scores) -> None:
    kept = {}
    for indicator, each in scores.items():
        if isinstance(each, Sensitivity):
            assert len(each.specifications) == 3 * 4 * 6
            rows = [row for row in each.specifications if row.choices["window"] == "all"]
            kept[indicator] = {row.choices["dependence"] for row in rows if not row.refused}
    long = {name for name, choices in kept.items() if {"HAC", "GLSAR"} <= choices}
    assert long == {
        "papi_control_of_corruption",
        "papi_public_service_delivery",
        "papi_participation",
        "papi_vertical_accountability",
    }
    assert all(not {"HAC", "GLSAR"} & choices for name, choices in kept.items() if name not in long)
    assert scores["papi_administrative_procedures"].code == "break-in-series"


def test_a_scores_row_with_newey_wests_errors_is_what_statsmodels_gives(scores, nation: Inputs) -> None:
    row = next(
        row
        for row in scores["papi_control_of_corruption"].specifications
        if row.choices == {"window": "all", "series": "own", "dependence": "HAC"}
    )
    measure, p_values, clear = nation.roles.governance.measure, [], []
    for area in nation.areas.current(nation.edition.as_known_on):
        points = series(nation, area, "papi_control_of_corruption", measure)
        if len(points) < 12:
            continue
        years = sm.add_constant([point.year - 2017.0 for point in points])
        values = [point.value for point in points]
        fit = sm.OLS(values, years).fit(cov_type="HAC", cov_kwds={"maxlags": 1, "use_correction": True}, use_t=True)
        p_values.append(stats.kendalltau(range(len(values)), values).pvalue)
        low, high = fit.conf_int()[1]
        clear.append(low * high > 0)
    adjusted = multipletests(p_values, 0.05, "fdr_bh")[1]
    assert len(p_values) == 31
    assert row.estimate == sum(p <= 0.05 and one for p, one in zip(adjusted, clear, strict=True))


def test_the_scores_grids_are_told_in_a_table_of_their_own(scores, nation: Inputs, say: Callable[..., str]) -> None:
    text = unmarked(say("choices", "scores", list(scores.values()), data=nation))
    assert "come out alike in every specification: 3 of 7" in text
    assert "refused below 12 years" in text
    assert "Other choices: Public administrative procedures" in text
    # Six of each short score, refused; four distinct ones and two refused of each long one, which repeats no row.
    assert text.count("estimated errors (HAC)") >= 3 * 6 + 4 * 4
    assert say("choices", "headlines", (), data=nation) == ""


def test_a_count_is_not_compared_with_itself(specifications: dict[str, Sensitivity]) -> None:
    rows = specifications["completion"].specifications
    head = next(row for row in rows if row.headline)
    own = [row for row in rows if row.choices["list"] == head.choices["list"]]
    assert {row.verdict for row in own} == {""}
    assert {row.verdict for row in rows if row not in own} == {"below"}


def test_each_grid_names_the_files_it_was_computed_from(specifications: dict[str, Sensitivity]) -> None:
    files = {
        method: {row.split("#")[0].removesuffix(".csv") for row in each.inputs}
        for method, each in specifications.items()
    }
    assert len(files["completion"]) == 5
    assert {name.split("/")[0] for name in files["pace"]} <= {"nso", "mic-mst"}
    assert files["exposure"] == {"nso/PL.V03.01", "nso/PL.V03.02", "nso/PLV02"}


@pytest.fixture(scope="module")
def told(specifications: dict[str, Sensitivity], nation: Inputs, say: Callable[..., str]) -> str:
    both = ("headlines", "specifications")
    shown = [say("choices", macro, list(specifications.values()), data=nation) for macro in both]
    return unmarked("\n".join(shown)).replace("\u00a0", " ")


def test_other_lists_are_held_against_a_count_that_is_named(told: str) -> None:
    assert told.count("Tasks completed, against 94.5% of 25 December 2025") == 3  # table, figure, all specifications
    assert "0 of 9 of other lists" in told
    assert "9 of 9 specifications of other lists differ" in told
    assert "94.5% of the list **(headline)**" in told
    assert "94.5% of the list, *cannot tell apart*" not in told


def test_headlines_that_hold_are_counted_among_those_with_a_verdict(told: str, specifications) -> None:
    judged = [each for method, each in specifications.items() if method != "completion"]
    hold = sum(each.agree == each.of for each in judged)
    assert f"Headlines that hold in every specification: {hold} of {len(judged)}." in told


def test_only_the_contrast_of_merged_provinces_is_said_to_be_the_merger(nation: Inputs, exposures, say) -> None:
    exposure, years = (
        unmarked(say("series", macro, list(exposures.values()), data=nation)).replace("\u00a0", " ")
        for macro in ("exposure", "year_by_year")
    )
    assert "The contrast of merged with unmerged provinces cannot be told from the merger itself." in exposure
    assert "This contrast" not in exposure
    assert "urban" in exposure.lower()
    assert "PLV02" in exposure.rsplit("Source", 1)[1]
    assert "Years before the start that differ from 2024 already: 1 of 4 by GRDP per head" in years
    assert "2023 (log): 2022; " in years


def test_the_pull_of_pooled_slopes_and_the_unequal_means_are_explained(
    nation: Inputs, panel: Panel, cell: Callable[..., Any], say: Callable[..., str]
) -> None:
    shown = say("series", "slopes", panel, data=nation)
    below = sum(each.pooled < 0 for each in panel.slopes)
    assert f"So {below} of 34 lie below zero" in shown
    assert "not towards zero" in shown
    means = cell(nation, "series", "means")
    conclusion = "but no province can be named after adjusting for all of them."
    said = unmarked(say("series", "variances", panel, means, data=nation)).replace("\u00a0", " ")
    group = "If years are independent and noise is equal, the means differ as a group (F 2.20, p < 0.001)"
    assert f"{group}, {conclusion}" in said
    named = [means[0].model_copy(update={"singled_out": ("n01", "n22")})]
    said = unmarked(say("series", "variances", panel, named, data=nation)).replace("\u00a0", " ")
    assert f"{group}, and 2 of 34 provinces can be told apart from the country after adjusting for all of them." in said


def test_an_old_figure_is_called_settled_and_never_unrevised(nation: Inputs, say) -> None:
    results = share_against(nation.shares, nation.threshold, nation.settings.threshold)
    rows = unmarked(say("shares", "every_figure", results, data=nation)).replace("\u00a0", " ")
    of_office = {cells[2].strip(): line for line in rows.splitlines() if (cells := line.split("|"))[1:2] == [" NSO "]}
    assert tuple(of_office) == YEARS
    settled = "judged as settled: published 3 years or more after its year"
    assert {year for year, line in of_office.items() if settled in line} == {"2020", "2021", "2022"}
    assert "never revised" not in rows


def test_who_measures_turns_the_share_and_its_pace(specifications: dict[str, Sensitivity]) -> None:
    for method in ("threshold", "pace"):
        assert specifications[method].most_different.startswith("measure mic-mst")
    by_office = [row for row in specifications["threshold"].specifications if row.choices["measure"] == "nso"]
    # With an unknown mean and revisions of twice the size, or with no prior at all, 16 stays possible.
    assert {row.verdict for row in by_office if row.choices["mean"] == "zero"} == {"below"}
    assert {row.verdict for row in by_office} == {"below", "cannot tell apart"}


def test_refused_specifications_are_counted_and_shown(specifications: dict[str, Sensitivity]) -> None:
    refused = {
        method: Counter(row.refused for row in each.specifications if row.refused)
        for method, each in specifications.items()
    }
    assert refused["trend"] == {"too-few-points": 28}
    # The office's own figure alone has revisions, and without a prior nothing else can be judged.
    assert refused["threshold"] == {"too-few-revisions": 2 * 2 * 2}
    # A merger held fixed leaves nothing of the exposure that is the merger.
    assert refused["exposure"] == {"too-few-areas": 3}


def test_only_the_textbook_error_finds_an_association(specifications: dict[str, Sensitivity]) -> None:
    found = {
        row.choices["inference"] for row in specifications["exposure"].specifications if row.verdict == "associated"
    }
    assert found == {"CRV1"}
