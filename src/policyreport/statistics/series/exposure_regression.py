"""Regress areas' changes on one exposure: cluster-robust, wild-bootstrap and permutation tests (METHODS §10).

On a balanced panel the two-way fixed-effects coefficient of x_i · post_t equals the slope of a regression of
each area's change (mean after the start minus mean before) on x_i, and the standard error clustered by area
equals that regression's HC0 error times √(G/(G − 1)): double-demeaned x_i · post_t is a product of an area
part and a year part. Working on changes turns 9,999 panel regressions into one matrix.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from scipy.optimize import brentq

from policyreport.records.series import Exposure
from policyreport.statistics.common.draws import bootstrap_p
from policyreport.statistics.common.intervals import ALPHA

Floats = NDArray[np.float64]

WIDEST_SEARCH = 1024.0
"""Standard errors within which the ends of an inverted interval are searched."""


@dataclass(frozen=True, eq=False)
class ExposureSlope:
    """A fitted slope of areas' changes on their exposure.

    `exposure` and `change`, shape (G,), are residuals after the mean and the control; `control` is None or
    the residual control.
    """

    estimate: float
    standard_error: float
    exposure: Floats
    change: Floats
    control: Floats | None = None

    @property
    def t(self) -> float:
        """Estimate over standard error; infinite where a non-zero estimate has zero error."""
        return float(_ratio(np.array(self.estimate), np.array(self.standard_error)))


def changes(values: ArrayLike, post: ArrayLike) -> Floats:
    """Compute each area's change, shape (G,): the mean over the years after the start minus the mean before.

    `values` is the outcome of a balanced panel, shape (G, T); `post` marks the years after, shape (T,).
    """
    outcome, after = np.asarray(values, dtype=float), np.asarray(post, dtype=bool)
    if after.all() or not after.any():
        raise ValueError("years before and years after the start needed")
    result: Floats = outcome[:, after].mean(axis=1) - outcome[:, ~after].mean(axis=1)
    return result


def fit(change: ArrayLike, exposure: ArrayLike, control: ArrayLike | None = None) -> ExposureSlope:
    """Fit the slope of the change on the exposure, both shape (G,), with its CRV1 standard error.

    `change` is from `changes`; `control` is a second exposure held fixed.

    β = Σ x̃ c̃ / Σ x̃², V = G/(G − 1) · Σ (x̃ e)² / (Σ x̃²)².

    See Cameron, Gelbach, Miller (2008), Rev. Economics and Statistics 90:414-427.
    """
    held = None if control is None else _residual(np.asarray(control, dtype=float), None)
    raw = np.asarray(exposure, dtype=float)
    x, w = _residual(raw, held), _residual(np.asarray(change, dtype=float), held)
    if x @ x <= 1e-12 * max(float(raw @ raw), 1e-300):
        raise ValueError("an exposure that varies between areas needed")
    estimates, errors = _slopes(x, w[None, :])
    return ExposureSlope(float(estimates[0]), float(errors[0]), x, w, held)


def wild_p(fitted: ExposureSlope, weights: Floats) -> float:
    """Compute the two-sided wild-cluster-bootstrap p-value: the share of |t*| ≥ |t|, the observed one counted.

    |t*| is drawn under the null hypothesis of no slope; `weights`, shape (B, G), holds one bootstrap weight per draw
    and area.

    See Cameron, Gelbach, Miller (2008); Webb (2023), Canadian J. Economics 56:839-858.
    """
    return bootstrap_p(_imposed_null(fitted, weights)(0.0), abs(fitted.t))


def wild_interval(fitted: ExposureSlope, weights: Floats, *, level: float) -> tuple[float, float] | None:
    """Invert the wild-cluster-bootstrap test into an interval of the slope.

    `weights` are those of the p-value; `level` is the p-value at the ends, 0.05 for a 95 % interval. None if the test
    rejects no slope within 1,024 standard errors.

    At β0 the restricted residuals are c̃ − β0 x̃ and t is centred at β0; the same draws serve every β0.

    See MacKinnon, Nielsen, Webb (2023), J. Econometrics 232:272-299.
    """
    draws = _imposed_null(fitted, weights)
    beta, error = fitted.estimate, fitted.standard_error
    if error == 0:
        return None

    def excess(slope: float) -> float:
        return bootstrap_p(draws(slope), abs((beta - slope) / error)) - level

    ends = []
    for side in (-1.0, 1.0):
        reach = 1.0
        while excess(beta + side * reach * error) > 0:
            reach *= 2
            if reach > WIDEST_SEARCH:
                return None
        ends.append(float(brentq(excess, beta, beta + side * reach * error, xtol=1e-9 * error)))
    return ends[0], ends[1]


def permuted(fitted: ExposureSlope, permutations: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Draw the randomisation distribution of a slope without control: |β| and |t|, shape (B,), with exposures permuted.

    The rows of `permutations`, shape (B, G), are orders of the areas.

    See MacKinnon, Webb (2020), J. Econometrics 218:435-450.
    """
    if fitted.control is not None:
        raise ValueError("a slope without control needed")
    estimates, errors = _slopes(fitted.exposure[permutations], fitted.change[None, :])
    return np.abs(estimates), np.abs(_ratio(estimates, errors))


def _imposed_null(fitted: ExposureSlope, weights: Floats) -> Callable[[float], Floats]:
    """Return |t*| as a function of the imposed slope: bootstrapped changes are linear in it, drawn once."""
    if weights.shape[1:] != fitted.change.shape:
        raise ValueError(f"weights for {len(fitted.change)} areas needed, got {weights.shape}")
    change = _residual(weights * fitted.change, fitted.control)

    @cache
    def per_slope() -> Floats:
        return _residual(weights * fitted.exposure, fitted.control)

    def draws(slope: float) -> Floats:
        # Most callers impose a slope of zero.
        moved = change - slope * per_slope() if slope else change
        estimates, errors = _slopes(fitted.exposure, moved)
        return np.abs(_ratio(estimates, errors))

    return draws


def _residual(values: Floats, control: Floats | None) -> Floats:
    """Residual of the last axis after its mean and the (already mean-free) control."""
    centred: Floats = values - values.mean(axis=-1, keepdims=True)
    if control is None:
        return centred
    left: Floats = centred - (centred @ control / (control @ control))[..., None] * control
    return left


def _slopes(exposure: Floats, change: Floats) -> tuple[Floats, Floats]:
    """Slopes and CRV1 errors of residual changes on residual exposures, along the last axis."""
    squares = (exposure**2).sum(axis=-1)
    estimates = (exposure * change).sum(axis=-1) / squares
    scores = exposure * (change - estimates[:, None] * exposure)
    areas = change.shape[-1]
    errors = np.sqrt(areas / (areas - 1) * (scores**2).sum(axis=-1)) / squares
    return estimates, errors


def _ratio(estimates: Floats, errors: Floats) -> Floats:
    """Estimate over error; 0/0 is 0, as a zero slope is no evidence."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(estimates == 0, 0.0, estimates / errors)


def critical_value(exposure: Exposure) -> float:
    """Return the quantile by which an event study's standard errors become 95 % intervals."""
    return float(stats.t.ppf(1 - ALPHA / 2, exposure.areas - 1))


def years_apart(exposure: Exposure) -> list[int]:
    """List the years before the start whose interval leaves out zero."""
    critical = critical_value(exposure)
    return [point.year for point in exposure.before if abs(point.estimate) > critical * point.standard_error]
