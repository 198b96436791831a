"""The one record each notebook ends in. The version changes when a field's meaning does."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from policyreport.records.base import Finding, Flag, Frozen, Interval, Observation, Refusal
from policyreport.records.series import (
    ComparedSeries,
    Cusum,
    Difference,
    Exposure,
    LevelTrend,
    MeanDifferences,
    MeanFamily,
    Panel,
    Peers,
    PublishedRank,
    Ranks,
    Sensitivity,
    SeriesPoint,
    Step,
    Trend,
    TrendFamily,
)
from policyreport.records.shares import (
    AggregateCheck,
    BoundedValue,
    MeasureDifference,
    NotYearly,
    Pace,
    Remainder,
    Revisions,
    Threshold,
)
from policyreport.records.targets import TargetScore
from policyreport.records.tasks import Calibration, Completion, Flow, Funnel, Outlook, Pooling, QuarterOnQuarter


class Topic(Frozen):
    """What was published for one indicator and measure, as known on the edition's date."""

    indicator: str
    measure: str
    rows: int
    first_period: str
    last_period: str
    newest: date
    publishers: tuple[str, ...]


class PanelValue(Frozen):
    """One harmonised annual value on present boundaries.

    `low` and `high` are the smallest and the largest part of a merged unit, `weight_low` and `weight_high` the value
    under other weights, `bound_low` and `bound_high` the ends between which it lies whatever a missing part is, `error`
    the standard deviation about the publisher's own series where such a check exists; `note` is ``renormalised`` where
    a small part is missing.
    """

    indicator: str
    measure: str
    year: int
    value: float
    status: str
    basis: Literal["published", "back-cast", "recalculated"]
    weight: str = ""
    low: float | None = None
    high: float | None = None
    weight_low: float | None = None
    weight_high: float | None = None
    bound_low: float | None = None
    bound_high: float | None = None
    error: float | None = None
    note: str = ""
    inputs: tuple[str, ...]


class Deviation(Frozen):
    """A result that was not made as params/official.yaml has it.

    `field` is the record's, `estimator` the official one. `argument` is what differs: one of its arguments, a setting
    (``settings.minimum_tasks``), or ``result`` where another estimator or nobody's made it; `official` and `used`
    describe both.
    """

    field: str
    estimator: str
    argument: str
    official: str
    used: str

    @property
    def text(self) -> str:
        """The difference in one line."""
        what = f"{self.estimator}, {self.argument}" if self.estimator else self.argument
        return f"{self.field}: {what}: {self.used} instead of {self.official}"


class NotebookRecord(Frozen):
    """What all notebooks' records share.

    `differs` lists what was made otherwise than the edition requires; None where nobody compared.
    """

    version: Literal[2] = 2
    area: str
    name: str
    edition: str
    as_known_on: date
    differs: tuple[Deviation, ...] | None = None


class CleanRecord(NotebookRecord):
    """The cleaned indicator data of one area: every published row, the panel, what was refused or found."""

    kind: Literal["clean"] = "clean"
    observations: tuple[Observation, ...]
    superseded: int
    panel: tuple[PanelValue, ...]
    topics: tuple[Topic, ...]
    findings: tuple[Finding, ...]
    bounds: tuple[BoundedValue, ...] = ()
    refusals: tuple[Refusal, ...]


class TrendRecord(NotebookRecord):
    """Task counts, shares against the threshold, and trends of one area."""

    kind: Literal["trend"] = "trend"
    completion: tuple[Completion | Refusal, ...]
    flow: tuple[Flow | Refusal, ...]
    share: tuple[Threshold | NotYearly | Refusal, ...]
    share_pace: tuple[Pace | Refusal, ...]
    growth: tuple[Trend | Refusal, ...]
    income: tuple[LevelTrend | Refusal, ...]
    governance: tuple[Trend | Refusal, ...]
    indices: tuple[Refusal, ...]
    compared: tuple[ComparedSeries, ...] = ()
    outlook: tuple[Outlook | Refusal, ...]


