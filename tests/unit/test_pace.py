"""Pace: bands, special cases, refusals, flags, lines."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from policyreport.params.methods import read_method_settings
from policyreport.records.base import Observation, Refusal
from policyreport.statistics.shares import pace
from policyreport.statistics.shares.pace_arithmetic import Goal, drift_fan, nearer_end
from policyreport.statistics.shares.revision_error import RevisionPrior

PRIOR = RevisionPrior(degrees=2, scale=0.5, settled_maturity=3, settled_scale=0.1)
SETTINGS = read_method_settings(Path(__file__).parents[2]).pace
TOWARDS_30 = {"target": 30.0, "target_year": 2030, "direction": 1, "one_year_base": 2024, "prior": PRIOR}


def value_of(year, value, **changes):
    row = {
        "id": f"share.csv#{year}",
        "area": "VN",
        "indicator": "share",
        "measure": "office",
        "period": str(year),
        "published": date(2026, 1, 5),
        "value": value,
        "unit": "%",
        "status": "observed",
        "source": "office",
    }
    return Observation(**{**row, **changes})


def series(values):
    return [value_of(year, value) for year, value in values.items()]


def assess(vintages, history=(0.1,), **changes):
    return pace.estimate_pace(vintages, history, SETTINGS, **{**TOWARDS_30, **changes})


@pytest.mark.parametrize(
    ("ratio", "band"),
    [
        (0.95, "on track"),
        (0.9499, "too slow"),
        (0.6, "too slow"),
        (0.5999, "far too slow"),
        (0.0, "far too slow"),
        (-0.0001, "moving away"),
    ],
)
def test_a_cut_point_belongs_to_the_better_band(ratio, band):
    assert Goal(30.0, 2030, 1, 0.95, 0.6).band(ratio) == band


def test_a_target_passed_is_reached_with_its_probability():
    result = assess(series({2020: 20.0, 2025: 30.5}))
    assert (result.band, result.headline) == ("reached", "reached")
    assert result.reached_certainty == "80–95 %"
    assert result.reached_probability > 0.8


def test_a_target_passed_without_history_is_reached_as_published():
    result = assess(series({2020: 20.0, 2025: 30.5}), ())
    assert result.headline == "reached"
    assert result.reached_probability is None
    assert result.has_flag("no-vintage-history")


@pytest.mark.parametrize(("latest", "word"), [(32.0, "held"), (29.0, "lost")])
def test_a_base_beyond_the_target_is_held_or_lost(latest, word):
    result = assess(series({2020: 31.0, 2025: latest}))
    assert result.headline == word
    assert result.ratio_cagr is None
    assert result.ratio_pp is None
    assert result.ratio_interval is None


def test_a_backward_move_still_prints_what_is_required_from_now():
    result = assess(series({2020: 20.0, 2025: 15.0}))
    assert result.band == "moving away"
    assert result.ratio_cagr < 0
    assert result.required_from_now_pp == pytest.approx(3.0)


def test_where_less_is_better_a_fall_is_progress():
    result = assess(series({2020: 60.0, 2025: 40.0}), direction=-1)
    assert result.ratio_pp > 0
    assert result.ratio_interval.low <= result.ratio_cagr <= result.ratio_interval.high
    assert assess(series({2020: 60.0, 2025: 70.0}), direction=-1).band == "moving away"


def test_values_at_or_below_zero_have_the_plain_form_only():
    result = assess(series({2020: -5.0, 2025: 10.0}))
    assert result.observed_cagr is None
    assert result.ratio_cagr is None
    assert result.band == result.band_pp == "too slow"
    assert "cagr pace" not in [line.name for line in result.scenarios]


def test_forms_in_different_bands_leave_the_worse_as_headline():
    result = assess(series({2022: 13.17, 2025: 14.65}), target=50.0, target_year=2045)
    assert result.has_flag("form-flip")
    assert result.headline_bands[0] == result.band_pp


def test_a_revision_that_changes_the_band_is_named_as_between():
    result = assess(series({2020: 20.0, 2025: 23.9}), (0.1,) * 10)
    assert result.headline == "between too slow and on track"
    assert result.headline_bands == ("too slow", "on track")


def test_a_revision_that_spans_three_bands_leaves_no_band():
    result = assess(series({2022: 20.0, 2025: 23.0}), (3.0,))
    assert result.headline == "cannot tell apart"
    assert len(result.headline_bands) >= 3


@pytest.mark.parametrize(
    ("vintages", "code"),
    [
        ([], "not-published"),
        ([value_of(2020, 1.0, status="projection")], "projection-only"),
        (series({2025: 14.0}), "too-few-points"),
        (series({2024: 13.0, 2025: 14.0}), "too-few-points"),
        ([value_of(2020, 12.0), value_of(2025, 14.0, bound=">")], "bound-only"),
        ([value_of(2020, 12.0), value_of(2025, 14.0, measure="ministry")], "measure-mixed"),
        (series({2030: 12.0, 2035: 14.0}), "too-few-points"),
    ],
)
def test_a_series_without_a_pace_is_refused(vintages, code):
    result = assess(vintages)
    assert isinstance(result, Refusal)
    assert (result.method, result.code) == ("pace", code)


def test_a_named_base_without_a_value_is_refused():
    assert assess(series({2020: 12.0, 2025: 14.0}), base_year=2021).code == "too-few-points"


def test_values_of_several_publication_dates_raise_vintage_mixed():
    vintages = [value_of(2020, 12.0, published=date(2025, 1, 6)), value_of(2025, 14.0)]
    assert assess(vintages).has_flag("vintage-mixed")
    assert not assess(series({2020: 12.0, 2025: 14.0})).has_flag("vintage-mixed")


def test_the_newest_vintage_of_a_year_is_used_and_quarters_are_passed_over():
    vintages = [
        value_of(2020, 12.0),
        value_of(2025, 13.0, published=date(2025, 12, 1), id="old"),
        value_of(2025, 14.0, id="new"),
        value_of("2025Q3", 99.0, id="quarter"),
    ]
    result = assess(vintages)
    assert result.latest_value == 14.0
    assert result.inputs == ("new", "share.csv#2020")


def test_the_fan_needs_five_consecutive_years():
    result = assess(series({2019: 11.0, 2020: 12.0, 2022: 12.5, 2023: 13.0, 2024: 13.5, 2025: 14.0}))
    assert result.fan == ()
    assert (result.fan_refusal.code, result.fan_refusal.detail) == (
        "too-few-points",
        "4 of 5 consecutive years",
    )


def test_the_fan_of_a_straight_line_has_no_width():
    fan = drift_fan(dict.fromkeys(range(2020, 2026), 5.0), 2027, minimum_points=5, levels=(0.8, 0.95))
    assert [(point.year, point.interval95.low, point.interval95.high) for point in fan] == [
        (2026, 5.0, 5.0),
        (2027, 5.0, 5.0),
    ]


def test_every_line_starts_at_the_latest_value_and_the_required_one_ends_at_the_target():
    lines = {line.name: line for line in assess(series({2020: 12.0, 2024: 13.0, 2025: 14.0})).scenarios}
    assert set(lines) == {"pp pace", "cagr pace", "largest gain", "required"}
    assert {line.values[0] for line in lines.values()} == {14.0}
    assert lines["required"].values[-1] == pytest.approx(30.0)
    assert lines["largest gain"].values[-1] == pytest.approx(19.0)
    assert lines["pp pace"].years == tuple(range(2025, 2031))


def test_once_the_targets_year_has_come_nothing_is_required_from_now():
    result = assess(series({2020: 12.0, 2030: 14.0}))
    assert result.required_from_now_pp is None
    assert result.scenarios == ()


@pytest.mark.parametrize(("ratio", "band"), [(0.95, "on track"), (0.6, "too slow"), (0.0, "far too slow")])
@pytest.mark.parametrize("base", [-1 / 7, -2 / 7, -4 / 7, -9 / 7, -13 / 7])
def test_a_pace_exactly_on_a_cut_point_gets_the_better_band(ratio, band, base):
    target = base + 10 / 3
    vintages = series({2020: base, 2025: base + ratio * (target - base) / 2})
    assert assess(vintages, (), target=target, prior=replace(PRIOR, degrees=0)).headline == band


def test_a_range_that_was_left_on_the_far_side_is_lost():
    def told(latest):
        return assess(series({2020: 6.0, 2025: latest}), target=5.0, target_high=9.0).headline

    assert [told(latest) for latest in (4.0, 5.0, 8.0, 9.0, 10.0)] == ["lost", "held", "held", "held", "lost"]


def test_a_range_is_measured_at_its_nearer_end():
    assert nearer_end(2.0, 5.0, 9.0) == (5.0, 1)
    assert nearer_end(12.0, 5.0, 9.0) == (9.0, -1)
    with pytest.raises(ValueError, match="rises"):
        nearer_end(1.0, 9.0, 5.0)
    low, inside = {2020: 2.0, 2025: 4.0}, {2020: 2.0, 2025: 6.0}
    assert assess(series(low), target=5.0, target_high=9.0).target == 5.0
    assert assess(series(inside), target=5.0, target_high=9.0).headline == "reached"
    falling = assess(series({2020: 12.0, 2025: 11.0}), target=5.0, target_high=9.0)
    assert (falling.target, falling.observed_pp, falling.required_pp) == (9.0, -0.2, pytest.approx(-0.3))
    assert falling.ratio_pp == pytest.approx(2 / 3)
