"""Repetitions of the panel's mixed model, which is slow to fit: how often it may be used (METHODS §8, §17)."""

from __future__ import annotations

import numpy as np

from policyreport.statistics.series.panel_fits import MixedFit, closed_form, fit_mixed
from policyreport.statistics.validity.measures import Measure, share
from policyreport.statistics.validity.processes import sloping_panel
from policyreport.statistics.validity.settings import PANEL

Measures = tuple[Measure, ...]
REPETITIONS = 40
"""Maximum per row: a fit takes a tenth of a second to half a second."""
TOLERANCE = 1e-4
"""Of an optimiser, in squared standard errors of a slope (METHODS §0)."""
BOUNDARY = ("a variance at zero", "correlation")
"""How the reasons for a fit on the boundary begin; any other reason is a failed search."""


def mixed_model(rng: np.random.Generator, draws: int, *, areas: int, years: int, ratio: float) -> Measures:
    """Repeat the mixed model's fit and the closed form, and count the fits that may not be used."""
    fits: list[MixedFit] = []
    variances: list[float] = []
    apart: list[float] = []
    for _ in range(draws):
        _, y = sloping_panel(rng, areas, years, ratio)
        fit = fit_mixed(y, [str(area) for area in range(areas)], range(years), PANEL)
        moments = closed_form(y, range(years))
        fits.append(fit)
        variances.append(moments.slope_variance)
        if fit.accepted and fit.variances is not None:
            apart.append(abs(fit.variances[2] - moments.slope_variance) * moments.sxx / moments.residual_variance)
    on_boundary = [each.detail.startswith(BOUNDARY) for each in fits]
    refused = [not each.accepted for each in fits]
    compared = (share("used fit agrees with the closed form", np.array(apart) <= TOLERANCE),) if apart else ()
    return (
        share("fit not used", refused),
        share("on the boundary", on_boundary),
        share("search failed", np.array(refused) & ~np.array(on_boundary)),
        share("closed form's slopes' variance at or below zero", np.array(variances) <= 0),
        *compared,
    )
