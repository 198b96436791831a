"""Threshold: verdicts, refusals, flags."""

from datetime import date
from pathlib import Path

import pytest
from scipy import stats

from policyreport.params.methods import read_method_settings
from policyreport.records.base import Observation, Refusal
from policyreport.records.shares import NotYearly
from policyreport.statistics.shares import threshold
from policyreport.statistics.shares.revision_error import RevisionPrior, prior_grid

PRIOR = RevisionPrior(degrees=2, scale=0.5, settled_maturity=3, settled_scale=0.1)
GRID = prior_grid(PRIOR, factors=(0.5, 1, 2), mean_weight=1)
SETTINGS = read_method_settings(Path(__file__).parents[2]).threshold
RULES = {"settings": SETTINGS, "threshold": 16.0, "prior": PRIOR}


def share(value, **changes):
    row = {
        "id": f"share.csv#{value}",
        "area": "VN",
        "indicator": "share",
        "measure": "office",
        "period": "2025",
        "published": date(2026, 1, 5),
        "value": value,
        "unit": "%",
        "status": "estimate",
        "source": "office",
    }
    return Observation(**{**row, **changes})


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(14.53, "below"), (14.55, "cannot tell apart"), (17.45, "cannot tell apart"), (17.47, "above")],
)
def test_without_history_the_margin_is_nearly_three_prior_scales(value, verdict):
    result = threshold.judge_vintage(share(value), (), **RULES)
    assert result.verdict == verdict
    assert result.as_published
    assert result.probability is None
    assert result.certainty == ""
    assert result.has_flag("no-vintage-history")


@pytest.mark.parametrize("history", [(), (0.16, 0.54), (0.1, 0.2, 0.3, 0.4, 0.5), (0.7, 0.3, -0.1)])
def test_a_value_exactly_on_the_margin_gets_its_word(history):
    degrees = 2 + len(history)
    scale = ((2 * 0.5**2 + sum(r * r for r in history)) / degrees) ** 0.5
    margin = float(stats.t.ppf(0.95, degrees)) * scale
    assert threshold.judge_vintage(share(16 + margin), history, **RULES).verdict == "above"
    assert threshold.judge_vintage(share(16 - margin), history, **RULES).verdict == "below"
    assert threshold.judge_vintage(share(16 + 0.999999 * margin), history, **RULES).verdict == "cannot tell apart"


def test_a_short_history_gives_the_probability_in_words_too():
    result = threshold.judge_vintage(share(14.02), (0.16, 0.54), **RULES)
    assert result.certainty == "< 1 %"
    assert result.probability == pytest.approx(0.0059, abs=1e-4)
    assert result.largest_revision == 0.54
    assert result.distance == pytest.approx(1.98)
    assert not result.flags


def test_words_that_hang_on_the_prior_are_withheld_and_the_verdict_is_flagged():
    result = threshold.judge_vintage(share(14.02), (0.16, 0.54), **RULES, priors=GRID)
    assert result.verdict == "below"
    assert result.certainty == ""
    assert [flag.detail for flag in result.flags if flag.code == "prior-flip"] == ["2 of 18 priors"]
    assert [cell.mean for cell in result.prior_cells].count("flat") == 1


def test_words_that_every_prior_gives_stand():
    result = threshold.judge_vintage(share(10.0), (0.16, 0.54), **RULES, priors=GRID)
    assert result.certainty == "< 1 %"
    assert not result.flags


def test_without_history_no_prior_is_tried():
    result = threshold.judge_vintage(share(14.02), (), **RULES, priors=GRID)
    assert (result.prior_cells, result.probability) == ((), None)
    assert not result.has_flag("prior-flip")


def test_one_past_revision_has_no_chance_without_a_prior():
    result = threshold.judge_vintage(share(14.02), (0.3,), **RULES, priors=GRID)
    assert "flat" not in {cell.mean for cell in result.prior_cells}


def test_from_five_revisions_on_the_probability_stands_as_a_number():
    result = threshold.judge_vintage(share(15.0), (0.1, -0.2, 0.3, 0.1, 0.2), **RULES)
    assert result.revisions == 5
    assert result.probability is not None
    assert result.certainty == ""


def test_a_settled_value_is_judged_with_the_settled_scale_and_no_history():
    old = share(15.6, period="2022", status="observed")
    result = threshold.judge_vintage(old, (0.16, 0.54), **RULES)
    assert result.scale == 0.1
    assert result.revisions == 0
    assert result.verdict == "below"


@pytest.mark.parametrize(
    ("bound", "value", "verdict"),
    [
        (">", 16.0, "stated above"),
        (">", 15.0, "cannot tell apart"),
        ("<", 16.0, "stated below"),
        ("<", 17.0, "cannot tell apart"),
        ("~", 20.0, "cannot tell apart"),
    ],
)
def test_a_bounded_value_says_only_what_it_states(bound, value, verdict):
    result = threshold.judge_vintage(share(value, bound=bound), (0.5,), **RULES)
    assert result.verdict == verdict
    assert result.has_flag("bound-only")
    assert result.interval is None
    assert result.probability is None


