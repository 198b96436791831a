"""How far a published value may yet be revised: a t distribution from a prior and past revisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf, isinf, sqrt

from scipy.special import stdtr, stdtrit

from policyreport.records.base import Interval
from policyreport.statistics.common.intervals import LEVEL


@dataclass(frozen=True)
class RevisionPrior:
    """Prior of a measure's revisions: ν0 `degrees`, the number of revisions that it counts for, and s0, its `scale`.

    From `settled_maturity` years on a value counts as settled, with an s0 of its own; scales are in the unit of the
    value. `mean_weight` is κ0, the number of revisions that a mean revision of 0 counts for; infinite where the mean is
    fixed at 0.
    """

    degrees: float
    scale: float
    settled_maturity: int
    settled_scale: float
    mean_weight: float = inf


@dataclass(frozen=True)
class RevisionError:
    """Distribution of a final value about its published one, from n `revisions`.

    t with ν `degrees` and scale s about the expected revision `centre`, both in the unit of the value.
    """

    revisions: int
    degrees: float
    scale: float
    centre: float = 0.0

    def interval(self, value: float, level: float = LEVEL) -> Interval:
        """Interval of the final value, v + centre ± t s."""
        middle, half = value + self.centre, float(stdtrit(self.degrees, (1 + level) / 2)) * self.scale
        return Interval(low=middle - half, high=middle + half, level=level)

    def probability_at_least(self, value: float, threshold: float) -> float:
        """P(final ≥ T) = P(t_ν > (T − v − centre)/s)."""
        return float(stdtr(self.degrees, (value + self.centre - threshold) / self.scale))

    def probability_at_most(self, value: float, threshold: float) -> float:
        """P(final ≤ T)."""
        return float(stdtr(self.degrees, (threshold - value - self.centre) / self.scale))


def revision_error(history: Sequence[float], maturity: int, prior: RevisionPrior) -> RevisionError | None:
    """Combine the prior with a measure's past revisions, for a value of some maturity in years.

    None where neither the prior nor the history is informative (ν = 0 or s = 0).

    Revisions are N(m, σ²), σ² scaled inverse χ² with ν0 and s0, m given σ² N(0, σ²/κ0). With κ = κ0 + n the next
    revision is t with ν = ν0 + n about Σr/κ, squared scale (1 + 1/κ) [ν0 s0² + Σr² − (Σr)²/κ]/ν. Infinite κ0 sets the
    mean to 0: centre 0, squared scale (ν0 s0² + Σr²)/ν. A settled value is judged with n = 0 and the settled scale.

    See Gelman et al. (2013), Bayesian Data Analysis, 3rd ed., sections 2.6 and 3.3.
    """
    settled = maturity >= prior.settled_maturity
    revisions = () if settled else tuple(history)
    scale0 = prior.settled_scale if settled else prior.scale
    degrees = prior.degrees + len(revisions)
    if degrees <= 0:
        return None
    centre, squares, wider = 0.0, sum(r * r for r in revisions), 1.0
    if not isinf(prior.mean_weight):
        weight = prior.mean_weight + len(revisions)
        centre, wider = sum(revisions) / weight, 1 + 1 / weight
        squares -= sum(revisions) ** 2 / weight
    scale = sqrt(wider * (prior.degrees * scale0**2 + max(squares, 0.0)) / degrees)
    return RevisionError(len(revisions), degrees, scale, centre) if scale > 0 else None


def flat_prior(prior: RevisionPrior) -> RevisionPrior:
    """Return the prior flat in m and ln σ, uninformative about the mean and the size of revisions.

    The limit κ0 = 0, ν0 = −1, s0 = 0: the next revision is t with n − 1 degrees of freedom about the mean of the past
    ones, squared scale (1 + 1/n) Σ(r − r̄)²/(n − 1). Below two revisions `revision_error` returns None.
    """
    return replace(prior, degrees=-1.0, scale=0.0, mean_weight=0.0)


def prior_grid(prior: RevisionPrior, *, factors: Sequence[float], mean_weight: float) -> tuple[RevisionPrior, ...]:
    """List the priors under which a printed probability must hold: every scale with every weight, zero mean first.

    `factors` are multiples of s0 and ν0 of the prior behind the verdicts, including 1; `mean_weight` is κ0 of a mean
    revision not fixed at 0.
    """
    return tuple(
        replace(
            prior,
            scale=scale * prior.scale,
            settled_scale=scale * prior.settled_scale,
            degrees=weight * prior.degrees,
            mean_weight=mean,
        )
        for mean in (inf, mean_weight)
        for scale in factors
        for weight in factors
    )
