"""Results on counts of tasks: METHODS §1 completion, §2 flow, §3 outlook, §4 pooling, §12 funnel."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from policyreport.records.base import Frozen, Interval, Refusal, Result, Share


class Proportion(Result):
    """A share x of n with its intervals; `design_effect` φ scales both to x/φ and n/φ."""

    count: int
    total: int
    share: Share
    wilson: Interval
    jeffreys: Interval
    wilson_design2: Interval
    one_sided: bool = False
    one_sided_bound: Share | None = None


class Completion(Result):
    """Completed, late and overdue tasks of one list on one date (METHODS §1).

    A part is None where it was not published or has nothing to be a share of, and a refusal
    (`list-too-short`, the counts in `detail`) where fewer tasks stand behind it than an interval needs.
    `period` is the ledger's, the best that is known of the time where `reference_date` is None.
    """

    kind: Literal["completion"] = "completion"
    area: str
    list: str
    list_label: str
    reference_date: date | None
    published: date
    period: str = ""
    total: int
    completed: Proportion
    late: Proportion | Refusal | None = None
    overdue: Proportion | Refusal | None = None
    overdue_of_open: Proportion | Refusal | None = None


class FlowStep(Result):
    """One interval between two dates of one list; hazards per METHODS §2.

    `hazard30` counts additions as entering on the first day, `hazard30_uniform` evenly, `hazard30_last_day`
    on the last. `daily_hazard` is None where every task at risk was finished: no finite rate gives that.
    """

    start: date
    end: date
    days: int
    open_at_start: int
    additions: int
    finished: int
    at_risk: int
    hazard: float
    hazard_interval: Interval
    daily_hazard: float | None
    hazard30: float
    hazard30_interval: Interval
    hazard30_uniform: float
    hazard30_last_day: float
    hazard30_uniform_interval: Interval | None = None


class ChangeAt(Result):
    """Interval of a change of pace at one design effect."""

    design_effect: float
    interval: Interval


class ChangeAtFrailty(Result):
    """Change of pace if tasks differ: gamma frailty of variance `frailty` (METHODS §20.5).

    `expected` is the share of the tasks left that the earlier interval's effort would finish in 30 days, `difference`
    what was finished minus that.
    """

    frailty: float
    expected: Share
    difference: float
    interval: Interval


class FlowChange(Result):
    """Difference of the last two 30-day hazards (MOVER), with what it rests on.

    `interval` takes tasks as independent and alike; `by_design_effect` holds it under the assumed design effects.
    `largest_design_effect` is the largest at which the interval excludes 0, None if it does not even at 1;
    the verdict rests on `verdict_design_effect`: an assumed one, or the trend's dispersion from 5 intervals;
    `verdict_interval` is the interval there.
    *Slower* must hold at `verdict_frailty` too; `frailty_vanishes` is the variance of the tasks' frailty at which a
    fall is none, None where there is no fall or none so small.
    """

    difference: float
    interval: Interval
    by_design_effect: tuple[ChangeAt, ...]
    largest_design_effect: float | None
    verdict_design_effect: float
    verdict_interval: Interval | None = None
    by_frailty: tuple[ChangeAtFrailty, ...] = ()
    frailty_vanishes: float | None = None
    verdict_frailty: float = 0.0
    verdict: Literal["faster", "slower", "no clear change"]


class TrendAtFrailty(Result):
    """Slope of the log effort per quarter if tasks differ: gamma frailty of variance `frailty` (METHODS §20.5)."""

    frailty: float
    slope: float
    interval: Interval


class FlowTrend(Result):
    """Slope of the log hazard per quarter (quasi-binomial cloglog GLM on increments).

    *rising* or *falling* where the interval of the slope excludes 0; *falling* must hold at `verdict_frailty` too.
    `frailty_vanishes` is the variance of the tasks' frailty at which a fall is none. A frailty whose fit did not
    settle is not in `by_frailty`.
    The beta-binomial slope and intraclass correlation are a sensitivity; None where the fit failed.
    """

    slope: float
    standard_error: float
    dispersion: float
    interval: Interval
    hazard_ratio: float
    hazard_ratio_interval: Interval
    verdict: Literal["rising", "falling", "no clear trend"]
    intervals: int = 0
    betabinomial_slope: float | None = None
    betabinomial_intraclass: float | None = None
    by_frailty: tuple[TrendAtFrailty, ...] = ()
    frailty_vanishes: float | None = None
    verdict_frailty: float = 0.0


class Flow(Result):
    """Pace of completion inside one list (METHODS §2).

    `joined` are dates of counts too close to their neighbour to end an interval of their own; `left_out` is how
    many counts were not exact in number or day.
    """

    kind: Literal["flow"] = "flow"
    area: str
    list: str
    steps: tuple[FlowStep, ...]
    change: FlowChange | Refusal | None = None
    trend: FlowTrend | Refusal | None = None
    joined: tuple[date, ...] = ()
    left_out: int = 0


class WithoutRecurring(Result):
    """A count without the recurring tasks, which are done again and again."""

    completed: int
    total: int
    share: Share


class ListCount(Result):
    """One row of a quarter-on-quarter table: counts of one list as printed on one date.

    `parts` are published parts that should add up to the total; `removed` the removals since the date
    before, where stated; `certified` says that the publisher vouches for an unchanged basis. `recurring` is the
    published number of recurring tasks, `recurring_listed` whether the list holds them and `recurring_completed`
    whether those are among the completed.
    """

    list: str
    list_label: str
    reference_date: date
    total: int
    completed: int
    share: Share
    overdue: int | None = None
    recurring: int | None = None
    recurring_listed: Literal["included", "excluded", "not stated"] = "not stated"
    recurring_completed: Literal["yes", "no", "not stated"] = "not stated"
    without_recurring: WithoutRecurring | None = None
    note: str = ""
    parts: tuple[int, ...] = ()
    removed: int = 0
    certified: bool = False


class StepBounds(Result):
    """What was completed between counts of two lists, at least and at most (METHODS §20.5).

    `low` to `high` leave `recurring` tasks in or take them out of either count, wherever that is not stated;
    `low_if_added_done` also takes the added tasks as finished before they came on the list. `hazard30` is the
    share finished in 30 days over the same ways, None where each of them contradicts a list that only grew.
    """

    recurring: int
    low: int
    high: int
    low_if_added_done: int
    hazard30: Interval | None = None


class ListStep(Result):
    """From one date to the next when lists may differ: differences, their bounds, and h30 under its condition.

    `same_list` false means no verdict, test or interval of the change; `bounds` then hold what is left of the
    difference, and `conditional` the 30-day hazard *if the list only grew and nothing was removed*. Where
    `same_list` is true it holds the hazard without that condition. It is None where the counts contradict it.
    """

    start: date
    end: date
    days: int
    new_completed: int
    additions: int
    same_list: bool
    basis_change: str = ""
    bounds: StepBounds | None = None
    conditional: FlowStep | None = None
    refusal: Refusal | None = None


class QuarterOnQuarter(Result):
    """The quarter-on-quarter table of METHODS §2, with the condition under each step."""

    kind: Literal["quarter-on-quarter"] = "quarter-on-quarter"
    area: str
    counts: tuple[ListCount, ...]
    steps: tuple[ListStep, ...]


class OutlookAt(Result):
    """Predictive distribution of tasks finished by the deadline at one design effect."""

    design_effect: float
    mean_finished: float
    interval: Interval
    inner_interval: Interval
    probability_required: float
    expected_share: Share


class Outlook(Result):
    """Will the list be finished by the deadline, if tasks go on closing as before (METHODS §3)?

    `basis` says which intervals the hazard rests on. With "all intervals" there is one entry in
    `by_design_effect`, at the estimated design effect 1 + (N − 1)·E ρ. `with_additions` repeats the
    prediction with `additions` new tasks until the deadline, at the mean daily inflow so far.
    """

    kind: Literal["outlook"] = "outlook"
    area: str
    list: str
    deadline: date
    required_share: Share
    open_tasks: int
    days_left: int
    by_design_effect: tuple[OutlookAt, ...]
    hazard_needed30: float | None
    hazard_observed30: float
    verdict: Literal["likely", "unlikely", "cannot say"]
    total: int = 0
    completed: int = 0
    days_observed: int = 0
    basis: Literal["latest interval", "all intervals"] = "latest interval"
    additions: int = 0
    with_additions: tuple[OutlookAt, ...] = ()


class Calibration(Result):
    """How earlier outlooks fared (METHODS §3): outcomes inside the 90% interval, randomised PIT values."""

    kind: Literal["calibration"] = "calibration"
    forecasts: int
    inside: int
    share_inside: Share
    interval: Interval
    pit: tuple[Share, ...]


class Grouped(Frozen):
    """How tasks of one list finish together: the design effect, estimated from `pairs` of intervals or assumed (0)."""

    design_effect: float = 1.0
    pairs: int = 0


class PooledShare(Result):
    """One area's raw and pooled share (METHODS §4)."""

    area: str
    count: int
    total: int
    raw: Share
    pooled: Share
    interval: Interval
    shrinkage: Share
    standard_error: float | None = None


