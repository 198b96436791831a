from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

from policyreport.params.methods import read_method_settings
from policyreport.statistics.tasks.hazard_trend import fit_betabinomial, fit_glm, fit_trend
from policyreport.statistics.tasks.hazards import Increment, describe_step, difference

AUTUMN = Increment(date(2025, 10, 15), date(2025, 12, 4), open_at_start=647, additions=155, finished=116)

FINISHED = np.array([12, 20, 18, 30, 25, 41])
AT_RISK = np.array([120, 118, 110, 112, 100, 95])
DAYS = np.array([61, 92, 85, 99, 70, 92])


def month(finished, at_risk):
    return Increment(date(2025, 4, 1), date(2025, 5, 1), at_risk, 0, finished)


@pytest.mark.parametrize(
    ("later", "earlier", "limits"),
    [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((5, 56), (0, 29), (-0.0381, 0.1926)),
        ((10, 10), (0, 20), (0.6791, 1.0)),
    ],
)
def test_the_change_is_newcombes_method_10_on_intervals_of_30_days(later, earlier, limits):
    """Newcombe (1998), Statistics in Medicine 17:873-890, table II, method 10."""
    assert difference(month(*earlier), month(*later))[1:] == pytest.approx(limits, abs=5e-5)


def test_the_change_agrees_with_statsmodels_newcombe():
    """statsmodels 0.15 confint_proportions_2indep(method="newcomb", compare="diff")."""
    expected = confint_proportions_2indep(56, 70, 48, 80, method="newcomb", compare="diff")
    assert difference(month(48, 80), month(56, 70))[1:] == pytest.approx(expected, rel=1e-8)


def test_the_autumn_step_has_the_printed_hazards():
    """METHODS §2 fixture: 485/1,132 on 15 October to 601/1,287 on 4 December, as if one list."""
    step = describe_step(AUTUMN)
    assert (step.at_risk, step.days) == (802, 50)
    assert step.hazard == pytest.approx(0.14463840, abs=5e-9)
    assert step.hazard30 == pytest.approx(0.08947925, abs=5e-9)
    limits = step.hazard30_interval.low, step.hazard30_interval.high
    assert limits == pytest.approx((0.07508850, 0.10621230), abs=5e-9)
    assert step.hazard30_uniform == pytest.approx(0.09907897, abs=5e-9)
    assert step.hazard30_last_day == pytest.approx(0.11179310, abs=5e-9)


def test_the_trend_agrees_with_r_quasibinomial():
    """R 4.2.2 glm(family = quasibinomial("cloglog")), six intervals of METHODS §2."""
    end = np.cumsum(DAYS)
    quarters = (end - DAYS / 2) / 91.3125
    slope, error, dispersion = fit_glm(
        FINISHED, AT_RISK, np.column_stack([np.ones(6), quarters - quarters.mean()]), DAYS
    )
    assert slope == pytest.approx(0.29055719, abs=5e-8)
    assert error == pytest.approx(0.03292732, rel=1e-6)
    assert dispersion == pytest.approx(0.34822855, rel=1e-6)


def test_the_trends_interval_is_that_of_the_specification():
    """METHODS §2: t limits with K − 2 degrees around R's slope."""
    ends = [date(2024, 1, 1) + timedelta(days=int(day)) for day in np.cumsum(DAYS)]
    starts = [date(2024, 1, 1), *ends[:-1]]
    steps = [
        Increment(start, end, int(at_risk), 0, int(finished))
        for start, end, at_risk, finished in zip(starts, ends, AT_RISK, FINISHED, strict=True)
    ]
    found = fit_trend(steps, read_method_settings(Path(__file__).parents[2]).flow, method="flow", subject="list")
    assert (found.interval.low, found.interval.high) == pytest.approx((0.19913628, 0.38197807), rel=1e-6)
    assert found.verdict == "rising"


def test_the_beta_binomial_with_one_mean_agrees_with_r_vgam():
    """R 4.2.2 VGAM 1.1-7 vglm(family = betabinomial), eight lists of METHODS §2."""
    counts, totals = [22, 41, 9, 63, 30, 35, 80, 12], [40, 60, 25, 100, 80, 55, 120, 30]
    fit = fit_betabinomial(counts, totals, np.ones((8, 1)), np.ones(8))
    assert -np.expm1(-np.exp(fit.coefficients[0])) == pytest.approx(0.548819, rel=1e-4)
    assert fit.intraclass == pytest.approx(0.044487, rel=1e-4)
    assert fit.log_likelihood == pytest.approx(-26.886784, rel=1e-6)
