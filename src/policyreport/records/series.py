"""Results on series of areas: METHODS §7 trend, §8 panel, §9 peers, §10 exposure, §11 ranks, §16."""

from datetime import date
from itertools import combinations
from math import hypot
from typing import Literal

from policyreport.records.base import Frozen, Interval, Refusal, Result


class SeriesPoint(Frozen):
    """One year of a series: the value, its status, and the hard range of parts where it was harmonised.

    `error` is the standard deviation of a recalculated value, where it is known. `segment` counts the unbroken
    stretches of one definition, from 0; `inputs` are ledger row ids. `begun` is the first day of what the figure
    covers where that is known and not the year's: a survey's fieldwork.
    """

    year: int
    value: float
    status: str = "observed"
    begun: date | None = None
    segment: int = 0
    low: float | None = None
    high: float | None = None
    error: float | None = None
    inputs: tuple[str, ...] = ()


class ComparedSeries(Result):
    """An area's yearly values, and those of reference: the country's, or for a score the mean of the provinces.

    `index` is the area's as an index of the country's, where that is what is shown; `inputs` are the rows of all that a
    figure draws, the region's among them.
    """

    indicator: str
    own: tuple[SeriesPoint, ...]
    reference: tuple[SeriesPoint, ...]
    index: tuple[SeriesPoint, ...] = ()


class GlsSlope(Frozen):
    """GLS slope at a fixed AR(1) coefficient."""

    rho: float
    slope: float
    standard_error: float
    interval: Interval
    p_value: float


class RegressionSlope(Frozen):
    """A slope by another standard error: a row of a specification table, never a verdict (METHODS §7)."""

    name: Literal["OLS", "HAC", "GLSAR"]
    slope: float
    standard_error: float
    interval: Interval
    p_value: float


class ScaledTrend(Frozen):
    """The same series with each year divided by that year's standard deviation over areas: does its trend hold?

    `slope` is in standard deviations a year; `verdict` is this series' own, before both are put together.
    """

    kendall_s: int
    p_value: float
    p_adjusted: float | None = None
    slope: float
    slope_interval: Interval
    verdict: Literal["rising", "falling", "no clear trend"]


class Trend(Result):
    """Is one series rising or falling (METHODS §7, §20.3)?

    `points` are all points, drawn; the verdict rests on those from `first_year` to `last_year`. `slope`
    is per year in the series' unit, its interval exact with the attained level; `p_is_exact` is false for a normal
    approximation, which ties in a long series ask for; `line` is that line in the
    first and in the last year. A score's trend must hold in `scaled` too. `carry_over_p` is that of a line whose
    errors carry over from year to year as all areas' series together say, of a score the larger of the two scales';
    None where the order of the values gave no word already.
    """

    kind: Literal["trend"] = "trend"
    area: str
    indicator: str
    series: Literal["own", "minus nation", "minus mean"]
    unit: str
    points: tuple[SeriesPoint, ...]
    first_year: int
    last_year: int
    n: int
    kendall_s: int
    p_value: float
    p_is_exact: bool = True
    p_adjusted: float | None = None
    smallest_p: float
    slope: float
    slope_interval: Interval
    line: tuple[float, float]
    gls: tuple[GlsSlope, ...]
    scaled: ScaledTrend | None = None
    carry_over_p: float | None = None
    carry_over_p_adjusted: float | None = None
    verdict: Literal["rising", "falling", "no clear trend"]

    @property
    def window(self) -> tuple[SeriesPoint, ...]:
        """The points that the verdict rests on."""
        return tuple(
            point
            for point in self.points
            if self.first_year <= point.year <= self.last_year and point.status != "projection"
        )


class YearlyMean(Result):
    """A mean of yearly values set against zero, facts first: what every year shows, then how sure the mean is.

    In `years_above` of `years` the value lay above zero; `smallest` and `largest` are the least and greatest yearly
    value. `standard_error` and `degrees` hold what all areas say of spread and carry-over (METHODS §20.1);
    `known_variance` is the part of the mean's variance that recalculated values bring with them.
    """

    years: tuple[int, ...]
    differences: tuple[float, ...]
    years_above: int
    smallest: float
    largest: float
    mean: float
    interval: Interval
    standard_error: float
    degrees: float
    known_variance: float = 0.0
    p_value: float
    p_adjusted: float | None = None


class LevelTrend(YearlyMean):
    """Does a level rise faster than the country's (METHODS §20.2)? Its yearly log changes minus the country's, in %.

    `points` are the level as an index of the country's, 100 in every year; `differences` end in each of `years`.
    """

    kind: Literal["level-trend"] = "level-trend"
    area: str
    indicator: str
    unit: str
    points: tuple[SeriesPoint, ...]
    first_year: int
    last_year: int
    verdict: Literal["rising", "falling", "no clear trend"]


