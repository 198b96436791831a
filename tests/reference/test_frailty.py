"""The effort behind a pace against calculations that share no line with it."""

from datetime import date, timedelta

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.stats import gamma

from policyreport.statistics.tasks.frailty import RiskSet, contrast, fit_slope, risk_sets
from policyreport.statistics.tasks.hazard_trend import trend_design
from policyreport.statistics.tasks.hazards import Increment, difference

FINISHED, AT_RISK, DAYS = (12, 20, 18, 30, 25, 41), (120, 118, 110, 112, 100, 95), (61, 92, 85, 99, 70, 92)
"""The six intervals of METHODS §2."""
CLOSED = (40, 30, 22, 17, 13, 9)
"""Finished of a closed list of 160 tasks, in the same days."""


def intervals(finished, open_tasks, added=None):
    """A list whose additions, if any, bring the tasks at risk to what they were."""
    start, steps = date(2024, 1, 1), []
    for place, (count, days) in enumerate(zip(finished, DAYS, strict=True)):
        extra = 0 if added is None else added[place]
        end = start + timedelta(days=days)
        steps.append(Increment(start, end, open_tasks, extra, count))
        open_tasks, start = open_tasks + extra - count, end
    return steps


def test_the_share_left_is_the_mixture_over_gamma_frailties():
    """Integrated over the gamma density: 1 − E exp(−Z H) for a group whose mean is 0.7."""
    law = gamma(1 / 0.8, scale=0.8 * 0.7)
    for effort in (0.1, 0.9, 3.0):
        by_hand = 1 - quad(lambda z, effort=effort: law.pdf(z) * np.exp(-z * effort), 0, np.inf)[0]
        assert RiskSet(np.array([5.0]), np.array([0.7]), 0.8).finished(effort) == pytest.approx(by_hand, rel=1e-7)


def test_survivors_go_at_h_over_one_plus_theta_h():
    """METHODS §20.5: after an effort H the mean rate of those left is h/(1 + θH)."""
    group = RiskSet(np.array([100.0]), np.array([1.0]), 1.5)
    share = group.finished(2.0)
    after = group.next(share, open_tasks=30, additions=0)
    assert after.means[0] == pytest.approx(1 / (1 + 1.5 * 2.0), rel=1e-9)


def test_at_a_variance_of_1_the_slope_is_that_of_a_logistic_regression():
    """statsmodels GLM(Binomial, logit) with offset ln(days × share left so far): Aranda-Ordaz' link at 1."""
    steps = intervals(CLOSED, 160)
    d, m = np.array(CLOSED, float), np.array([step.at_risk for step in steps], float)
    left = np.r_[1.0, np.cumprod(1 - d / m)[:-1]]
    x = trend_design(steps)
    fit = sm.GLM(d / m, x, family=sm.families.Binomial(), offset=np.log(np.array(DAYS) * left), var_weights=m).fit(
        scale="X2"
    )
    found = fit_slope(steps, risk_sets(steps, variance=1.0), x)
    assert found == pytest.approx((fit.params[1], fit.bse[1], fit.scale), rel=1e-6)


def test_at_no_variance_the_slope_is_r_quasibinomials():
    """R 4.2.2 glm(quasibinomial("cloglog")), METHODS §2: slope 0.29055719, dispersion 0.34822855."""
    added = [0, *(AT_RISK[at] - (AT_RISK[at - 1] - FINISHED[at - 1]) for at in range(1, 6))]
    steps = intervals(FINISHED, 120, added)
    assert [step.at_risk for step in steps] == list(AT_RISK)
    slope, error, dispersion = fit_slope(steps, risk_sets(steps, variance=0.0), trend_design(steps))
    assert (slope, error) == pytest.approx((0.29055719, 0.03292732), rel=1e-6)
    assert dispersion == pytest.approx(0.34822855, rel=1e-6)


def test_the_change_at_a_variance_is_the_closed_form_without_additions():
    """B(q) = (1 − (1 − q)^θ)/θ and A(q) = ((1 − q)^−θ − 1)/θ per day, each carried to 30 days of the tasks left."""
    theta, (first, second) = 0.7, intervals(CLOSED, 160)[:2]
    b = (1 - (1 - first.hazard) ** theta) / theta / first.days
    a = ((1 - second.hazard) ** -theta - 1) / theta / second.days
    expected, observed = (1 - (1 + theta * rate * 30) ** (-1 / theta) for rate in (b, a))
    found = contrast(risk_sets([first], variance=theta)[0], first, second)
    assert (found.expected, found.observed) == pytest.approx((expected, observed), rel=1e-9)


def test_at_no_variance_the_change_is_newcombes():
    first, second = intervals(FINISHED, 120, [0, 10, 5, 3, 2, 1])[:2]
    found = contrast(risk_sets([first], variance=0.0)[0], first, second, design_effect=2.0)
    assert (found.difference, found.low, found.high) == pytest.approx(difference(first, second, 2.0), rel=1e-9)


def test_groups_that_came_at_different_times_are_followed_apart():
    """Two groups by hand: 100 old tasks after an effort of 0.8, and 40 new ones, θ 1; effort that finishes a third."""
    mixed = RiskSet(np.array([100.0, 40.0]), np.array([1 / 1.8, 1.0]), 1.0)
    third = brentq(lambda h: (100 / (1 + h / 1.8) + 40 / (1 + h)) / 140 - 2 / 3, 0, 10)
    assert mixed.effort(1 / 3) == pytest.approx(third, rel=1e-9)
