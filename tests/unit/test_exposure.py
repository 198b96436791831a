"""Exposure designs: what is refused, flagged, and when the word "associated" may be used."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import statsmodels.formula.api as smf

from policyreport.data.inputs import Inputs
from policyreport.errors import DataError
from policyreport.figures import plot
from policyreport.params.methods import MethodSettings
from policyreport.records.base import Flag, Refusal
from policyreport.records.series import Exposure, ExposureCheck
from policyreport.statistics.series.exposure import (
    ExposurePanel,
    estimate_exposure,
    event_study,
    exposure_design,
    fit_exposure,
    judge,
)
from policyreport.statistics.series.exposure_regression import changes, fit, permuted, wild_interval, wild_p


@pytest.fixture
def panel() -> ExposurePanel:
    rng = np.random.default_rng(11)
    return ExposurePanel(
        outcome="growth",
        exposure_name="income",
        areas=tuple(f"n{i:02d}" for i in range(24)),
        years=tuple(range(2020, 2026)),
        values=rng.normal(size=(24, 6)),
        exposure=rng.normal(5, 3, size=24),
        merged=(np.arange(24) % 2).astype(float),
        inputs=("raw#1",),
    )


@pytest.fixture
def assess(methods: MethodSettings, with_draws: Callable[..., Any]) -> Callable[..., Exposure | Refusal]:
    quick = with_draws(methods.exposure, 199)

    def estimate(panel: ExposurePanel, post_years: tuple[int, ...] = (2025,), **changed: object) -> Exposure | Refusal:
        return estimate_exposure(panel, quick.model_copy(update=changed), post_years=post_years)

    return estimate


@pytest.fixture
def assessed(assess: Callable[..., Exposure | Refusal]) -> Callable[..., Exposure]:
    def estimate(panel: ExposurePanel, **changed: object) -> Exposure:
        result = assess(panel, **changed)
        assert isinstance(result, Exposure)
        return result

    return estimate


@pytest.fixture
def refused(assess: Callable[..., Exposure | Refusal]) -> Callable[..., Refusal]:
    def estimate(panel: ExposurePanel, **changed: object) -> Refusal:
        result = assess(panel, **changed)
        assert isinstance(result, Refusal)
        return result

    return estimate


def test_too_few_areas_are_refused(panel: ExposurePanel, refused: Callable[..., Refusal]) -> None:
    refusal = refused(panel, minimum_areas=25)
    assert (refusal.code, refusal.detail) == ("too-few-areas", "24 of 25 complete areas")
    assert refusal.inputs == ("raw#1",)


def test_an_exposure_that_is_the_same_everywhere_is_refused(
    panel: ExposurePanel, refused: Callable[..., Refusal]
) -> None:
    assert refused(replace(panel, exposure=np.ones(24))).code == "too-few-areas"


def test_too_few_years_before_or_none_after_the_start_are_refused(
    panel: ExposurePanel, refused: Callable[..., Refusal]
) -> None:
    assert refused(panel, post_years=(2022, 2023, 2024, 2025)).code == "too-few-points"
    assert refused(panel, post_years=(2026,)).code == "too-few-points"


def test_only_years_before_the_start_count_as_before(panel: ExposurePanel, refused: Callable[..., Refusal]) -> None:
    assert refused(panel, post_years=(2022,)).detail == "2 years before and 1 after the start"
    assert refused(panel, post_years=(2020,)).detail == "0 years before and 1 after the start"


def test_a_year_after_the_start_that_is_not_named_changes_nothing(
    panel: ExposurePanel, assessed: Callable[..., Exposure]
) -> None:
    later = np.column_stack([panel.values, np.random.default_rng(5).normal(9, 4, size=24)])
    longer = replace(panel, years=(*panel.years, 2026), values=later)
    assert assessed(longer) == assessed(panel)


def test_the_order_of_areas_changes_nothing(panel: ExposurePanel, assessed: Callable[..., Exposure]) -> None:
    order = np.random.default_rng(7).permutation(24)
    assert panel.merged is not None
    shuffled = replace(
        panel,
        areas=tuple(panel.areas[place] for place in order),
        values=panel.values[order],
        exposure=panel.exposure[order],
        merged=panel.merged[order],
    )
    assert assessed(shuffled) == assessed(panel)


def test_two_measures_are_refused(panel: ExposurePanel, refused: Callable[..., Refusal]) -> None:
    assert refused(replace(panel, measures=("nso", "office"))).code == "measure-mixed"


def test_incomplete_areas_are_dropped_and_named(panel: ExposurePanel, assessed: Callable[..., Exposure]) -> None:
    values = panel.values.copy()
    values[3, 2] = np.nan
    result = assessed(replace(panel, values=values))
    assert (result.areas, result.dropped) == (23, ("n03",))


def test_a_continuous_exposure_is_standardised_and_a_binary_one_is_not(
    panel: ExposurePanel, assessed: Callable[..., Exposure]
) -> None:
    scaled = assessed(replace(panel, exposure=panel.exposure * 1000 - 7))
    assert scaled.estimate == pytest.approx(assessed(panel).estimate)
    binary = (np.arange(24) < 10).astype(float)
    change = panel.values[:, 5] - panel.values[:, :5].mean(axis=1)
    arms = assessed(replace(panel, exposure=binary)).estimate
    assert arms == pytest.approx(change[:10].mean() - change[10:].mean())


def test_one_year_after_the_start_is_flagged(panel: ExposurePanel, assessed: Callable[..., Exposure]) -> None:
    assert assessed(panel).has_flag("one-post-period")
    assert not assessed(panel, post_years=(2024, 2025)).has_flag("one-post-period")


@pytest.mark.parametrize(("treated", "few"), [(5, True), (6, False), (18, False), (19, True)])
def test_a_small_arm_of_a_binary_exposure_is_flagged(
    panel: ExposurePanel, treated: int, few: bool, assessed: Callable[..., Exposure]
) -> None:
    binary = (np.arange(24) < treated).astype(float)
    assert assessed(replace(panel, exposure=binary)).has_flag("few-treated") is few


def test_the_merger_as_exposure_is_flagged_and_not_its_own_control(
    panel: ExposurePanel, assessed: Callable[..., Exposure]
) -> None:
    result = assessed(replace(panel, exposure=panel.merged))
    assert result.has_flag("coincides-with-merger")
    assert not [check for check in result.checks if check.kind == "control"]
    assert [check.name for check in assessed(panel).checks if check.kind == "control"] == ["merged"]


def test_every_area_is_left_out_once_and_every_early_year_is_a_placebo(
    panel: ExposurePanel, assessed: Callable[..., Exposure]
) -> None:
    checks = assessed(panel).checks
    assert [check.name for check in checks if check.kind == "leave one out"] == list(panel.areas)
    assert [check.name for check in checks if check.kind == "placebo start"] == ["2022", "2023", "2024"]


def test_leaving_the_only_treated_area_out_is_skipped(panel: ExposurePanel, assessed: Callable[..., Exposure]) -> None:
    alone = (np.arange(24) == 4).astype(float)
    checks = assessed(replace(panel, exposure=alone)).checks
    assert "n04" not in {check.name for check in checks if check.kind == "leave one out"}


def test_the_event_study_is_anchored_in_the_last_year_before_the_start(
    panel: ExposurePanel, assessed: Callable[..., Exposure]
) -> None:
    years = [point.year for point in assessed(panel, post_years=(2024, 2025)).event_study]
    assert years == [2020, 2021, 2022, 2024, 2025]


def test_an_unknown_base_year_is_an_error(panel: ExposurePanel) -> None:
    with pytest.raises(ValueError, match="2019"):
        event_study(panel.values, panel.exposure, panel.years, 2019)


def test_the_same_panel_gives_the_same_record(panel: ExposurePanel, assessed: Callable[..., Exposure]) -> None:
    assert assessed(panel).to_json() == assessed(panel).to_json()


# --- the verdict

SIGNS = (ExposureCheck(name="n01", kind="leave one out", estimate=1.0),)


def exposure_record(name: str, **changed: object) -> Exposure:
    values = {
        "outcome": "growth", "exposure": name, "areas": 24, "years": (2020,), "post_years": (2025,),
        "estimate": 1.0, "standard_error": 0.1, "t": 10.0, "wcr_p": 0.01, "ri_t_p": 0.01, "ri_c_p": 0.01,
        "minimum_detectable": 0.3, "checks": SIGNS, "verdict": "no clear association",
    }  # fmt: skip
    return Exposure.model_validate({**values, **changed})


@pytest.fixture
def verdicts(methods: MethodSettings) -> Callable[..., list[str]]:
    return lambda *results: [each.verdict for each in judge(results, methods.exposure) if isinstance(each, Exposure)]


def test_associated_needs_both_tests_small_after_holm(
    methods: MethodSettings, verdicts: Callable[..., list[str]]
) -> None:
    assert verdicts(exposure_record("a")) == ["associated"]
    assert verdicts(exposure_record("a", wcr_p=0.06)) == ["no clear association"]
    assert verdicts(exposure_record("a", ri_t_p=0.06)) == ["no clear association"]
    three = [exposure_record(name, wcr_p=p, ri_t_p=p) for name, p in (("a", 0.02), ("b", 0.5), ("c", 0.6))]
    assert verdicts(*three) == ["no clear association"] * 3
    judged = judge(three, methods.exposure)
    assert [each.wcr_p_holm for each in judged if isinstance(each, Exposure)] == pytest.approx([0.06, 1, 1])


def test_a_placebo_start_that_stands_out_forbids_the_word(verdicts: Callable[..., list[str]]) -> None:
    placebo = ExposureCheck(name="2023", kind="placebo start", estimate=1.0, p_value=0.01, p_adjusted=0.03)
    assert verdicts(exposure_record("a", checks=(*SIGNS, placebo))) == ["no clear association"]


def test_a_sign_that_hangs_on_one_area_forbids_the_word(verdicts: Callable[..., list[str]]) -> None:
    turned = ExposureCheck(name="n02", kind="leave one out", estimate=-0.1)
    assert verdicts(exposure_record("a", checks=(*SIGNS, turned))) == ["no clear association"]


def test_with_few_treated_the_permutations_decide_alone(
    methods: MethodSettings, verdicts: Callable[..., list[str]]
) -> None:
    few = exposure_record("a", wcr_p=0.9, flags=(Flag(code="few-treated"),))
    assert verdicts(few) == ["associated"]
    judged = judge([few, exposure_record("b", wcr_p=0.04)], methods.exposure)
    assert [each.wcr_p_holm for each in judged if isinstance(each, Exposure)] == [None, 0.04]


def test_refused_exposures_pass_through(methods: MethodSettings) -> None:
    refusal = Refusal(code="too-few-areas", method="exposure")
    assert judge([refusal, exposure_record("a")], methods.exposure)[0] is refusal


# --- the regression underneath


def test_changes_need_years_before_and_after() -> None:
    with pytest.raises(ValueError, match="before and years after"):
        changes(np.zeros((3, 2)), [True, True])


def test_an_exposure_that_is_its_control_cannot_be_fitted() -> None:
    with pytest.raises(ValueError, match="varies between areas"):
        fit([1.0, 2.0, 4.0], [0.0, 1.0, 1.0], [0.0, 1.0, 1.0])


def test_a_perfect_line_has_no_interval_and_an_infinite_t() -> None:
    fitted = fit([0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 2.0, 3.0])
    assert fitted.estimate == 1
    assert fitted.t == np.inf
    assert wild_interval(fitted, np.ones((9, 4)), level=0.05) is None


def test_no_change_at_all_is_no_evidence() -> None:
    fitted = fit(np.zeros(4), [0.0, 1.0, 2.0, 3.0])
    assert fitted.t == 0
    assert wild_p(fitted, np.ones((9, 4))) == 1


def test_an_interval_that_never_ends_is_none() -> None:
    """Silencing the middle one of three areas leaves every draw's t three times the observed one."""
    fitted = fit([0.0, 1.0, 3.0], [0.0, 1.0, 2.0])
    assert wild_interval(fitted, np.tile([1.0, 0.0, 1.0], (99, 1)), level=0.05) is None


