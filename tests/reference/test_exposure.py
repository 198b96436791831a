"""METHODS §10 and §18: reference values, and pyfixest as a second implementation."""

import itertools

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from policyreport.params.methods import MethodSettings
from policyreport.records.series import Exposure
from policyreport.statistics.common.draws import bootstrap_p
from policyreport.statistics.series.exposure import ExposurePanel, estimate_exposure, event_study, judge
from policyreport.statistics.series.exposure_regression import changes, fit, permuted, wild_interval, wild_p

WEBB = np.array([-(1.5**0.5), -1, -(0.5**0.5), 0.5**0.5, 1, 1.5**0.5])
POST = np.arange(1, 7) == 6
DRAWS = 9_999


@pytest.fixture(scope="module")
def exposure() -> NDArray[np.float64]:
    return np.sin(2.1 * np.arange(1, 35))


@pytest.fixture(scope="module")
def outcome(exposure: NDArray[np.float64]) -> NDArray[np.float64]:
    i, t = np.arange(1, 35)[:, None], np.arange(1, 7)[None, :]
    y = 0.3 * t + 2 * np.sin(3.7 * i) + 0.5 * np.sin(1.3 * i) * (t - 3.5)
    y = y + 1.5 * np.sin(12.9898 * i + 78.233 * t)
    assert y.sum() == pytest.approx(210.4491258, abs=1e-6)
    return y + 0.8 * exposure[:, None] * (t == 6)


def within(p: float, expected: float, draws: int = DRAWS, rounding: float = 0.0) -> bool:
    """Inside three standard errors of both simulations."""
    return abs(p - expected) <= 3 * (2 * expected * (1 - expected) / draws) ** 0.5 + rounding


def test_estimate_and_error_agree_with_r(outcome, exposure) -> None:
    """R 4.2.2 sandwich 3.0-2 vcovCL(type = "HC0", cadjust = TRUE)."""
    fitted = fit(changes(outcome, POST), exposure)
    assert fitted.estimate == pytest.approx(0.84622588, rel=1e-7)
    assert fitted.standard_error == pytest.approx(0.36676461, rel=1e-7)
    assert fitted.t == pytest.approx(2.30727, rel=1e-5)


def test_leaving_one_area_out_gives_the_printed_jackknife_error(outcome, exposure) -> None:
    """METHODS §10: CRV3 SE 0.396093, as pyfixest scales it, by G/(G − 1); the jackknife's own is (G − 1)/G."""
    whole = fit(changes(outcome, POST), exposure).estimate
    without = [fit(changes(np.delete(outcome, i, 0), POST), np.delete(exposure, i)).estimate for i in range(34)]
    assert (34 / 33 * np.sum((np.array(without) - whole) ** 2)) ** 0.5 == pytest.approx(0.396093, abs=5e-7)


