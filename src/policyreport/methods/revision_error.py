"""How far a published value may yet be revised: a t distribution from a prior and past revisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from scipy import stats

from policyreport.methods.intervals import LEVEL
from policyreport.records.base import Interval


@dataclass(frozen=True)
class RevisionPrior:
    """What is believed of a measure's revisions before any was seen.

    Parameters
    ----------
    degrees : float
        ν0, the number of revisions the prior counts for.
    scale : float
        s0, in the unit of the value.
    settled_maturity : int
        Maturity in years from which a value counts as settled.
    settled_scale : float
        s0 of a settled value, in the unit of the value.
    """

    degrees: float
    scale: float
    settled_maturity: int
    settled_scale: float


@dataclass(frozen=True)
class RevisionError:
    """Distribution of a final value about its published one.

    Parameters
    ----------
    revisions : int
        n, the revisions it was learnt from.
    degrees : float
        ν.
    scale : float
        s, in the unit of the value.
    """

    revisions: int
    degrees: float
    scale: float

    def interval(self, value: float) -> Interval:
        """Give the interval of the final value.

        Parameters
        ----------
        value : float
            As published.

        Returns
        -------
        Interval
            v ± t_{0.975,ν} s.

        Raises
        ------
        ValidationError
            If the value is not finite.
        """
        half = float(stats.t.ppf((1 + LEVEL) / 2, self.degrees)) * self.scale
        return Interval(low=value - half, high=value + half, level=LEVEL)

    def probability_at_least(self, value: float, threshold: float) -> float:
        """Give the probability that the final value reaches a threshold.

        Parameters
        ----------
        value, threshold : float
            In the same unit.

        Returns
        -------
        float
            P(final ≥ T) = P(t_ν > (T − v)/s).

        Raises
        ------
        TypeError
            If an argument is not a number.
        """
        return float(stats.t.sf((threshold - value) / self.scale, self.degrees))


def revision_error(history: Sequence[float], maturity: int, prior: RevisionPrior) -> RevisionError | None:
    """Combine the prior with a measure's past revisions.

    Parameters
    ----------
    history : sequence of float
        Revisions of the measure, in the unit of the value.
    maturity : int
        Maturity of the value to be judged, years.
    prior : RevisionPrior
        ν0, s0 and what holds for settled values.

    Returns
    -------
    RevisionError or None
        None where neither the prior nor the history says anything (ν = 0 or s = 0).

    Raises
    ------
    TypeError
        If a revision is not a number.

    Notes
    -----
    ν = ν0 + n and s² = (ν0 s0² + Σ r²)/ν; the mean revision is not subtracted. A settled value is judged
    with n = 0 and the settled scale.

    References
    ----------
    Gelman et al. (2013), Bayesian Data Analysis, 3rd ed. (scaled inverse χ² prior for a variance).
    """
    settled = maturity >= prior.settled_maturity
    revisions = () if settled else tuple(history)
    scale0 = prior.settled_scale if settled else prior.scale
    degrees = prior.degrees + len(revisions)
    if degrees <= 0:
        return None
    scale = sqrt((prior.degrees * scale0**2 + sum(r * r for r in revisions)) / degrees)
    return RevisionError(len(revisions), degrees, scale) if scale > 0 else None