def test_weights_of_another_number_of_areas_are_an_error() -> None:
    with pytest.raises(ValueError, match="weights for 4 areas"):
        wild_p(fit([0.0, 1.0, 0.5, 3.0], [0.0, 1.0, 2.0, 3.0]), np.ones((9, 3)))


def test_exposures_are_not_exchangeable_beside_a_control() -> None:
    fitted = fit([0.0, 1.0, 0.5, 3.0], [0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 1.0, 0.0])
    with pytest.raises(ValueError, match="without control"):
        permuted(fitted, np.arange(4)[None, :])


# ---- regressors of one's own -------------------------------------------------------------------------------


def test_a_regressor_of_ones_own_is_tested_and_counted_with_the_others(
    nation: Inputs, with_draws: Callable[..., Any]
) -> None:
    quick = with_draws(nation.settings.exposure, 199)
    traits = nation.traits.assign(place=np.arange(len(nation.traits), dtype=float))
    values, start = nation.series("growth"), nation.policy.date
    official = fit_exposure(values, traits, quick, start=start)
    more = fit_exposure(values, traits, quick, start=start, exposures=(*quick.exposures, "place"))
    assert [each.exposure for each in more] == [*quick.exposures, "place"]
    assert [each.estimate for each in more[:-1]] == [each.estimate for each in official]
    assert more[0].ri_t_p_holm > official[0].ri_t_p_holm
    (shown,) = plot.exposure(more, nation)
    assert "Place" in shown.alt