class StripItem(Frozen):
    """One cell of a province's strip: a value, its change and its place, or the refusal.

    `change` is the difference to the period before, in `change_unit`; `rank` has its set or says that it has none.
    `part` is a figure for part of a year that came out since: it is shown next to the year's value, never in its place.
    `inputs` are the rows behind `value`, `change_inputs` and `nation_inputs` those behind the other two.
    """

    role: Literal["tasks", "share", "growth", "income", "governance"]
    indicator: str
    period: str = ""
    value: float | None = None
    unit: str = ""
    measure: str = ""
    status: str = ""
    change: float | None = None
    change_unit: str = ""
    nation: float | None = None
    rank: PublishedRank | Refusal | None = None
    count: int | None = None
    total: int | None = None
    inputs: tuple[str, ...] = ()
    change_inputs: tuple[str, ...] = ()
    nation_inputs: tuple[str, ...] = ()
    refusal: Refusal | None = None
    part: Observation | None = None
    flags: tuple[Flag, ...] = ()


class CompareRecord(NotebookRecord):
    """One area compared with its region, the country and its peers."""

    kind: Literal["compare"] = "compare"
    region: str
    strip: tuple[StripItem, ...]
    growth: Peers | Refusal
    growth_among: MeanDifferences | None = None
    growth_differences: tuple[Difference | Refusal, ...]
    income_ratio_nation: Ratio | Refusal
    income_ratio_region: Ratio | Refusal
    ranks: tuple[PublishedRank | Refusal, ...]
    completion: tuple[Completion | Refusal, ...]
    share: tuple[Threshold | NotYearly | Refusal, ...]


class Ratio(Frozen):
    """A value as a ratio (index, comparator = 100) to another area's, both of one year and measure."""

    period: str
    value: float
    comparator_value: float
    index: float
    unit: str
    inputs: tuple[str, ...]


class LeagueRow(Frozen):
    """One area in the league table: each figure, or the refusal where there is none.

    `inputs` are ledger row ids by figure: growth, growth_rank, growth_mean_difference, income, income_index,
    share, completed.
    """

    area: str
    name: str
    slug: str
    region: str
    growth: float | None = None
    growth_status: str = ""
    growth_year: str = ""
    growth_rank: int | None = None
    growth_years: int | None = None
    growth_years_above: int | None = None
    growth_mean_difference: float | None = None
    growth_mean_rank: int | None = None
    growth_mean_rank_set: tuple[int, int] | None = None
    growth_mean_interval: Interval | None = None
    growth_verdict: str = ""
    growth_p_adjusted: float | None = None
    trend_verdict: str = ""
    trend_p_adjusted: float | None = None
    income: float | None = None
    income_year: str = ""
    income_index: float | None = None
    share: float | None = None
    share_year: str = ""
    share_verdict: str = ""
    share_flags: tuple[str, ...] = ()
    completed: int | None = None
    total: int | None = None
    completed_list: str = ""
    completed_date: date | None = None
    refusals: tuple[str, ...] = ()
    inputs: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class CoverageCell(Frozen):
    """Whether an area published something on a topic, with rows, newest date and refusal code."""

    area: str
    topic: str
    rows: int
    newest: date | None = None
    refusal: str = ""


class CodeCount(Frozen):
    """How many areas a refusal or flag of one method hits, and whether it hits the country."""

    method: str
    subject: str
    code: str
    kind: Literal["refusal", "flag"]
    areas: int
    of: int
    nation: bool = False


class BoundaryCheck(Frozen):
    """One area's series recalculated from its parts, compared with the publisher's own (METHODS §14).

    `largest` is the difference of largest size, recalculated minus published, in `largest_year`; differences
    are in percentage points for rates (`unit` ``points``) and in per cent of the published value else.
    """

    area: str
    indicator: str
    measure: str
    first_year: int
    last_year: int
    years: int
    largest: float
    largest_year: int
    mean_absolute: float
    root_mean_square: float
    unit: Literal["points", "%"]
    tolerance: float
    beyond: int
    inputs: tuple[str, ...] = ()