@pytest.mark.parametrize("period", ["2025-Q3", "2025-H1", "2025-01/2025-09", "2025-10", "2023/2025"])
def test_a_part_of_a_year_is_not_judged(period):
    result = threshold.judge_vintage(share(17.9, period=period), (0.16, 0.54), **RULES)
    assert isinstance(result, NotYearly)
    assert (result.period, result.observation.value) == (period, 17.9)


def test_a_bound_for_part_of_a_year_is_repeated_and_flagged():
    result = threshold.judge_vintage(share(16.0, period="2025-01/2025-09", bound=">"), (), **RULES)
    assert (result.verdict, [flag.code for flag in result.flags]) == ("stated above", ["bound-only", "part-year"])


def test_a_projection_is_refused():
    refused = threshold.judge_vintage(share(18.6, status="projection"), (), **RULES)
    assert (refused.code, refused.inputs) == ("projection-only", ("share.csv#18.6",))


def test_a_derived_value_counts_as_not_published():
    assert threshold.judge_vintage(share(18.6, status="derived"), (), **RULES).code == "not-published"


def test_without_prior_and_history_nothing_can_be_said():
    no_prior = {**RULES, "prior": RevisionPrior(degrees=0, scale=0.5, settled_maturity=3, settled_scale=0.1)}
    assert threshold.judge_vintage(share(18.6), (), **no_prior).code == "too-few-revisions"


def test_the_newest_vintage_is_judged_and_names_the_rows_it_learnt_from():
    old = share(13.0, published=date(2025, 12, 1))
    first = share(12.0, period="2022")
    result = threshold.judge_newest([share(14.02), old, first], (0.16,), period="2025", **RULES)
    assert result.observation.value == 14.02
    assert result.inputs == ("share.csv#12.0", "share.csv#13.0", "share.csv#14.02")


@pytest.mark.parametrize(
    ("vintages", "code"),
    [
        ([], "not-published"),
        ([share(12.0, period="2024")], "not-published"),
        ([share(18.6, status="projection")], "projection-only"),
        ([share(18.6), share(14.0, measure="ministry")], "measure-mixed"),
        ([share(18.6), share(14.0, area="n01")], "measure-mixed"),
    ],
)
def test_a_period_without_one_usable_value_is_refused(vintages, code):
    result = threshold.judge_newest(vintages, (), period="2025", **RULES)
    assert isinstance(result, Refusal)
    assert result.code == code


def test_a_projection_beside_an_estimate_is_passed_over():
    later = share(18.6, status="projection", published=date(2026, 2, 1))
    assert threshold.judge_newest([later, share(14.0)], (), period="2025", **RULES).observation.value == 14.0


def judged(value, measure, published=date(2026, 1, 5), **changes):
    return threshold.judge_vintage(share(value, measure=measure, published=published, **changes), (), **RULES)


def test_two_measures_on_either_side_of_the_threshold_raise_measure_flip():
    results = threshold.flips([judged(13.17, "office"), judged(18.3, "ministry"), judged(16.2, "bank")])
    assert [result.has_flag("measure-flip") for result in results] == [True, True, False]
    assert "18.3 ministry (2026-01-05): above" in results[0].flags[-1].detail


def test_vintages_of_one_measure_on_either_side_raise_vintage_flip_only():
    results = threshold.flips([judged(13.0, "office", date(2025, 12, 1)), judged(18.3, "office")])
    assert [[flag.code for flag in result.flags][1:] for result in results] == [["vintage-flip"]] * 2


def test_an_old_vintage_does_not_make_measures_disagree():
    results = threshold.flips(
        [judged(13.0, "office", date(2025, 12, 1)), judged(18.3, "office"), judged(18.5, "ministry")]
    )
    assert not any(result.has_flag("measure-flip") for result in results)


def test_different_periods_and_areas_never_flip_each_other():
    results = threshold.flips(
        [judged(13.0, "office"), judged(18.3, "office", period="2024"), judged(18.3, "ministry", area="n01")]
    )
    assert not any(result.has_flag("measure-flip") or result.has_flag("vintage-flip") for result in results)


def test_the_weighted_mean_of_the_parts_is_set_against_the_whole():
    parts = [share(10.0, area="n01"), share(20.0, area="n02")]
    check = threshold.aggregate_check(parts, share(14.02), weights={"n01": 3.0, "n02": 1.0})
    assert check.weighted_mean == 12.5
    assert check.difference == pytest.approx(-1.52)


def test_a_missing_part_leaves_no_aggregate_check():
    refused = threshold.aggregate_check([share(10.0, area="n01")], share(14.02), weights={"n01": 3.0, "n02": 1.0})
    assert (refused.code, refused.detail) == ("part-missing", "1 of 2: n02")


@pytest.mark.parametrize("status", ["projection", "derived"])
def test_a_projected_or_derived_part_leaves_no_aggregate_check(status):
    parts = [share(10.0, area="n01"), share(20.0, area="n02", status=status)]
    refused = threshold.aggregate_check(parts, share(14.02), weights={"n01": 3.0, "n02": 1.0})
    assert (refused.code, refused.detail) == ("part-missing", "1 of 2: n02")