def test_a_regressor_that_is_no_column_is_answered_with_the_columns(nation: Inputs) -> None:
    with pytest.raises(DataError, match="regionn"):
        exposure_design(nation.series("growth"), nation.traits, ("regionn",), start=nation.policy.date)


def test_least_squares_on_the_design_gives_the_same_slope(nation: Inputs, with_draws: Callable[..., Any]) -> None:
    quick = with_draws(nation.settings.exposure, 199)
    values, start = nation.series("growth"), nation.policy.date
    design = exposure_design(values, nation.traits, quick.exposures, start=start)
    for result in fit_exposure(values, nation.traits, quick, start=start):
        line = smf.ols(f"change ~ {result.exposure}", design).fit(cov_type="HC0")
        assert line.params[result.exposure] == pytest.approx(result.estimate, rel=1e-12)
        areas = len(design)
        assert line.bse[result.exposure] * (areas / (areas - 1)) ** 0.5 == pytest.approx(result.standard_error)


def test_without_a_year_after_the_start_the_design_has_no_rows(nation: Inputs) -> None:
    early = nation.series("growth").query("year <= 2024")
    design = exposure_design(early, nation.traits, ("ln_income", "merged"), start=nation.policy.date)
    assert list(design) == ["area", "change", "ln_income", "merged"]
    assert design.empty