class Pooling(Result):
    """Beta-binomial pooling of areas' lists of one kind (METHODS §4), of counts divided by the design effect."""

    kind: Literal["pooling"] = "pooling"
    grouping: Grouped = Grouped()
    mean: Share
    intraclass: Share
    areas: tuple[PooledShare, ...]
    dropped: tuple[str, ...] = ()


class FunnelPoint(Result):
    """One area in the funnel: z under binomial and over-dispersed limits, BH-adjusted p."""

    area: str
    count: int
    total: int
    share: Share
    z: float
    p_value: float
    p_adjusted: float
    singled_out: bool


class Funnel(Result):
    """Funnel limits for many counts (METHODS §12).

    Limits are at `probabilities`, one row a total: in `limits` exact binomial ones, or normal ones with the design
    effect where that is above 1, and in `limits_overdispersed` the normal ones with the dispersion, given only where
    that is clearly above the design effect.
    """

    kind: Literal["funnel"] = "funnel"
    grouping: Grouped = Grouped()
    centre: Share
    dispersion: float
    overdispersed: bool
    points: tuple[FunnelPoint, ...]
    limit_totals: tuple[int, ...]
    limits: tuple[tuple[float, float, float, float], ...]
    limits_overdispersed: tuple[tuple[float, float, float, float], ...] = ()
    probabilities: tuple[float, ...]
    dropped: tuple[str, ...] = ()


