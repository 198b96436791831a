"""Filters of templates that choose among results on tasks."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from math import exp

from policyreport.params.policy import Policy
from policyreport.params.report import Roles
from policyreport.records.base import Refusal
from policyreport.records.notebooks import TrendRecord
from policyreport.records.tasks import (
    Completion,
    Flow,
    FlowChange,
    FlowTrend,
    Funnel,
    FunnelPoint,
    ListCount,
    Outlook,
    OutlookAt,
    PooledShare,
    Pooling,
    QuarterOnQuarter,
    counts_of_list,
    newest_list,
    newest_of_lists,
    shares_by_date,
)


def counted_again(completion: Sequence[Completion | Refusal]) -> list[tuple[ListCount, ...]]:
    """Return the counts of each list that was counted on several dates."""
    counts = (counts_of_list(completion, result.list) for result in newest_of_lists(completion))
    return [of_list for of_list in counts if len(of_list) > 1]


def remark_name(result: FlowChange | FlowTrend) -> str:
    """Name the remark on what a verdict is about, or why a fall gets none; empty where there is nothing to add."""
    if result.verdict in ("slower", "falling"):
        return "tasks-left"
    if result.verdict in ("faster", "rising"):
        judged = next((at for at in result.by_frailty if at.frailty == result.verdict_frailty), None)
        return "easier-added" if judged and judged.interval.low <= 0 else ""
    ends = result.verdict_interval if isinstance(result, FlowChange) else result.interval
    return "no-more-than-unlike" if ends is not None and ends.high < 0 else ""


def dated_steps(flow: Flow, completion: Sequence[Completion | Refusal]) -> list[dict[str, object]]:
    """Give each dated `count` of a list with the `step` that ends there, if one does."""
    steps = {step.end: step for step in flow.steps}
    return [
        {"count": count, "step": steps.get(count.reference_date)} for count in counts_of_list(completion, flow.list)
    ]


def pace_assumptions(flow: Flow) -> list[dict[str, object]]:
    """List the assumptions under which a change of pace and a trend are printed: what each is `of`, and its result."""
    rows: list[tuple[str, object]] = []
    if isinstance(change := flow.change, FlowChange):
        rows += [("design effect", at) for at in change.by_design_effect]
        rows += [("largest design effect", None), *(("change", at) for at in change.by_frailty), ("fall", None)]
    if isinstance(trend := flow.trend, FlowTrend):
        rows += [("dispersion", None), ("beta-binomial", None)]
        rows += [*(("trend", at) for at in trend.by_frailty), ("falling trend", None)]
    return [{"of": of, "at": at, "flow": flow} for of, at in rows]


def by_list(outlook: Sequence[Outlook | Refusal]) -> list[list[Outlook]]:
    """Group outlooks by their list: one for each required share."""
    done = [result for result in outlook if isinstance(result, Outlook)]
    return [list(group) for _, group in groupby(done, key=lambda result: result.list)]


def shown_at(outlook: Outlook, design_effect: float) -> OutlookAt:
    """Return the prediction whose interval is printed: that of the assumed design effect, or the estimated one."""
    at_effect = (at for at in outlook.by_design_effect if at.design_effect == design_effect)
    return next(at_effect, outlook.by_design_effect[-1])


def outlook_rows(by_share: Sequence[Outlook]) -> list[dict[str, object]]:
    """List the predictions by design effect, without new tasks and with them, each with the chance of every share."""
    main = by_share[0]
    return [
        {
            "main": main,
            "at": at,
            "with_additions": more,
            "total": main.total + main.additions * more,
            "chances": [getattr(outlook, name)[place].probability_required for outlook in by_share],
        }
        for more, name in ((False, "by_design_effect"), (True, "with_additions"))
        for place, at in enumerate(getattr(main, name))
    ]


def one_list(quarters: QuarterOnQuarter) -> bool:
    """Whether every date counts the same list."""
    return all(step.same_list for step in quarters.steps)


def quarter_rows(
    quarters: QuarterOnQuarter, completion: Sequence[Completion | Refusal], lists: Sequence[str]
) -> list[dict[str, object]]:
    """Give each `count` with the `step` that ends there and its completed `share` with intervals, if there are such."""
    steps, shares = {step.end: step for step in quarters.steps}, shares_by_date(completion, lists)
    return [
        {"count": count, "step": steps.get(count.reference_date), "share": shares.get(count.reference_date)}
        for count in quarters.counts
    ]


def newest_of_provinces(records: Iterable[TrendRecord]) -> list[Completion]:
    """Return the newest count of every list of the provinces."""
    return [newest for record in records for newest in newest_of_lists(record.completion)]


def newest_lists(records: Iterable[TrendRecord]) -> list[Completion]:
    """Return the count of each province's newest list; of provinces without one none."""
    counted = ([item for item in record.completion if isinstance(item, Completion)] for record in records)
    return [newest_list(done) for done in counted if done]


def comparable(lists: Sequence[Completion], policy: Policy) -> bool:
    """Whether lists of several areas are of one kind and one known day."""
    of_one = {(policy.list_named(result.list).kind, result.reference_date) for result in lists}
    return len({result.area for result in lists}) > 1 and len(of_one) == 1 and lists[0].reference_date is not None


def kinds(lists: Sequence[Completion], policy: Policy, roles: Roles) -> list[str]:
    """Name the kinds of lists there are, as far as they have a name."""
    every = dict.fromkeys(policy.list_named(result.list).kind for result in lists)
    return [roles.list_kinds[kind] for kind in every if kind in roles.list_kinds]


def most_moved(pooling: Pooling) -> PooledShare:
    """Return the share that pooling moves the most."""
    return max(pooling.areas, key=lambda share: abs(share.pooled - share.raw))


def singled_out_by_side(funnel: Funnel) -> list[tuple[str, list[FunnelPoint]]]:
    """Group the areas singled out by their side of the centre, *above* or *below*, the farthest first."""
    singled = sorted((point for point in funnel.points if point.singled_out), key=lambda point: -abs(point.z))
    above = [point for point in singled if point.share > funnel.centre]
    below = [point for point in singled if point.share <= funnel.centre]
    return [(side, points) for side, points in (("above", above), ("below", below)) if points]


FILTERS: dict[str, Callable[..., object]] = {
    "by_list": by_list,
    "comparable": comparable,
    "counted_again": counted_again,
    "counts_of": counts_of_list,
    "dated_steps": dated_steps,
    "exp": exp,
    "kinds": kinds,
    "most_moved": most_moved,
    "newest_list": newest_list,
    "newest_lists": newest_lists,
    "newest_of_lists": newest_of_lists,
    "newest_of_provinces": newest_of_provinces,
    "one_list": one_list,
    "outlook_rows": outlook_rows,
    "pace_assumptions": pace_assumptions,
    "quarter_rows": quarter_rows,
    "remark_name": remark_name,
    "shown_at": shown_at,
    "singled_out_by_side": singled_out_by_side,
}