class Widths(Frozen):
    """Median and largest width of ranges, in the unit of the values."""

    median: float
    largest: float


class RecalculatedValues(Frozen):
    """How far an indicator's recalculated values may be off: from the lowest to the highest part, by other weights.

    `values` counts those with a range; of these `renormalised` lack a small part.
    """

    weights: tuple[str, ...]
    values: int
    parts: Widths | None
    other_weights: Widths | None
    renormalised: int


class BoundaryBasis(Frozen):
    """How one indicator's annual values of the provinces came to stand on present boundaries.

    `missing` counts those that lack a part; `ranges` is None where nothing was recalculated with a range.
    """

    indicator: str
    first_year: int | None
    last_year: int | None
    published: int
    back_cast: int
    recalculated: int
    missing: int
    ranges: RecalculatedValues | None = None


class RevisedFigure(Frozen):
    """Ids of the row in force on the day of the edition before, and of the one that replaced it."""

    before: str
    now: str


class FigureCount(Frozen):
    """A number of figures; `inputs` are the raw files they stand in."""

    count: int
    inputs: tuple[str, ...] = ()


class Change(Frozen):
    """What was published of one indicator and measure after the day of the edition before.

    A figure is what one key stands for: area, indicator, measure, list, period, reference date. It is *new* where
    the edition before knew none of its key, *revised* where value, bound or unit differ from those then in force,
    *confirmed* where they are the same. `perhaps_older` counts new figures whose month or year of publication, all
    that is known of it, began before; `new_by_year` counts new ones by the year in which their period ends;
    `sources` counts all by raw file; `published` is the newest publication, as exact as known.
    """

    indicator: str
    measure: str
    areas: int
    new: FigureCount
    confirmed: FigureCount
    revised: tuple[RevisedFigure, ...]
    perhaps_older: FigureCount
    new_by_year: dict[str, FigureCount]
    published: str
    sources: dict[str, int]


class Changes(Frozen):
    """What was published between the day of the edition before, `since`, and this one's.

    `year` is that of the quarter that the edition before reports.
    """

    edition: str
    since: date
    year: int
    by_measure: tuple[Change, ...]


class Headline(Frozen):
    """One finding of the overview: sentence parts come from `facts`, certainty words from the method."""

    id: str
    facts: dict[str, str | int | float | None]
    verdict: str = ""
    inputs: tuple[str, ...] = ()


class SourceLine(Frozen):
    """One raw file as cited on the sources page."""

    id: str
    publisher: str
    title: str
    address: str
    published: str
    accessed: date
    licence: str
    holds: Literal["figures", "statements"] = "figures"
    rows: int
    note: str = ""


class Statement(Frozen):
    """An obstacle, a proposal or an order that an area named, retold; `said` is its day, month or year."""

    area: str
    said: str
    kind: Literal["obstacle", "proposal", "order"]
    theme: str
    text: str
    text_vi: str
    inputs: tuple[str, ...]


class ThemeCount(Frozen):
    """Statements on one theme, by kind, and the areas that made them."""

    theme: str
    obstacles: int
    proposals: int
    orders: int
    areas: tuple[str, ...]
    inputs: tuple[str, ...]


class SeriesRecord(NotebookRecord):
    """The provinces' annual series together, and the headlines under other choices; it reads no other record.

    `growth` is the country's own trend, `growth_by_output` the mean of the provinces' growth, weighted by output.
    """

    kind: Literal["series"] = "series"
    growth: Trend | Refusal | None
    growth_by_output: tuple[SeriesPoint, ...] = ()
    panel: Panel | Refusal | None
    families: tuple[TrendFamily | Refusal, ...]
    means: tuple[MeanFamily | Refusal, ...]
    exposure: tuple[Exposure | Refusal, ...]
    ranks: tuple[Ranks | Refusal, ...]
    steps: tuple[Step | Cusum | Refusal, ...]
    sensitivity: tuple[Sensitivity | Refusal, ...]
    score_sensitivity: tuple[Sensitivity | Refusal, ...]


