"""Steps at fixed dates and cumulated residuals (METHODS §7)."""

from datetime import date
from math import comb

import numpy as np
import pytest
from scipy import stats

from policyreport.data.points import to_frame
from policyreport.records.base import Refusal
from policyreport.records.series import Cusum, SeriesPoint, Step
from policyreport.statistics.series import steps
from policyreport.statistics.series.slopes import gls_step
from policyreport.statistics.series.steps import is_exact, rank_sum_p

NOISE = [0.1, -0.2, 0.15, -0.1, 0.05, 0.12, -0.15, 0.03]


def points(values, first=2020, segments=None, statuses=None):
    return [
        SeriesPoint(
            year=first + at,
            value=value,
            segment=segments[at] if segments else 0,
            status=statuses[at] if statuses else "observed",
            inputs=(f"x.csv#{at}",),
        )
        for at, value in enumerate(values)
    ]


@pytest.fixture(scope="module")
def step(methods):
    def estimate(values, day=date(2024, 12, 22), **kinds):
        return steps.test_step(to_frame({"VN": points(values, **kinds)}, indicator="growth"), day, methods.trend)

    return estimate


def test_years_after_the_date_that_all_lie_higher_are_a_step(step):
    found = step([value + 5 * (at >= 5) for at, value in enumerate(NOISE)])
    assert isinstance(found, Step)
    assert (found.before, found.after, found.verdict) == (5, 3, "above")
    # Three of eight places: 2 of 56 ways are as extreme (R: wilcox.test(c(6, 7, 8), 1:5), p 0.03571).
    assert found.p_value == pytest.approx(2 / 56)
    assert [each.rho for each in found.gls] == [0, 0.3, 0.6]
    assert found.inputs == tuple(f"x.csv#{at}" for at in range(8))


def test_the_same_downwards_is_below(step):
    assert step([value - 5 * (at >= 5) for at, value in enumerate(NOISE)]).verdict == "below"


def test_a_trend_that_runs_through_the_date_is_no_step(step):
    found = step([value + at for at, value in enumerate(NOISE)])
    assert found.p_value == pytest.approx(2 / 56)
    assert found.verdict == "cannot tell apart"


def test_a8_the_year_that_holds_the_date_is_not_after_it(step):
    longer = [*NOISE, 0.1]
    assert [step(longer, day).before for day in (date(2025, 1, 1), date(2025, 7, 1), date(2025, 12, 31))] == [6, 6, 6]
    assert step(longer, date(2024, 12, 31)).before == 5


@pytest.mark.parametrize(
    ("values", "day", "code"),
    [
        ([], date(2025, 7, 1), "not-published"),
        (NOISE[:7], date(2024, 12, 22), "too-few-points"),
        (NOISE, date(2025, 7, 1), "too-few-points"),
        (NOISE, date(2023, 12, 22), "too-few-points"),
    ],
)
def test_too_few_years_on_either_side_are_refused(values, day, code, step):
    found = step(values, day)
    assert isinstance(found, Refusal)
    assert found.code == code


def test_years_of_another_definition_and_projections_do_not_count(step):
    assert step(NOISE, segments=[0] * 2 + [1] * 6).code == "too-few-points"
    assert step(NOISE, statuses=["observed"] * 7 + ["projection"]).code == "too-few-points"


@pytest.mark.parametrize("after", [(5, 6, 7), (0, 3, 6), (1, 7), (2,)])
def test_the_exact_p_is_that_of_scipys_rank_sum_test(after):
    group = np.isin(np.arange(8), after)
    values = np.array(NOISE)
    assert rank_sum_p(values, group) == pytest.approx(
        stats.mannwhitneyu(values[group], values[~group], method="exact").pvalue
    )


def test_ties_share_their_rank():
    # 1, 1 | 1, 2: rank sums of two of {2, 2, 2, 4} are 4, 4, 4, 6, 6, 6, all one from the mean of 5.
    assert rank_sum_p([1, 1, 1, 2], [True, False, False, True]) == 1


def test_a_group_of_all_is_an_error():
    with pytest.raises(ValueError, match="two groups"):
        rank_sum_p([1, 2], [True, True])


def test_without_dependence_the_step_is_the_coefficient_of_least_squares():
    after = np.arange(8) >= 5
    years = np.arange(2020, 2028)
    design = np.column_stack([np.ones(8), after, years - years.mean()])
    coefficients, residual, *_ = np.linalg.lstsq(design, np.array(NOISE), rcond=None)
    error = np.sqrt(residual[0] / 5 * np.linalg.inv(design.T @ design)[1, 1])
    found = gls_step(years, NOISE, after, 0)
    assert found.slope == pytest.approx(coefficients[1])
    assert found.standard_error == pytest.approx(error)
    assert found.interval.high - found.slope == pytest.approx(stats.t.ppf(0.975, 5) * error)


@pytest.fixture(scope="module")
def wandering(methods):
    return lambda values: steps.test_drift(
        to_frame({"VN": points(values, first=1990)}, indicator="growth"), methods.trend
    )


def test_residuals_that_bend_wander_off_and_noise_does_not(wandering):
    noise = np.random.default_rng(11).standard_normal(80)
    bent = wandering((noise + 0.05 * (np.arange(80) - 40) ** 2).tolist())
    quiet = wandering(noise.tolist())
    assert isinstance(bent, Cusum)
    assert bent.p_value < 0.05 < quiet.p_value
    assert bent.n == 80


def test_cumulated_residuals_are_the_largest_sum_over_its_scale(wandering):
    values = np.random.default_rng(3).standard_normal(24)
    line = np.polyval(np.polyfit(np.arange(24), values, 1), np.arange(24))
    residuals = values - line
    expected = np.abs(np.cumsum(residuals)).max() / np.sqrt((residuals**2).sum() / (24 - 2) * 24)
    assert wandering(values.tolist()).statistic == pytest.approx(expected)


def test_a_short_series_is_refused(wandering):
    assert wandering(NOISE).code == "too-few-points"
    assert wandering([]).code == "not-published"


def test_s20_10_a_rank_sum_of_many_years_is_exact_without_ties_and_approximate_with():
    group = [False] * 12 + [True] * 12
    assert is_exact(range(24), group)
    assert not is_exact([1, 1, *range(22)], group)
    assert rank_sum_p(range(24), group) == pytest.approx(2 / comb(24, 12))
