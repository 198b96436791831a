"""The settings under which the methods on series and ranks are repeated: those of params/methods.yaml.

Written out, so that the study's fingerprint changes when one of them does; a test compares them with the file.
"""

from __future__ import annotations

from policyreport.params.methods import PanelSettings, PeersSettings, TrendSettings
from policyreport.statistics.validity.task_settings import CONVENTIONS, MULTIPLICITY

PEERS = PeersSettings(
    conventions=CONVENTIONS,
    multiplicity=MULTIPLICITY,
    k=5,
    cutoff=2.0,
    variables=("ln_population", "ln_income", "urban_share"),
    minimum_points=5,
    rest_of_nation_above=0.05,
    carry_over_points=50,
    largest_carry_over=0.98,
)
TREND = TrendSettings(
    conventions=CONVENTIONS,
    peers=PEERS,
    minimum_points=5,
    verdict_level=0.05,
    gls_rhos=(0, 0.3, 0.6),
    verdict_rho=0.3,
    enumerate_ties_to=8,
    hac_from_points=12,
    hac_lags=1,
    minimum_after_break=3,
    maximum_missing_years=1,
    step_dates=("policy", "mergers"),
    step_minimum_before=5,
    step_minimum_after=3,
    mean_from_areas=0.5,
    cusum_from_points=20,
    wandering_from=0.8,
    wandering_chance=0.1,
)
PANEL = PanelSettings(
    conventions=CONVENTIONS,
    minimum_areas=8,
    minimum_points=5,
    maximum_dropped=0.1,
    largest_correlation=0.98,
    smallest_eigenvalue=1e-6,
    bartlett_level=0.01,
    equal_slopes_level=0.05,
    tau_points=2000,
    tau_range=5,
)