class MeanFamily(Result):
    """What the yearly differences of all areas to the country show together (METHODS §20.1).

    `carry_over` is the correlation of neighbouring years that they point to, as if there were `series` independent
    ones; `prior_degrees` is how surely their variances lie about `prior_variance`, None if all have that one.
    `singled_out` are the areas told apart from zero after adjustment, `if_independent` those who would be if years
    were independent of each other. `always_above` and `never_above` are facts of every year, not tests.
    """

    kind: Literal["mean-family"] = "mean-family"
    indicator: str
    unit: str
    areas: int
    tested: int
    first_year: int
    last_year: int
    n: int
    carry_over: float
    series: float
    prior_degrees: float | None
    prior_variance: float
    singled_out: tuple[str, ...] = ()
    if_independent: tuple[str, ...] = ()
    always_above: tuple[str, ...] = ()
    never_above: tuple[str, ...] = ()


class FamilyMember(Result):
    """One area singled out in a family, with its p-value before and after adjustment."""

    area: str
    verdict: Literal["rising", "falling"]
    slope: float
    p_value: float
    p_is_exact: bool = True
    p_adjusted: float


class TrendFamily(Result):
    """The trends of one indicator for all areas, judged together (METHODS §13).

    `tested` of `areas` have a trend, the others are refused. `smallest_p` is the smallest exact p that a series
    of so many years can reach; `needed` areas would have to reach it before any is singled out, None if no
    number of areas suffices. `carry_over` is the correlation of neighbouring years that the series point to about
    lines of their own, and `wandering` how likely one beyond which no trend can be told from drifting.
    `by_order_alone` areas would be singled out by the order of their values, before lines and the scale in standard
    deviations are asked.
    """

    kind: Literal["trend-family"] = "trend-family"
    indicator: str
    series: Literal["own", "minus nation", "minus mean"]
    unit: str
    areas: int
    tested: int
    first_year: int
    last_year: int
    n: int
    smallest_p: float
    needed: int | None
    carry_over: float
    wandering: float
    by_order_alone: int = 0
    singled_out: tuple[FamilyMember, ...] = ()


class Step(Result):
    """Do the years from a fixed date on differ from those before it (METHODS §7)?

    `difference` is the difference of means; each of `gls` holds the step next to a common line as `slope`.
    """

    kind: Literal["step"] = "step"
    area: str
    indicator: str
    step_date: date
    before: int
    after: int
    difference: float
    p_value: float
    p_is_exact: bool = True
    gls: tuple[GlsSlope, ...]
    verdict: Literal["above", "below", "cannot tell apart"]


class Cusum(Result):
    """Do a line's residuals wander off (METHODS §7)? Evidence, never a verdict."""

    kind: Literal["cusum"] = "cusum"
    area: str
    indicator: str
    n: int
    statistic: float
    p_value: float


class ShrunkSlope(Result):
    """One area's own and pooled slope; the p-values are of its own slope, before and after METHODS §13.

    The interval is that of the pooled slope, where noise is unequal that of the own one.
    """

    area: str
    raw: float
    standard_error: float
    pooled: float
    interval: Interval
    p_value: float | None = None
    p_adjusted: float | None = None


class Panel(Result):
    """Do areas' trends differ (METHODS §8)? Closed form, MixedLM diagnostics, normal-normal slopes.

    Variances are the closed form's, a negative estimate printed as 0 (the flag `boundary-fit` then gives
    it). `mixedlm_variances` are MixedLM's residual, intercept and slope variance and covariance.
    """

    kind: Literal["panel"] = "panel"
    indicator: str
    areas: int
    years: int
    dropped: tuple[str, ...] = ()
    residual_variance: float
    intercept_variance: float
    slope_variance: float
    covariance: float
    f_statistic: float
    f_p_value: float
    mean_f_statistic: float | None = None
    mean_f_p_value: float | None = None
    bartlett_p: float
    unequal_variance: bool
    mixedlm_accepted: bool
    mixedlm_detail: str = ""
    mixedlm_loglik: float | None = None
    mixedlm_variances: tuple[float, float, float, float] | None = None
    tau: float
    slopes: tuple[ShrunkSlope, ...]


class PeerDistance(Frozen):
    """A peer and its distance in standardised pre-period variables."""

    area: str
    distance: float


class Difference(YearlyMean):
    """Mean difference of an area to a comparator over years (METHODS §9, §20.1), percentage points or units of y.

    `placebo_larger` counts other areas whose latest absolute difference is larger, of `placebo_of`. `planned`
    comparisons are judged alone by `p_value`, the others by `p_adjusted`; with `no-close-peer` there is no verdict.
    """

    comparator: Literal["nation", "rest of the nation", "region", "peers"]
    planned: bool = False
    placebo_larger: int
    placebo_of: int
    verdict: Literal["above", "below", "cannot tell apart"] | None = None


class AreaMean(Frozen):
    """One area's mean yearly difference to the country."""

    area: str
    mean: float
    inputs: tuple[str, ...]


class MeanDifferences(Frozen):
    """The mean yearly differences of all areas to the country, among which one is shown.

    `recalculated` says whether any area's values carry an error; `inputs` are the rows behind the country's.
    """

    first_year: int
    last_year: int
    recalculated: bool
    means: tuple[AreaMean, ...]
    inputs: tuple[str, ...]


