"""A probability about a final value under every prior considered, so that no prior is hidden (METHODS §20.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import isinf
from typing import Literal

from policyreport.records.shares import PriorCell
from policyreport.statistics.common.certainty import held_words
from policyreport.statistics.shares.revision_error import RevisionError, RevisionPrior, flat_prior, revision_error

Mean = Literal["zero", "normal", "flat"]


def prior_cells(
    history: Sequence[float],
    maturity: int,
    priors: Sequence[RevisionPrior],
    probability: Callable[[RevisionError], float],
    verdict: Callable[[float], str] = lambda probability: "",
) -> tuple[PriorCell, ...]:
    """Compute a probability under each prior, and last from the past revisions alone.

    Of `priors` the one in use comes first, then those of `revision_error.prior_grid`; `verdict` is what a probability
    gives. Empty where there is no history, or the value is settled: no probability is printed then.
    """
    cells = []
    for prior in dict.fromkeys((*priors, flat_prior(priors[0]))):
        error = revision_error(history, maturity, prior)
        if error is None or not error.revisions:
            continue
        chance, mean = probability(error), mean_of(prior)
        assumed = {} if mean == "flat" else {"scale": prior.scale, "degrees": prior.degrees}
        cells.append(PriorCell(mean=mean, probability=chance, verdict=verdict(chance), **assumed))
    return tuple(cells)


def mean_of(prior: RevisionPrior) -> Mean:
    """Name the assumption of a prior about the mean revision."""
    if isinf(prior.mean_weight):
        return "zero"
    return "normal" if prior.mean_weight else "flat"


def in_grid(cells: Iterable[PriorCell]) -> list[PriorCell]:
    """Drop the cell without a prior, which is shown but does not count."""
    return [each for each in cells if each.mean != "flat"]


def certainty_in_grid(cells: Iterable[PriorCell], probability_bands: Sequence[float]) -> str:
    """Return the phrase for a probability that holds under every prior; empty where they differ."""
    return held_words([each.probability for each in in_grid(cells)], probability_bands=probability_bands)
