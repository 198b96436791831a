"""Every judgement value of the methods, typed: params/methods.yaml.

The file pairs each value with its reason; callers take the plain value::

    settings = read_method_settings(root)
    settings.outlook.design_effects  # (1.0, 2.0, 4.0)
    settings.reasons["outlook"]["design_effects"]  # value, unit, reason, reference

A method that rests on another's values holds that section whole, under its name: ``settings.outlook.flow``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, RootModel, ValidationInfo, field_validator

from policyreport.params.reading import Root, Strict, load_parameters, require_known, validate_strict
from policyreport.project import find_project

Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
Numbers = Annotated[tuple[Positive, ...], Field(min_length=1)]


class Setting(Strict):
    """One judgement value with its unit, the reason for it, and a key of METHODS §19 where one backs it.

    `label` names it for readers where its name in the file would not.
    """

    value: Any
    label: str = ""
    unit: str = ""
    reason: Annotated[str, Field(min_length=10)]
    reference: str = ""


class SettingsFile(RootModel[dict[str, dict[str, Setting]]]):
    """The file as written: section, name, setting."""


class ConventionsSettings(Strict):
    """METHODS §0."""

    draws: Count
    probability_bands: tuple[Share, ...]
    sum_tolerance: Share
    weak_below: Count
    minimum_official_points: Count
    shock_years: tuple[int, ...]


class MultiplicitySettings(Strict):
    """METHODS §13."""

    bh_level: Share


class CompletionSettings(Strict):
    """METHODS §1."""

    conventions: ConventionsSettings
    minimum_tasks: Count
    design_effects: Numbers


class FlowSettings(Strict):
    """METHODS §2."""

    conventions: ConventionsSettings
    minimum_days: Count
    design_effects: Numbers
    verdict_design_effect: Positive
    largest_design_effect: Positive
    frailties: Numbers
    verdict_frailty: Positive
    largest_frailty: Positive
    trend_minimum_intervals: Count
    trend_minimum_finished: Count
    trend_minimum_open: Count
    trend_minimum_at_risk: Count
    suspect_ratio: Positive


class OutlookSettings(Strict):
    """METHODS §3."""

    flow: FlowSettings
    required_shares: Annotated[tuple[Share, ...], Field(min_length=1)]
    design_effects: Numbers
    interval_design_effect: Positive
    inner_level: Share
    likely_probability: Share
    unlikely_probability: Share
    prior_shape: Positive
    quantile_points: Count
    largest_intraclass: Share
    grid_from_intervals: Count
    grid_smallest_list: Count
    grid_smallest_open_share: Share
    grid_points: Count
    intraclass_prior: tuple[Positive, Positive]
    certain_above_open: Count
    calibration_first_interval: Count
    calibration_minimum_forecasts: Count
    calibration_level: Share


class PoolingSettings(Strict):
    """METHODS §4, and how the tasks of a list cluster, for §11 and §12 too."""

    flow: FlowSettings
    assumed_design_effect: Positive
    grouping_minimum_pairs: Count
    grouping_minimum_tasks: Count
    maximum_days_apart: Count
    minimum_areas: Count
    minimum_tasks: Count
    grid_points: Count
    cell_cutoff: Positive


class ThresholdSettings(Strict):
    """METHODS §5; `prior_scale_*` in percentage points."""

    conventions: ConventionsSettings
    verdict_probability: Share
    prior_degrees: Positive
    prior_scale_national: Positive
    prior_scale_province: Positive
    first_maturity: Count
    final_maturity: Count
    settled_maturity: Count
    settled_scale: Positive
    prior_factors: Numbers
    prior_mean_weight: Positive
    words_below_revisions: Count

    @field_validator("prior_factors")
    @classmethod
    def _hold_the_prior_in_use(cls, factors: tuple[float, ...]) -> tuple[float, ...]:
        if 1 not in factors:
            raise ValueError("1 among the factors: the prior in use")
        return factors


class PaceSettings(Strict):
    """METHODS §6."""

    threshold: ThresholdSettings
    minimum_points: Count
    minimum_base_years: Count
    on_track_from: Positive
    too_slow_from: Positive
    fan_minimum_points: Count
    fan_levels: tuple[Share, Share]


class PeersSettings(Strict):
    """METHODS §9, and the means of yearly changes of §20.2.

    The correlations of neighbouring years that are considered go from 0 to the largest, in `carry_over_points` steps:
    negative ones would make intervals narrower than independent years do.
    """

    conventions: ConventionsSettings
    multiplicity: MultiplicitySettings
    k: Count
    cutoff: Positive
    variables: Annotated[tuple[str, ...], Field(min_length=1)]
    minimum_points: Count
    carry_over_points: Annotated[int, Field(ge=2)]
    largest_carry_over: Annotated[float, Field(gt=0, lt=1)]
    rest_of_nation_above: Share

    @property
    def with_independent_years(self) -> PeersSettings:
        """The same settings, as if nothing carried over from one year to the next."""
        # One point is fewer than a file may ask for.
        return BaseModel.model_copy(self, update={"carry_over_points": 1, "largest_carry_over": 0.0})


class TrendSettings(Strict):
    """METHODS §7."""

    conventions: ConventionsSettings
    peers: PeersSettings
    # With fewer, no interval of the median slope reaches 95 %.
    minimum_points: Annotated[int, Field(ge=5)]
    verdict_level: Share
    gls_rhos: Annotated[tuple[Share, ...], Field(min_length=1)]
    verdict_rho: Share
    enumerate_ties_to: Count
    hac_from_points: Count
    hac_lags: Count
    minimum_after_break: Count
    maximum_missing_years: Count
    step_dates: tuple[Literal["policy", "mergers"], ...]
    step_minimum_before: Count
    step_minimum_after: Count
    mean_from_areas: Share
    cusum_from_points: Count
    wandering_from: Share
    wandering_chance: Share


class PanelSettings(Strict):
    """METHODS §8."""

    conventions: ConventionsSettings
    minimum_areas: Count
    minimum_points: Count
    maximum_dropped: Share
    largest_correlation: Share
    smallest_eigenvalue: Positive
    bartlett_level: Share
    equal_slopes_level: Share
    tau_points: Count
    tau_range: Positive


class ExposureSettings(Strict):
    """METHODS §10."""

    conventions: ConventionsSettings
    minimum_areas: Count
    minimum_pre_years: Count
    placebo_minimum_years: Count
    few_treated_below: Count
    exposures: tuple[str, ...]
    webb_points: Annotated[tuple[float, ...], Field(min_length=2)]
    verdict_level: Share
    power: Share


class RanksSettings(Strict):
    """METHODS §11."""

    conventions: ConventionsSettings
    minimum_areas: Count
    quadrature_digits: Annotated[int, Field(ge=4, le=12)]
    tau: Count
    count_level: Share

    @property
    def tolerance(self) -> float:
        """Largest error of a critical value."""
        return float(10**-self.quadrature_digits)


class FunnelSettings(Strict):
    """METHODS §12."""

    pooling: PoolingSettings
    multiplicity: MultiplicitySettings
    minimum_areas: Count
    minimum_tasks: Count
    tail_probabilities: tuple[Share, Share, Share, Share]
    winsor_share: Share
    smallest_drawn: Annotated[int, Field(ge=1)]
    overdispersion_errors: Positive
    pair_bar: Positive


class HarmoniseSettings(Strict):
    """METHODS §14; `growth_error` in percentage points, `income_error` in % of the value, both standard deviations."""

    small_part: Share
    tolerance_points: Positive
    tolerance_percent: Positive
    growth_error: Annotated[float, Field(ge=0)]
    income_error: Annotated[float, Field(ge=0)]


class RevisionsSettings(Strict):
    """METHODS §15."""

    threshold: ThresholdSettings
    minimum_statistics: Count
    minimum_bias_test: Count
    minimum_news_noise: Count


class SensitivitySettings(Strict):
    """METHODS §16: alternative values per axis, by method."""

    completion_design_effects: Numbers
    trend_rhos: tuple[Share, ...]
    trend_windows: tuple[str, ...]
    trend_series: tuple[str, ...]
    peers_k: tuple[int, ...]
    peers_without: tuple[str, ...]
    pace_forms: tuple[str, ...]
    threshold_vintages: tuple[Literal["newest", "first"], ...]
    trend_errors: tuple[Literal["HAC", "GLSAR"], ...]
    peers_weights: tuple[Literal["plain", "output"], ...]
    peers_carry_over: tuple[Literal["learnt", "none"], ...]
    pace_bases: tuple[Literal["earliest", "shortest", "one year"], ...]
    exposure_posts: Annotated[tuple[Literal["all", "first"], ...], Field(min_length=1)]
    exposure_controls: tuple[Literal["none", "merged"], ...]
    exposure_inference: tuple[Literal["WCR", "RI-t", "CRV1"], ...]


class MethodSettings(Strict):
    """All judgement values, one section per method; `reasons` keeps them with unit, reason and reference."""

    conventions: ConventionsSettings
    multiplicity: MultiplicitySettings
    completion: CompletionSettings
    flow: FlowSettings
    outlook: OutlookSettings
    pooling: PoolingSettings
    threshold: ThresholdSettings
    pace: PaceSettings
    peers: PeersSettings
    trend: TrendSettings
    panel: PanelSettings
    exposure: ExposureSettings
    ranks: RanksSettings
    funnel: FunnelSettings
    harmonise: HarmoniseSettings
    revisions: RevisionsSettings
    sensitivity: SensitivitySettings
    reasons: dict[str, dict[str, Setting]] = Field(default={}, exclude=True, repr=False)

    @field_validator("*", mode="before")
    @classmethod
    def _hand_over_sections(cls, written: Any, info: ValidationInfo) -> Any:
        """Give a section those it rests on, which stand above it and are checked by then."""
        model = cls.model_fields[str(info.field_name)].annotation
        if not (isinstance(written, dict) and isinstance(model, type) and issubclass(model, Strict)):
            return written
        held = [name for name in model.model_fields if name in cls.model_fields]
        if own := [name for name in held if name in written]:
            raise ValueError(f"no {own[0]}: that is a section of its own")
        if any(name not in info.data for name in held):
            return model.model_construct()  # The mistake is in the other section, and is reported there.
        return written | {name: info.data[name] for name in held}


def method_settings() -> MethodSettings:
    """Read the settings of the project that the current folder belongs to; raises UsageError where there is none."""
    return read_method_settings(find_project(Path.cwd()))


def read_method_settings(root: Root) -> MethodSettings:
    """Read params/methods.yaml: plain typed values by section, and their reasons."""
    path, body = load_parameters(root, "methods")
    written = validate_strict(path, body, SettingsFile).root
    require_known(f"{path}", written, set(MethodSettings.model_fields) - {"reasons"}, "a section")
    values = {name: {key: setting.value for key, setting in section.items()} for name, section in written.items()}
    settings = validate_strict(path, values, MethodSettings)
    return settings.model_copy(update={"reasons": written})