class Peers(Result):
    """Is the area ahead of its region, the country, its peers (METHODS §9)?"""

    kind: Literal["peers"] = "peers"
    area: str
    indicator: str
    unit: str
    peers: tuple[PeerDistance, ...]
    differences: tuple[Difference | Refusal, ...]


class ExposureCheck(Frozen):
    """One placebo start, leave-one-out or control check of an exposure design.

    `name` is the year, the area left out, or the control; `p_adjusted` is Holm's over the placebo starts.
    """

    name: str
    kind: Literal["placebo start", "leave one out", "control"] = "placebo start"
    estimate: float
    p_value: float | None = None
    p_adjusted: float | None = None


class EventStudyPoint(Frozen):
    """One year's coefficient against the base year."""

    year: int
    estimate: float
    standard_error: float


class Exposure(Result):
    """Did areas with more exposure move differently after the start (METHODS §10)? Never "caused"."""

    kind: Literal["exposure"] = "exposure"
    outcome: str
    exposure: str
    areas: int
    dropped: tuple[str, ...] = ()
    years: tuple[int, ...]
    post_years: tuple[int, ...]
    estimate: float
    standard_error: float
    t: float
    crv1_p: float | None = None
    wcr_p: float
    wcr_interval: Interval | None = None
    ri_t_p: float
    ri_c_p: float
    wcr_p_holm: float | None = None
    ri_t_p_holm: float | None = None
    minimum_detectable: float
    checks: tuple[ExposureCheck, ...] = ()
    event_study: tuple[EventStudyPoint, ...] = ()
    verdict: Literal["associated", "no clear association"]

    @property
    def base_year(self) -> int:
        """The last year before the start: the event study's other years are set against it."""
        return max(year for year in self.years if year < min(self.post_years))

    @property
    def before(self) -> tuple[EventStudyPoint, ...]:
        """The event study's years before the start."""
        return tuple(point for point in self.event_study if point.year < min(self.post_years))


class RankSet(Result):
    """Confidence sets of one area's rank: marginal and simultaneous, first and last place included.

    `critical_values` are those of the marginal set: of the first step and of the last.
    """

    area: str
    estimate: float
    standard_error: float
    rank: int
    marginal: tuple[int, int]
    simultaneous: tuple[int, int]
    critical_values: tuple[float, ...] = ()


class Ranks(Result):
    """Rank sets of a family of areas (METHODS §11).

    `best` and `worst` are the areas that may belong to the first or last `tau`; `critical_values` those of
    the simultaneous sets: of the first step and of the last. Where no pair is told apart, any area may hold any place.
    """

    kind: Literal["ranks"] = "ranks"
    indicator: str
    sets: tuple[RankSet, ...]
    best: tuple[str, ...] = ()
    tau: int = 0
    critical_values: tuple[float, ...] = ()
    basis: Literal["counts", "survey", "model-based"] = "survey"
    worst: tuple[str, ...] = ()

    @property
    def tells_apart(self) -> bool:
        """Whether any two areas are told apart; if not, every range of places is trivial."""
        return any(rank.simultaneous != (1, len(self.sets)) for rank in self.sets)

    @property
    def largest_difference(self) -> float:
        """The largest difference between any two areas, in standard errors."""
        pairs = combinations(self.sets, 2)
        apart = (abs(a.estimate - b.estimate) / hypot(a.standard_error, b.standard_error) for a, b in pairs)
        return max(apart, default=0.0)


class PublishedRank(Result):
    """An area's place in published values.

    `marginal` is the first and last place its true rank may take, where standard errors were published too;
    without them there is none, and `no-sampling-error` says so.
    """

    kind: Literal["published-rank"] = "published-rank"
    area: str
    indicator: str
    period: str
    value: float
    rank: int
    of: int
    marginal: tuple[int, int] | None = None


class Specification(Frozen):
    """One row of a specification table; one that `repeats` rests on the data and settings of a row before it."""

    choices: dict[str, str]
    estimate: float | None = None
    verdict: str
    headline: bool = False
    refused: str = ""
    repeats: bool = False


class Sensitivity(Result):
    """Does the headline survive other sensible choices (METHODS §16)?

    It holds in `agree` of the `of` specifications that are distinct and have an answer; `repeated` ones rest on the
    same data and settings as one of these, `refused` ones have no answer. Median, low and high are over the `of`.
    """

    kind: Literal["sensitivity"] = "sensitivity"
    method: str
    subject: str
    specifications: tuple[Specification, ...]
    agree: int
    of: int
    repeated: int = 0
    refused: int = 0
    median: float | None = None
    low: float | None = None
    high: float | None = None
    most_different: str = ""

    @property
    def headline(self) -> Specification:
        """The row behind the printed figure."""
        return next(row for row in self.specifications if row.headline)

    @property
    def distinct(self) -> tuple[Specification, ...]:
        """Every row except those that only repeat another."""
        return tuple(row for row in self.specifications if not row.repeats)

    @property
    def other_lists(self) -> tuple[Specification, ...]:
        """Rows of lists other than the headline's: what a count can be compared with."""
        own = self.headline.choices["list"]
        return tuple(row for row in self.distinct if row.choices["list"] != own)
