"""Revisions: what counts, what is set apart, what is refused."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from policyreport.errors import DataError
from policyreport.params.methods import read_method_settings
from policyreport.records.base import Observation, Refusal
from policyreport.statistics.shares import revisions

SETTINGS = read_method_settings(Path(__file__).parents[2]).revisions


def value_of(period, published, value, **changes):
    row = {
        "id": f"share.csv#{period}-{published}-{value}",
        "area": "VN",
        "indicator": "share",
        "measure": "office",
        "period": str(period),
        "published": date(published, 6, 1),
        "value": value,
        "unit": "%",
        "status": "observed",
        "source": "office",
    }
    return Observation(**{**row, **changes})


def two_vintages(n, moved=0.5):
    """First release in the year after, revised value two years after; revisions differ a little."""
    firsts = [value_of(2000 + i, 2001 + i, 10.0 + i) for i in range(n)]
    finals = [value_of(2000 + i, 2003 + i, 10.0 + i + moved + 0.1 * (i % 3)) for i in range(n)]
    return [*finals, *firsts]


def test_a_revision_runs_from_the_first_release_to_the_latest_matured_value():
    vintages = [
        value_of(2020, 2021, 10.0),
        value_of(2020, 2022, 11.0),
        value_of(2020, 2024, 12.5),
        value_of(2021, 2022, 7.0),
    ]
    assert revisions.history(vintages, SETTINGS.threshold) == (2.5,)


@pytest.mark.parametrize("changes", [{"status": "projection"}, {"status": "derived"}, {"bound": "~"}])
def test_projections_derived_and_bounded_values_are_no_revisions_and_set_apart(changes):
    vintages = [value_of(2020, 2021, 10.0, **changes), value_of(2020, 2023, 12.0)]
    assert revisions.history(vintages, SETTINGS.threshold) == ()
    laid_out = revisions.triangle(vintages, SETTINGS)
    assert [cell.value for cell in laid_out.apart] == [10.0]
    assert [cell.value for cell in laid_out.cells] == [12.0]


def test_a_first_release_that_came_late_has_no_revision():
    late = [value_of(2020, 2022, 10.0), value_of(2020, 2024, 11.0)]
    assert revisions.history(late, SETTINGS.threshold) == ()


def test_provinces_of_one_measure_share_a_history():
    vintages = two_vintages(1) + [each.model_copy(update={"area": "n01"}) for each in two_vintages(1)]
    assert revisions.history(vintages, SETTINGS.threshold) == (0.5, 0.5)


def test_half_years_neither_enter_the_history_nor_the_statistics_of_years():
    years, halves = two_vintages(3), two_vintages(3)
    halves = [each.model_copy(update={"period": f"{each.period}-H1", "value": each.value + 9}) for each in halves]
    alone = revisions.triangle(years, SETTINGS)
    both = revisions.triangle([*years, *halves], SETTINGS)
    assert revisions.history([*years, *halves], SETTINGS.threshold) == alone.values
    assert both.model_dump(exclude={"cells", "inputs"}) == alone.model_dump(exclude={"cells", "inputs"})
    assert len(both.cells) == 12
    assert revisions.triangle(halves, SETTINGS).n == 3


def test_a_history_over_two_measures_is_an_error():
    vintages = [value_of(2020, 2021, 10.0), value_of(2020, 2023, 12.0, measure="ministry")]
    with pytest.raises(DataError, match="one measure"):
        revisions.history(vintages, SETTINGS.threshold)


def test_a_period_without_a_year_is_an_error_that_names_the_row():
    with pytest.raises(DataError, match=r"share\.csv#mean"):
        revisions.history([value_of("mean", 2021, 1.0)], SETTINGS.threshold)


def test_a_triangle_of_two_measures_is_refused():
    vintages = [value_of(2020, 2021, 10.0), value_of(2020, 2023, 12.0, measure="ministry")]
    assert revisions.triangle(vintages, SETTINGS).code == "measure-mixed"


def test_no_vintage_at_all_is_refused():
    assert revisions.triangle([], SETTINGS).code == "not-published"


def test_below_three_revisions_only_the_root_mean_square_is_given():
    laid_out = revisions.triangle(two_vintages(2), SETTINGS)
    assert laid_out.values == pytest.approx((0.5, 0.6))
    assert laid_out.rmse == pytest.approx(np.sqrt((0.25 + 0.36) / 2))
    assert laid_out.mean is None
    assert laid_out.share_upward is None
    assert laid_out.by_maturity == ()


def test_the_bias_test_needs_five_revisions():
    four = revisions.triangle(two_vintages(4), SETTINGS).bias_test
    assert isinstance(four, Refusal)
    assert four.code == "too-few-revisions"
    assert revisions.triangle(two_vintages(5), SETTINGS).bias_test.p_value < 0.01


def test_news_and_noise_need_ten_revisions():
    assert revisions.triangle(two_vintages(9), SETTINGS).news_noise.code == "too-few-revisions"
    assert 0 <= revisions.triangle(two_vintages(10), SETTINGS).news_noise.news_p <= 1


def test_equal_revisions_carry_no_test():
    assert revisions.bias_test(np.full(6, 0.5)).code == "too-few-revisions"
    assert revisions.news_noise(np.arange(10.0), np.arange(10.0) + 1).code == "too-few-revisions"


def test_statistics_relative_to_a_first_value_of_zero_are_left_out():
    assert revisions.statistics(np.array([0.0, 1.0]), np.array([1.0, 2.0]), 2).relative_mean is None


def test_statistics_by_maturity_name_the_years_since_the_period():
    by_maturity = revisions.triangle(two_vintages(4), SETTINGS).by_maturity
    assert [(each.maturity, each.n) for each in by_maturity] == [(3, 4)]