def test_the_slope_of_changes_is_the_two_way_fixed_effects_coefficient(outcome, exposure) -> None:
    """The formulas of METHODS §10 written out on the double-demeaned panel, post years 4 to 6."""
    post = np.arange(1, 7) >= 4

    def demean(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return values - values.mean(1, keepdims=True) - values.mean(0, keepdims=True) + values.mean()

    d, y = demean(exposure[:, None] * post), demean(outcome)
    slope = (d * y).sum() / (d**2).sum()
    scores = (d * (y - slope * d)).sum(axis=1)
    error = (34 / 33 * (scores**2).sum()) ** 0.5 / (d**2).sum()
    fitted = fit(changes(outcome, post), exposure)
    assert (fitted.estimate, fitted.standard_error) == pytest.approx((slope, error), rel=1e-10)


def test_bootstrap_p_and_interval_are_those_of_the_specification(outcome, exposure) -> None:
    """WCR-Webb p 0.0351 at B = 99,999 (the wildboottest package: 0.0343), interval [0.06, 1.63] ± 0.03."""
    fitted = fit(changes(outcome, POST), exposure)
    weights = np.random.default_rng(57).choice(WEBB, (DRAWS, 34))
    assert within(wild_p(fitted, weights), 0.0351)
    assert wild_interval(fitted, weights, level=0.05) == pytest.approx((0.06, 1.63), abs=0.03)


def test_randomisation_p_is_that_of_the_specification(outcome, exposure) -> None:
    fitted = fit(changes(outcome, POST), exposure)
    orders = np.argsort(np.random.default_rng(57).random((DRAWS, 34)), axis=1)
    assert within(bootstrap_p(permuted(fitted, orders)[1], abs(fitted.t)), 0.036, rounding=0.0005)


def test_all_webb_draws_of_five_areas_are_counted(outcome, exposure) -> None:
    fitted = fit(changes(outcome[:5], POST), exposure[:5])
    assert fitted.estimate == pytest.approx(0.22243108, rel=1e-7)
    assert fitted.t == pytest.approx(0.46744089, rel=1e-7)
    every = np.array(list(itertools.product(WEBB, repeat=5)))
    assert len(every) == 7776
    assert wild_p(fitted, every) == pytest.approx((1 + 5828) / (1 + 7776), rel=1e-12)


def test_all_permutations_of_six_areas_are_counted(outcome, exposure) -> None:
    fitted = fit(changes(outcome[:6], POST), exposure[:6])
    slopes, ts = permuted(fitted, np.array(list(itertools.permutations(range(6)))))
    assert np.count_nonzero(slopes >= abs(fitted.estimate) - 1e-12) == 587
    assert np.count_nonzero(ts >= abs(fitted.t) - 1e-12) == 482


def test_the_event_study_has_the_coefficient_of_the_specification(outcome, exposure) -> None:
    last = event_study(outcome, exposure, range(1, 7), 5)[-1]
    assert last.year == 6
    assert last.estimate == pytest.approx(0.8074, abs=5e-5)
    assert last.standard_error == pytest.approx(0.5166, abs=5e-5)


# pyfixest 0.60 calls pandas in a way that pandas 3.1 deprecates; nothing here can act on it.
@pytest.mark.filterwarnings("ignore:The inplace keyword")
def test_pyfixest_gives_the_same_estimate_control_and_event_study(outcome, exposure) -> None:
    pf = pytest.importorskip("pyfixest")
    i, t = np.meshgrid(np.arange(34), np.arange(1, 7), indexing="ij")
    merged = (np.arange(34) % 3 == 0).astype(float)
    df = pd.DataFrame({"y": outcome.ravel(), "id": i.ravel(), "yr": t.ravel(), "x": exposure[i.ravel()]})
    df["d"], df["m"] = df["x"] * (df["yr"] == 6), merged[df["id"]] * (df["yr"] == 6)
    call = {"vcov": {"CRV1": "id"}, "ssc": pf.ssc(k_fixef="none")}

    plain = pf.feols("y ~ d | id + yr", df, **call)
    ours = fit(changes(outcome, POST), exposure)
    assert ours.estimate == pytest.approx(plain.coef()["d"], rel=1e-6)
    assert ours.standard_error == pytest.approx(plain.se()["d"], rel=1e-6)

    held = pf.feols("y ~ d + m | id + yr", df, **call)
    ours = fit(changes(outcome, POST), exposure, merged)
    assert ours.estimate == pytest.approx(held.coef()["d"], rel=1e-6)
    two_coefficients = ((204 - 1) / (204 - 2)) ** 0.5
    assert ours.standard_error * two_coefficients == pytest.approx(held.se()["d"], rel=1e-6)

    events = pf.feols("y ~ i(yr, x, ref=5) | id + yr", df, **call)
    points = event_study(outcome, exposure, range(1, 7), 5)
    assert [p.estimate for p in points] == pytest.approx(events.coef().to_list(), rel=1e-6)
    assert [p.standard_error for p in points] == pytest.approx(events.se().to_list(), rel=1e-6)


@pytest.fixture(scope="module")
def growth_exposures(growth_table: pd.DataFrame, methods: MethodSettings) -> dict[str, Exposure]:
    areas = growth_table.drop(index="VN")
    merged = (areas["old_units"] > 1).to_numpy(float)
    years = tuple(range(2020, 2026))
    exposures = {
        "ln_income": np.log(areas["income_2023"].to_numpy(float)),
        "urban_share": areas["urban_share_2024"].to_numpy(float),
        "merged": merged,
    }
    results = [
        estimate_exposure(
            ExposurePanel(
                outcome="grdp_growth",
                exposure_name=name,
                areas=tuple(areas.index),
                years=years,
                values=areas[[f"growth_{year}" for year in years]].to_numpy(float),
                exposure=values,
                merged=merged,
            ),
            methods.exposure,
            post_years=(2025,),
        )
        for name, values in exposures.items()
    ]
    return dict(zip(exposures, judge(results, methods.exposure), strict=True))


@pytest.mark.parametrize(
    ("name", "estimate", "wild"),
    [("ln_income", 0.52, 0.024), ("urban_share", 0.53, 0.049), ("merged", 0.45, 0.372)],
)
def test_growth_by_exposure_is_as_the_specification_found(growth_exposures, name, estimate, wild) -> None:
    result = growth_exposures[name]
    assert result.estimate == pytest.approx(estimate, abs=0.005)
    assert within(result.wcr_p, wild, rounding=0.0005)
    assert result.verdict == "no clear association"
    assert result.has_flag("one-post-period")
    assert result.has_flag("coincides-with-merger") == (name == "merged")


def test_checks_of_growth_by_income_are_as_the_specification_found(growth_exposures) -> None:
    result = growth_exposures["ln_income"]
    assert within(result.ri_t_p, 0.027, rounding=0.0005)
    placebo = {check.name: check.p_value for check in result.checks if check.kind == "placebo start"}
    assert list(placebo) == ["2022", "2023", "2024"]
    for p, expected in zip(placebo.values(), (0.42, 0.86, 0.60), strict=True):
        assert within(p, expected, rounding=0.005)
    left_out = [check.estimate for check in result.checks if check.kind == "leave one out"]
    assert (min(left_out), max(left_out)) == pytest.approx((0.43, 0.60), abs=0.005)
    assert result.minimum_detectable / result.standard_error == pytest.approx(2.887, abs=5e-4)


def test_the_mergers_placebo_of_2022_rejects(growth_exposures) -> None:
    checks = {check.name: check for check in growth_exposures["merged"].checks}
    assert within(checks["2022"].p_value, 0.015, rounding=0.0005)
    assert checks["2022"].p_adjusted <= 0.05
