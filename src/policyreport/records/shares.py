"""Results on shares against thresholds and targets: METHODS §5 threshold, §6 pace, §15 revisions."""

from __future__ import annotations

from datetime import date
from typing import Literal

from policyreport.records.base import Frozen, Interval, Observation, Refusal, Result


class PriorCell(Frozen):
    """Probability and verdict under one prior on revisions (METHODS §20.4).

    `mean` says whether the mean revision is taken as zero, as normal about zero, or learnt from the past revisions
    alone (`flat`, and then their size too, so that `scale` and `degrees` are None).
    """

    mean: Literal["zero", "normal", "flat"]
    scale: float | None = None
    degrees: float | None = None
    probability: float
    verdict: str


class Threshold(Result):
    """Verdict on one measure and vintage against a threshold (METHODS §5).

    `probability` is None where the rules withhold it (no vintage history, bound only); `certainty` is the
    band of METHODS §0's probability words, given for 1-4 revisions where it is the same in every prior of
    `prior_cells` but the flat one. `as_published` is True for n = 0. `interval` is the 95% interval of the final
    value, `verdict_interval` the one that leaves out the threshold just where there is a verdict.
    """

    kind: Literal["threshold"] = "threshold"
    area: str
    indicator: str
    measure: str
    period: str
    threshold: float
    observation: Observation
    verdict: Literal["above", "below", "cannot tell apart", "stated above", "stated below"]
    as_published: bool = False
    probability: float | None = None
    certainty: str = ""
    interval: Interval | None = None
    verdict_interval: Interval | None = None
    scale: float | None = None
    degrees: float | None = None
    revisions: int = 0
    distance: float
    largest_revision: float | None = None
    prior_cells: tuple[PriorCell, ...] = ()


class NotYearly(Result):
    """A figure for part of a year, or for several: shown with its period, not judged against a yearly threshold."""

    kind: Literal["not-yearly"] = "not-yearly"
    area: str
    indicator: str
    measure: str
    period: str
    observation: Observation


class AggregateCheck(Result):
    """Weighted mean of the parts against the whole (METHODS §5): a difference, no test."""

    kind: Literal["aggregate-check"] = "aggregate-check"
    indicator: str
    measure: str
    period: str
    parts: int
    weighted_mean: float
    published: float
    difference: float


class PartBound(Frozen):
    """Between which values a part without a figure lies, None where nothing limits it, and its share of all weights."""

    area: str
    weight: float
    low: float | None
    high: float | None


class Remainder(Result):
    """What the whole and the parts with a figure leave for the others (METHODS §20.6), if all are measured alike.

    `known_weight` and `known_mean` are those of the parts with a figure, `mean` is that of the rest of the whole;
    `bounds` is empty where no values between `low` and `high` give the whole: the figures are not measured alike then.
    """

    kind: Literal["remainder"] = "remainder"
    area: str
    indicator: str
    measure: str
    period: str
    weight_year: int
    published: float
    known: tuple[str, ...]
    known_weight: float
    known_mean: float
    mean: float
    low: float | None
    high: float | None
    bounds: tuple[PartBound, ...]


class BoundedValue(Result):
    """An annual value of which a part is missing: between which values the whole lies (METHODS §20.6).

    `missing` are the parts without a figure; an end is None where the indicator has no limit on that side.
    """

    kind: Literal["bounded-value"] = "bounded-value"
    area: str
    indicator: str
    measure: str
    year: int
    low: float | None
    high: float | None
    missing: tuple[str, ...]


class Pace(Result):
    """Progress against a dated target (METHODS §6).

    Rates are percentage points a year (`*_pp`) and compound growth, shares of 1 (`*_cagr`).
    `headline` is the band that is printed, after form and revision uncertainty; `headline_bands` names the
    bands it was made from, worst first. `ratio_interval` is the CAGR ratio at both ends of the revision
    interval of the latest value, `ratio_pp_interval` the other form; ratios are None where the base
    already met the target (*held*, *lost*), `required_from_now_*` once the target's year has come. The
    `reached_*` fields say how likely the final value meets the target, once the published one does; a cell's
    verdict is empty there.
    """

    kind: Literal["pace"] = "pace"
    area: str
    indicator: str
    measure: str
    base_period: str
    base_value: float
    latest_period: str
    latest_value: float
    target: float
    target_period: str
    observed_pp: float
    required_pp: float
    required_from_now_pp: float | None
    observed_cagr: float | None
    required_cagr: float | None
    ratio_pp: float | None
    ratio_cagr: float | None
    ratio_interval: Interval | None = None
    ratio_pp_interval: Interval | None = None
    required_from_now_cagr: float | None = None
    band: str
    band_pp: str
    headline: str
    headline_bands: tuple[str, ...] = ()
    reached_probability: float | None = None
    reached_certainty: str = ""
    reached_cells: tuple[PriorCell, ...] = ()
    one_year_base_period: str = ""
    one_year_ratio: float | None = None
    one_year_ratio_interval: Interval | None = None
    one_year_verdict: str = ""
    fan: tuple[FanPoint, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    fan_refusal: Refusal | None = None


class FanPoint(Result):
    """One year of the drift fan: a scenario, not a forecast."""

    year: int
    centre: float
    interval80: Interval
    interval95: Interval


class Scenario(Result):
    """A scenario line from the latest value: years and values of equal length."""

    name: Literal["pp pace", "cagr pace", "largest gain", "required"]
    years: tuple[int, ...]
    values: tuple[float, ...]


class VintageValue(Result):
    """One cell of a revision triangle."""

    period: str
    published: date
    value: float
    status: str
    observation: str


class RevisionStatistics(Result):
    """Revisions from the first value to one maturity, in the unit and relative to the first value."""

    maturity: int
    n: int
    mean: float
    mean_absolute: float
    rmse: float
    minimum: float
    maximum: float
    share_upward: float
    relative_mean: float | None = None
    relative_mean_absolute: float | None = None
    relative_rmse: float | None = None


class Revisions(Result):
    """Revision triangle of one measure and producer (METHODS §15).

    `values` are the revisions of METHODS §5, by area and period; below three of them only `rmse` is given.
    `apart` holds projections, derived and bounded values: shown next to the triangle, never revisions.
    """

    kind: Literal["revisions"] = "revisions"
    area: str
    indicator: str
    measure: str
    cells: tuple[VintageValue, ...]
    n: int
    mean: float | None = None
    mean_absolute: float | None = None
    rmse: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    share_upward: float | None = None
    bias_test: RevisionTest | Refusal | None = None
    news_noise: NewsNoise | Refusal | None = None
    values: tuple[float, ...] = ()
    by_maturity: tuple[RevisionStatistics, ...] = ()
    apart: tuple[VintageValue, ...] = ()


class MeasureDifference(Result):
    """One quantity of one area by two measures (METHODS §15): differences, not revisions.

    `differences` are the other measure's newest value minus the reference's, by `periods`; `unit` is theirs.
    """

    kind: Literal["measure-difference"] = "measure-difference"
    area: str
    indicator: str
    measure: str
    reference: str
    unit: str
    periods: tuple[str, ...]
    differences: tuple[float, ...]
    mean: float
    rmse: float


class RevisionTest(Result):
    """Result of a t test of zero mean revision (n ≥ 5)."""

    mean: float
    t: float
    p_value: float


class NewsNoise(Result):
    """Mankiw-Shapiro regressions of the revision on the first and on the final value (HC1)."""

    news_slope: float
    news_p: float
    noise_slope: float
    noise_p: float


Pace.model_rebuild()
Revisions.model_rebuild()
