"""The settings with which the study calls the methods: those of params/methods.yaml (checked by a test), but for speed.

They stand in code, so that a changed one makes the kept results stale.
"""

from __future__ import annotations

from policyreport.params.methods import (
    ConventionsSettings,
    FlowSettings,
    FunnelSettings,
    MultiplicitySettings,
    OutlookSettings,
    PoolingSettings,
)

CONVENTIONS = ConventionsSettings(
    draws=9999,
    probability_bands=(0.01, 0.05, 0.2, 0.8, 0.95, 0.99),
    sum_tolerance=0.01,
    weak_below=12,
    minimum_official_points=5,
    shock_years=(2020, 2021),
)
MULTIPLICITY = MultiplicitySettings(
    bh_level=0.05,
)
FLOW = FlowSettings(
    conventions=CONVENTIONS,
    minimum_days=14,
    design_effects=(1.0, 2.0, 4.0),
    verdict_design_effect=2.0,
    largest_design_effect=50.0,
    frailties=(0.5, 1.0, 2.0),
    verdict_frailty=1.0,
    largest_frailty=10.0,
    trend_minimum_intervals=5,
    trend_minimum_finished=10,
    trend_minimum_open=10,
    trend_minimum_at_risk=5,
    suspect_ratio=10.0,
)
OUTLOOK = OutlookSettings(
    flow=FLOW,
    required_shares=(1.0, 0.95),
    design_effects=(1.0, 2.0, 4.0),
    interval_design_effect=4.0,
    inner_level=0.8,
    likely_probability=0.8,
    unlikely_probability=0.2,
    prior_shape=0.5,
    quantile_points=100,
    largest_intraclass=0.5,
    grid_from_intervals=5,
    grid_smallest_list=50,
    grid_smallest_open_share=0.4,
    grid_points=100,
    intraclass_prior=(1.0, 19.0),
    certain_above_open=30,
    calibration_first_interval=4,
    calibration_minimum_forecasts=8,
    calibration_level=0.9,
)
"""With fewer quantiles than the report's, which move a limit by one task at most."""
POOLING = PoolingSettings(
    flow=FLOW,
    assumed_design_effect=2.0,
    grouping_minimum_pairs=20,
    grouping_minimum_tasks=5,
    maximum_days_apart=31,
    minimum_areas=8,
    minimum_tasks=10,
    grid_points=60,
    cell_cutoff=1e-06,
)
"""On a coarser grid than the report's, from which its limits differ in the fourth digit."""
FUNNEL = FunnelSettings(
    pooling=POOLING,
    multiplicity=MULTIPLICITY,
    minimum_areas=10,
    minimum_tasks=10,
    tail_probabilities=(0.001, 0.025, 0.975, 0.999),
    winsor_share=0.1,
    smallest_drawn=10,
    overdispersion_errors=2.0,
    pair_bar=1.39,
)