def newest_of_lists(completion: Sequence[Completion | Refusal]) -> tuple[Completion, ...]:
    """Return the newest count of each list, in order of those dates; `completion` must be in order of date."""
    newest: dict[str, Completion] = {}
    for result in completion:
        if isinstance(result, Completion):
            newest.pop(result.list, None)
            newest[result.list] = result
    return tuple(newest.values())


def newest_list(done: Sequence[Completion]) -> Completion:
    """Return the count of the newest date; of several on one day that of the longest list."""
    return max(done, key=lambda result: (result.reference_date or result.published, result.total))


def shares_by_date(completion: Sequence[Completion | Refusal], lists: Sequence[str]) -> dict[date, Proportion]:
    """Return the completed shares of some lists by date."""
    return {
        result.reference_date: result.completed
        for result in completion
        if isinstance(result, Completion) and result.list in lists and result.reference_date
    }


def counts_of_list(completion: Sequence[Completion | Refusal], list_: str) -> tuple[ListCount, ...]:
    """Return the dated counts of one list, in order of date."""
    return tuple(
        ListCount(
            list=result.list,
            list_label=result.list_label,
            reference_date=result.reference_date,
            total=result.total,
            completed=result.completed.count,
            share=result.completed.share,
            inputs=result.inputs,
        )
        for result in completion
        if isinstance(result, Completion) and result.list == list_ and result.reference_date
    )
