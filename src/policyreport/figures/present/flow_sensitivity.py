"""Whether a list's change of pace, and its trend, outlast other assumptions on how tasks finish."""

from __future__ import annotations

from math import exp

from policyreport.figures.exhibits import Exhibit
from policyreport.figures.present.voice import Voice
from policyreport.figures.tables import table
from policyreport.records.base import Interval
from policyreport.records.tasks import Flow, FlowChange, FlowTrend, TrendAtFrailty


def flow_sensitivity(voice: Voice, flow: Flow, suffix: str = "") -> Exhibit | str:
    """Show the last change of pace under larger design effects, and the trend by another likelihood.

    `suffix` keeps the tables of several lists apart; empty where neither a change nor a trend was given.
    """
    body: list[list[str]] = []
    finding = "The trend by two ways of letting tasks finish in groups"
    if isinstance(flow.change, FlowChange):
        body += _change_rows(voice, flow.change, flow.inputs)
        finding = _reach(voice, flow.change)
    if isinstance(flow.trend, FlowTrend):
        body += _trend_rows(voice, flow.trend, flow.inputs)
    if not body:
        return ""
    return table(
        voice.id(f"flow-sensitivity{suffix}"),
        ["Assumption", "Result"],
        body,
        f"{finding}. *Change on the interval before, percentage points of the tasks open or added a month, with 95 % "
        "interval, where a design effect above 1 lets tasks finish in groups; trend: by how much the rate of finishing was "
        "multiplied from quarter to quarter. If tasks differ: against what the effort before would have finished of the tasks "
        "left, the easier ones being gone; the variance is that of a task's own rate, relative to its squared mean, at the "
        "design effect of the verdict.*",
    )


def _change_rows(voice: Voice, change: FlowChange, rows: tuple[str, ...]) -> list[list[str]]:
    """The change at each design effect, and the largest at which it still excludes zero."""

    def moved(difference: float, ends: Interval) -> str:
        interval = voice.formats.interval(100 * ends.low, 100 * ends.high, 1, signed=True)
        return voice.value(f"{voice.formats.points(100 * difference, 1)} ({interval})", rows)

    return [
        *([_assumed(voice, at.design_effect), moved(change.difference, at.interval)] for at in change.by_design_effect),
        ["Largest design effect at which the change excludes zero", _largest(voice, change) or "not even at 1"],
        *(
            [f"Change if tasks differ, variance {_plain(voice, at.frailty)}", moved(at.difference, at.interval)]
            for at in change.by_frailty
        ),
        ["Variance at which the change is no fall", _vanishes(voice, change.difference < 0, change.frailty_vanishes)],
    ]


def _assumed(voice: Voice, design_effect: float) -> str:
    """A design effect as the row's heading."""
    if design_effect == 1:
        return "Change, tasks finish independently (design effect 1)"
    return f"Change, design effect {_plain(voice, design_effect)}"


def _trend_rows(voice: Voice, trend: FlowTrend, rows: tuple[str, ...]) -> list[list[str]]:
    """The trend with the dispersion of its intervals, and by the beta-binomial likelihood."""
    number, ends = voice.formats.number, trend.hazard_ratio_interval
    ratio = f"{number(trend.hazard_ratio, 3)} ({voice.formats.interval(ends.low, ends.high, 3)})"
    mixed = "no fit found"
    name = "Trend, beta-binomial likelihood"
    if trend.betabinomial_slope is not None:
        mixed = voice.value(number(exp(trend.betabinomial_slope), 3), rows)
        name += f" (correlation inside an interval {number(trend.betabinomial_intraclass or 0.0, 3)})"
    return [
        [f"Trend, spread of the intervals (dispersion {number(trend.dispersion, 2)})", voice.value(ratio, rows)],
        [name, mixed],
        *(
            [f"Trend if tasks differ, variance {_plain(voice, at.frailty)}", voice.value(_ratio(voice, at), rows)]
            for at in trend.by_frailty
        ),
        ["Variance at which the trend is no fall", _vanishes(voice, trend.slope < 0, trend.frailty_vanishes)],
    ]


def _ratio(voice: Voice, trend: TrendAtFrailty) -> str:
    """The factor by which the rate changed per quarter, with its interval."""
    ends = voice.formats.interval(exp(trend.interval.low), exp(trend.interval.high), 3)
    return f"{voice.formats.number(exp(trend.slope), 3)} ({ends})"


def _vanishes(voice: Voice, fell: bool, variance: float | None) -> str:
    """The variance of the tasks' ease at which a fall vanishes."""
    if not fell:
        return "there is no fall"
    if variance is None:
        return f"more than {voice.formats.number(voice.inputs.settings.flow.largest_frailty, 0)}"
    return voice.formats.number(variance, 2)


def _plain(voice: Voice, value: float) -> str:
    """A setting without a decimal it does not need."""
    return voice.formats.number(value, 1).removesuffix(".0")


def _largest(voice: Voice, change: FlowChange) -> str:
    """The largest design effect; empty where there is none, and open where the search ended before it."""
    largest = change.largest_design_effect
    if largest is None:
        return ""
    limit = voice.inputs.settings.flow.largest_design_effect
    return f"{voice.formats.number(largest, 0)} or more" if largest >= limit else voice.formats.number(largest, 1)


def _reach(voice: Voice, change: FlowChange) -> str:
    """How far the change reaches, as the table's finding."""
    largest = _largest(voice, change)
    if not largest:
        return "The last change cannot be told from none even if tasks finish independently"
    return f"The last change excludes zero up to a design effect of {largest}"
