"""Threshold: properties that hold for every value and history."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyreport.params.methods import read_method_settings
from policyreport.records.base import Observation
from policyreport.statistics.common.certainty import words
from policyreport.statistics.shares import threshold
from policyreport.statistics.shares.revision_error import RevisionPrior, prior_grid

values = st.floats(-100, 100).map(lambda value: round(value, 4))
histories = st.lists(st.floats(-5, 5), max_size=8)
PRIOR = RevisionPrior(degrees=2, scale=0.5, settled_maturity=3, settled_scale=0.1)
SETTINGS = read_method_settings(Path(__file__).parents[2]).threshold
BANDS = SETTINGS.conventions.probability_bands
OPPOSITE = {"above": "below", "below": "above", "cannot tell apart": "cannot tell apart"}


def judge(value, history, limit, **more):
    observation = Observation(
        id="share.csv#1",
        area="VN",
        indicator="share",
        period="2025",
        published=date(2026, 1, 5),
        value=value,
        unit="%",
        status="observed",
        source="office",
    )
    return threshold.judge_vintage(
        observation,
        history,
        SETTINGS,
        threshold=limit,
        prior=PRIOR,
        **more,
    )


@given(values, histories)
def test_the_interval_contains_the_published_value(value, history):
    interval = judge(value, history, 16.0).interval
    assert interval.low < value < interval.high


@given(values, histories, values)
def test_changing_all_signs_turns_the_verdict(value, history, limit):
    here, there = judge(value, history, limit), judge(-value, [-r for r in history], -limit)
    assert there.verdict == OPPOSITE[here.verdict]
    if here.probability is not None:
        assert there.probability == pytest.approx(1 - here.probability, abs=1e-9)


@given(values, histories, values)
def test_moving_value_and_threshold_together_changes_nothing(value, history, shift):
    here, there = judge(value, history, 16.0), judge(value + shift, history, 16.0 + shift)
    assert there.interval.high - there.interval.low == pytest.approx(here.interval.high - here.interval.low)
    if here.probability is not None:
        assert there.probability == pytest.approx(here.probability, abs=1e-9)


@given(values, histories)
def test_the_order_of_past_revisions_does_not_matter(value, history):
    assert judge(value, history, 16.0).scale == pytest.approx(judge(value, history[::-1], 16.0).scale)


PRIORS = prior_grid(PRIOR, factors=(0.5, 1, 2), mean_weight=1)


@given(values, histories, values)
def test_the_bar_leaves_out_the_threshold_just_where_there_is_a_verdict(value, history, limit):
    result = judge(value, history, limit)
    bar, slack = result.verdict_interval, 1e-9 * (1 + abs(limit))
    assert bar.level == pytest.approx(0.9)
    if result.verdict == "cannot tell apart":
        assert bar.low - slack <= limit <= bar.high + slack
    else:
        assert not bar.low + slack < limit < bar.high - slack


@given(values, st.lists(st.floats(-5, 5).map(lambda r: round(r, 2)), min_size=1, max_size=8), values)
def test_words_for_a_chance_are_those_of_every_prior(value, history, limit):
    result = judge(value, history, limit, priors=PRIORS)
    counted = [cell for cell in result.prior_cells if cell.mean != "flat"]
    assert len(counted) == len(PRIORS)
    assert min(c.probability for c in counted) <= result.probability <= max(c.probability for c in counted)
    bands = {words(cell.probability, probability_bands=BANDS) for cell in counted}
    if len(history) < 5:
        assert result.certainty == (bands.pop() if len(bands) == 1 else "")
    assert result.has_flag("prior-flip") == any(cell.verdict != result.verdict for cell in counted)


@given(values, st.lists(st.floats(-5, 5).map(lambda r: round(r, 2)), min_size=2, max_size=8), values)
def test_changing_all_signs_mirrors_the_chance_under_every_prior(value, history, limit):
    here = judge(value, history, limit, priors=PRIORS).prior_cells
    there = judge(-value, [-r for r in history], -limit, priors=PRIORS).prior_cells
    assert [cell.mean for cell in here] == [cell.mean for cell in there]
    for one, other in zip(here, there, strict=True):
        assert other.probability == pytest.approx(1 - one.probability, abs=1e-9)