class TasksRecord(NotebookRecord):
    """The central list on its dates, and the provinces' lists together; it reads no other record."""

    kind: Literal["tasks"] = "tasks"
    completion: tuple[Completion | Refusal, ...]
    quarter_on_quarter: QuarterOnQuarter | Refusal
    flow: tuple[Flow | Refusal, ...]
    outlook: tuple[Outlook | Refusal, ...]
    pooling: Pooling | Refusal
    funnel: Funnel | Refusal
    count_ranks: Ranks | Refusal
    calibration: Calibration | Refusal


class EconomyRecord(NotebookRecord):
    """The digital economy's share by measure and vintage, against threshold and target; it reads no other record."""

    kind: Literal["economy"] = "economy"
    share: tuple[Threshold | NotYearly | Refusal, ...]
    other_quantity: tuple[Threshold | NotYearly | Refusal, ...]
    pace: tuple[Pace | Refusal, ...]
    revisions: tuple[Revisions | Refusal, ...]
    share_aggregate: AggregateCheck | Remainder | Refusal


class DigitalGovernmentRecord(NotebookRecord):
    """Digital government, rules and money as reported, and the obstacles named; it reads no other record."""

    kind: Literal["digital-government"] = "digital-government"
    figures: tuple[Observation, ...]
    statements: tuple[Statement, ...]
    themes: tuple[ThemeCount, ...]


class TargetsRecord(NotebookRecord):
    """Where the policy's targets stand, and related ones for the country and of provinces; it reads no other record."""

    kind: Literal["targets"] = "targets"
    targets: tuple[TargetScore, ...]
    related: tuple[TargetScore, ...]
    of_provinces: tuple[TargetScore, ...]


class ProvincesRecord(NotebookRecord):
    """The provinces side by side, from their records, and the facts of the overview's headlines."""

    kind: Literal["provinces"] = "provinces"
    league: tuple[LeagueRow, ...]
    headlines: tuple[Headline, ...]
    areas_expected: int
    areas_failed: tuple[str, ...]


class QualityRecord(NotebookRecord):
    """What was published, refused, found and changed, and how values came to stand on present boundaries."""

    kind: Literal["quality"] = "quality"
    coverage: tuple[CoverageCell, ...]
    codes: tuple[CodeCount, ...]
    findings: tuple[Finding, ...]
    measure_differences: tuple[MeasureDifference, ...]
    boundary_checks: tuple[BoundaryCheck, ...]
    boundary_bases: tuple[BoundaryBasis, ...]
    changes: Changes | None
    sources: tuple[SourceLine, ...]


CompareRecord.model_rebuild()

PROVINCE_NOTEBOOKS = ("clean", "trend", "compare")
FIRST_NATIONAL = ("series", "tasks", "economy", "digital-government", "targets")
"""National notebooks that read no record, the longest first."""
LAST_NATIONAL = ("provinces", "quality")
"""National notebooks that read the records of all others."""
NATIONAL_NOTEBOOKS = (*FIRST_NATIONAL, *LAST_NATIONAL)
BY_NOTEBOOK: dict[str, type[NotebookRecord]] = {
    "clean": CleanRecord,
    "trend": TrendRecord,
    "compare": CompareRecord,
    "series": SeriesRecord,
    "tasks": TasksRecord,
    "economy": EconomyRecord,
    "digital-government": DigitalGovernmentRecord,
    "targets": TargetsRecord,
    "provinces": ProvincesRecord,
    "quality": QualityRecord,
}
