"""Where each target stands: before the policy, since, how far on the way, and is that enough (METHODS §20.8)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from policyreport.params.methods import PaceSettings
from policyreport.records.base import Refusal, Results
from policyreport.records.periods import period_bounds, year_of_period
from policyreport.records.shares import Pace
from policyreport.records.targets import NoVerdict, TargetFigure, TargetReading, TargetScore
from policyreport.statistics.shares.pace_arithmetic import BANDS, FORMS, Goal, Stretch, band_of, nearer_end

RANK = "rank"
"""A unit that begins so is a place among others."""


class Aim(NamedTuple):
    """What a target asks for: a number with its direction, perhaps a range, and its year."""

    value: float
    high: float | None
    year: int | None
    direction: int
    yearly: bool
    is_rank: bool

    def is_met(self, value: float) -> bool:
        """Whether a value is at the number or beyond it, whatever the far end of a range."""
        return self.direction * (value - self.value) >= 0

    def is_beyond(self, value: float) -> bool:
        """Whether a value lies beyond the far end of a range."""
        return self.high is not None and value > self.high


def score_targets(
    figures: pd.DataFrame,
    settings: PaceSettings,
    *,
    start: date,
    day: date,
    paces: Sequence[Pace | Refusal] = (),
) -> Results[TargetScore]:
    """Compare each target with the last figure before the policy and the newest since.

    Parameters
    ----------
    figures : DataFrame
        One row per target, reading and figure, as `data.target_figures()` gives them.
    start : date
        The day of the policy. A figure is of the time since only if its whole period is.
    day : date
        The day on which the figures were known: targets of years before it have fallen due.
    paces : sequence of Pace or Refusal
        From `pace_of_share`: of a target and measure that is among them, the verdict of the pace is that one's, which
        allows for revisions.

    Returns
    -------
    Results of TargetScore
        One per target, in the order of the frame, each with a verdict or the reason why there is none.

    Notes
    -----
    Way gone = (latest − baseline) / (target − baseline). The verdict is that of the pace (METHODS §6) from the earliest
    year that is `minimum_base_years` before the latest, else from the baseline; where compound and plain growth
    differ, the worse one. The nearer end of a range counts, and beyond the other one is *beyond the range*.

    References
    ----------
    Eurostat (2021), annex on methods; Statistics Canada (2023).
    """
    known = {_key(pace): pace.headline for pace in paces if isinstance(pace, Pace)}
    return Results(_score(group, settings, start, day, known) for _, group in figures.groupby("id", sort=False))


def _key(pace: Pace) -> tuple[str, str, str, float]:
    return pace.indicator, pace.measure, pace.target_period, pace.target


def _score(
    group: pd.DataFrame,
    settings: PaceSettings,
    start: date,
    day: date,
    paces: Mapping[tuple[str, str, str, float], str],
) -> TargetScore:
    about = group.iloc[0]
    readings = [_read(rows, settings, start, day) for _, rows in group.groupby("reading", sort=True)]
    for at, reading in enumerate(readings):
        if reading.latest and reading.verdict in BANDS:
            key = (reading.latest.indicator, reading.measure, about["horizon"], about["target"])
            readings[at] = reading.model_copy(update={"verdict": paces.get(key, reading.verdict)})
    first = next((reading for reading in readings if not reading.nearest), None)
    if first is not None and not (first.baseline or first.latest) and first.reason == "not published":
        first = None
    nearest = any(reading.latest or reading.baseline for reading in readings if reading.nearest)
    nothing: NoVerdict = "only related figures" if nearest else "not published"
    return TargetScore(
        **{name: about[name] for name in ("id", "name", "short", "area", "horizon", "operator", "text")},
        target=_number(about["target"]),
        target_high=_number(about["target_high"]),
        unit=about["target_unit"],
        legal_reference=about["legal_reference"],
        not_found=about["not_found"],
        readings=tuple(reading for reading in readings if reading.baseline or reading.latest),
        verdict=first.verdict if first else "",
        reason=first.reason if first else nothing,
        inputs=tuple(dict.fromkeys(row for reading in readings for row in _rows_of(reading))),
    )


def _rows_of(reading: TargetReading) -> tuple[str, ...]:
    figures = (reading.baseline, reading.latest, reading.base)
    return tuple(row for figure in figures if figure for row in figure.inputs)


def _read(rows: pd.DataFrame, settings: PaceSettings, start: date, day: date) -> TargetReading:
    """A target by one of its measures."""
    about = rows.iloc[0]
    published = [_figure(row) for row in rows.to_dict("records") if row["period"]]
    since = [figure for figure in published if period_bounds(figure.period)[0] > start]
    baseline = _newest([figure for figure in published if figure not in since])
    latest = _newest(since)
    named = {name: about[name] for name in ("measure", "nearest", "what", "note")}
    reading = TargetReading(**named, baseline=baseline, latest=latest)
    if about["nearest"]:
        return reading.model_copy(update={"reason": "only related figures"})
    if not about["same_area"]:
        return reading.model_copy(update={"reason": "set before the merger"})
    if pd.isna(about["target"]):
        return reading.model_copy(update={"reason": "no number set" if published else "not published"})
    aim = Aim(
        value=float(about["target"]),
        high=_number(about["target_high"]),
        year=None if pd.isna(about["year"]) else int(about["year"]),
        direction=int(about["direction"]),
        yearly=bool(about["yearly"]),
        is_rank=str(about["target_unit"]).startswith(RANK),
    )
    met = baseline is not None and baseline.bound == "=" and aim.is_met(baseline.value)
    return _judged(reading.model_copy(update={"met_before": met}), aim, published, settings, day)


def _judged(
    reading: TargetReading, aim: Aim, published: Sequence[TargetFigure], settings: PaceSettings, day: date
) -> TargetReading:
    """The reading with its way, its pace and its verdict, or the reason for none."""
    if aim.year is None and not aim.yearly:
        return reading.model_copy(update={"reason": "not yet due"})
    if not published:
        return reading.model_copy(update={"reason": "not published"})
    if aim.year is not None and aim.year < day.year:
        return reading.model_copy(update=_fallen_due(aim, published))
    latest, baseline = reading.latest, reading.baseline
    if latest is None:
        return reading.model_copy(update={"reason": "no newer figure"})
    if latest.bound != "=":
        stated = latest.bound == (">" if aim.direction == 1 else "<") and aim.is_met(latest.value)
        return reading.model_copy(update={"verdict": "reached"} if stated else {"reason": "no exact figure"})
    if aim.yearly or aim.year is None:
        return reading.model_copy(update=_of_the_year(aim, latest))
    if baseline is None or baseline.bound != "=":
        return reading.model_copy(update={"reason": "one figure so far"})
    return reading.model_copy(update=_on_the_way(aim, aim.year, baseline, latest, published, settings))


def _fallen_due(aim: Aim, published: Sequence[TargetFigure]) -> dict[str, Any]:
    """Whether the value of a year that is over met its target."""
    due = _newest([figure for figure in published if year_of_period(figure.period) == aim.year])
    if due is None or due.bound != "=":
        return {"reason": "no exact figure" if due else "not published"}
    if aim.is_met(due.value):
        return {"latest": due, "verdict": "beyond the range" if aim.is_beyond(due.value) else "reached"}
    return {"latest": due, "verdict": "missed", "gap": abs(aim.value - due.value)}


def _of_the_year(aim: Aim, latest: TargetFigure) -> dict[str, Any]:
    """Whether the value of a year is as the target has it for every year."""
    if year_of_period(latest.period) is None:
        return {"reason": "part of a year"}
    if aim.is_met(latest.value):
        return {"verdict": "beyond the range" if aim.is_beyond(latest.value) else "reached"}
    if aim.year is not None:
        return {"reason": "not yet due"}
    return {"verdict": "missed", "gap": abs(aim.value - latest.value)}


def _on_the_way(
    aim: Aim,
    due: int,
    baseline: TargetFigure,
    latest: TargetFigure,
    published: Sequence[TargetFigure],
    settings: PaceSettings,
) -> dict[str, Any]:
    """How far from the baseline to the target, how fast, and the verdict of the pace."""
    end, direction = aim.value, aim.direction
    if aim.high is not None:
        end, direction = nearer_end(baseline.value, aim.value, aim.high)
    goal = Goal(end, due, 1 if direction == 1 else -1, settings.on_track_from, settings.too_slow_from)
    found: dict[str, Any] = {}
    if not goal.is_met(baseline.value):
        found["way"] = (latest.value - baseline.value) / (end - baseline.value) + 0.0
    if aim.is_beyond(latest.value):
        return found | {"verdict": "beyond the range"}
    if aim.is_rank:
        met, was = goal.is_met(latest.value), goal.is_met(baseline.value)
        verdict = "held" if met and was else "reached" if met else "lost" if was else ""
        return found | ({"verdict": verdict} if verdict else {"reason": "a place, no pace"})
    years = {figure: year_of_period(figure.period) for figure in (baseline, latest)}
    if None in years.values():
        return found | {"reason": "part of a year"}
    base = _base(baseline, latest, published, settings.minimum_base_years)
    stretch = _stretch(base, latest)
    found |= {
        "base": base,
        "observed": stretch.rate("pp"),
        "at_pace": latest.value + (stretch.rate("pp") or 0.0) * (due - stretch.end_year),
        "required": Stretch(stretch.start_year, base.value, due, end).rate("pp"),
        "required_from_now": Stretch(stretch.end_year, latest.value, due, end).rate("pp"),
    }
    bands = [band for form in FORMS if (band := band_of(stretch, goal, form))]
    return found | {"verdict": min(bands, key=BANDS.index) if bands[0] in BANDS else bands[0]}


def _base(baseline: TargetFigure, latest: TargetFigure, published: Sequence[TargetFigure], years: int) -> TargetFigure:
    """The earliest year of the same definition that lies far enough before the latest; else the baseline."""
    same = [figure for figure in published if figure.indicator == latest.indicator and figure.bound == "="]
    early = {
        year: figure
        for figure in same
        if (year := year_of_period(figure.period)) and int(latest.period[:4]) - year >= years
    }
    return early[min(early)] if early else baseline


def _stretch(base: TargetFigure, latest: TargetFigure) -> Stretch:
    return Stretch(int(base.period[:4]), base.value, int(latest.period[:4]), latest.value)


def _newest(figures: Sequence[TargetFigure]) -> TargetFigure | None:
    """The figure whose period ends last, of several the one published last."""
    return max(figures, key=lambda figure: (period_bounds(figure.period)[1], figure.published), default=None)


def _figure(row: Mapping[Hashable, Any]) -> TargetFigure:
    names = ("indicator", "period", "value", "bound", "unit", "status")
    return TargetFigure(
        **{name: row[name] for name in names},
        published=row["published"].date(),
        note=row["remark"],
        inputs=tuple(row["rows"]),
    )


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
