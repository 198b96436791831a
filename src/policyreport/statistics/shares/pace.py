"""Is a measure moving fast enough to meet a dated target (METHODS §6)?"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, NamedTuple

import pandas as pd

from policyreport.errors import DataError, did_you_mean
from policyreport.params.methods import PaceSettings
from policyreport.records.base import NEVER_ESTIMATED, Flag, Interval, Observation, Refusal, Results
from policyreport.records.digits import as_published
from policyreport.records.shares import Pace, PriorCell
from policyreport.statistics.shares.frame import (
    Shares,
    ids,
    maturity,
    newest_of_each_year,
    read_shares,
    refuse_absent,
    refuse_mixed,
)
from policyreport.statistics.shares.pace_arithmetic import (
    BANDS,
    FORMS,
    Form,
    Goal,
    Stretch,
    band_of,
    bands_between,
    drift_fan,
    nearer_end,
    ratio,
    scenario_lines,
)
from policyreport.statistics.shares.prior_cells import certainty_in_grid, prior_cells
from policyreport.statistics.shares.revision_error import RevisionError, RevisionPrior, prior_grid, revision_error
from policyreport.statistics.shares.revisions import history

METHOD = "pace"


def pace_of_share(shares: pd.DataFrame, targets: pd.DataFrame, settings: PaceSettings) -> Results[Pace | Refusal]:
    """Compare the observed pace of an area's share with the pace its targets require.

    Parameters
    ----------
    shares : DataFrame
        One row per published figure, every vintage of it, see `frame.COLUMNS`.
    targets : DataFrame
        One row per target: `target` and `year`; optional are `target_high` (upper end of a range), `direction` (1 where
        more is better, which is the default, −1 where less is) and `since` (year from which a second pace is measured).

    Returns
    -------
    Results of Pace or Refusal
        One result per measure and target. An area is refused `too-few-points` for a measure, also where only its former
        parts have figures, or `not-published` where nothing is. A pace that another measure contradicts is flagged.

    Notes
    -----
    R = d · observed / |required from base|, headline from compound growth or, where the two forms disagree,
    from the worse; recomputed at both ends of the latest value's revision interval.

    References
    ----------
    Eurostat (2021), annex on methods; Statistics Canada (2023).
    """
    read, goals = read_shares(shares), read_targets(targets)
    prior = read.prior(settings.threshold)
    priors = prior_grid(
        prior, factors=settings.threshold.prior_factors, mean_weight=settings.threshold.prior_mean_weight
    )
    results: list[Pace | Refusal] = []
    for measure in read.paced:
        vintages = read.vintages(measure)
        if not vintages:
            results.append(_without_own_years(read, measure, settings))
            continue
        past = history(vintages, settings.threshold)
        for goal in goals:
            pace = estimate_pace(vintages, past, settings, **goal, prior=prior, priors=priors)
            # Another measure's may be refused for another reason.
            about = {"subject": f"{read.indicator} ({measure})"}
            results.append(pace if isinstance(pace, Pace) else pace.model_copy(update=about))
    return _flag_flips(results)


def read_targets(targets: pd.DataFrame) -> list[dict[str, Any]]:
    """Targets as `estimate_pace` takes them."""
    if missing := [name for name in ("target", "year") if name not in targets]:
        todo = did_you_mean(missing[0], [str(name) for name in targets.columns])
        raise DataError("frame of targets", "the columns target, year", f'no column "{missing[0]}"', todo)
    goals = []
    for row in targets.to_dict("records"):
        given = {str(name): value for name, value in row.items() if not pd.isna(value)}
        goals.append(
            {
                "target": float(given["target"]),
                "target_year": int(given["year"]),
                "direction": int(given.get("direction", 1)),
                "target_high": given.get("target_high"),
                "one_year_base": int(given["since"]) if "since" in given else None,
            }
        )
    return goals


def _without_own_years(read: Shares, measure: str, settings: PaceSettings) -> Refusal:
    """Why an area without its own share has no pace: nothing is published, or only years of former parts."""
    by_part = {part: vintages for part in read.parts if (vintages := read.vintages(measure, part))}
    if not by_part:
        return read.not_published(METHOD, measure)
    former = [
        f"{read.names[part]} before: {', '.join(sorted({vintage.period for vintage in vintages}))}"
        for part, vintages in by_part.items()
    ]
    return Refusal(
        code="too-few-points",
        method=METHOD,
        subject=f"{read.indicator} ({measure})",
        detail=f"0 of {settings.minimum_points} years since the mergers; {'; '.join(former)}",
        inputs=tuple(vintage.id for vintages in by_part.values() for vintage in vintages),
    )


def _flag_flips(results: Sequence[Pace | Refusal]) -> Results[Pace | Refusal]:
    """Flag a pace where that of another measure, towards the same target, has no band in common with it."""
    paces = [result for result in results if isinstance(result, Pace)]

    def flagged(own: Pace) -> Pace:
        same = [pace for pace in paces if (pace.target, pace.target_period) == (own.target, own.target_period)]
        others = [pace for pace in same if not set(pace.headline_bands) & set(own.headline_bands)]
        if not others:
            return own
        flag = Flag(code="measure-flip", detail="; ".join(f"{pace.measure}: {pace.headline}" for pace in others))
        return own.model_copy(update={"flags": (*own.flags, flag)})

    return Results(flagged(result) if isinstance(result, Pace) else result for result in results)


def estimate_pace(
    vintages: Sequence[Observation],
    history: Sequence[float],
    settings: PaceSettings,
    *,
    target: float,
    target_year: int,
    direction: Literal[1, -1],
    target_high: float | None = None,
    base_year: int | None = None,
    one_year_base: int | None = None,
    prior: RevisionPrior,
    priors: Sequence[RevisionPrior] = (),
) -> Pace | Refusal:
    """Compare the observed pace with the pace the target requires, from all vintages of one measure of one area.

    The newest vintage of each year is used; a period without a year is a DataError.

    Parameters
    ----------
    history
        Past revisions of the measure (`revisions.history`).
    direction
        +1 if more is better, −1 if less is.
    target_high
        Upper end, where the target is a range that begins at `target`: progress is measured against the end nearer
        to the base (to the latest value, if the base lies inside), inwards, and `direction` is ignored.
    base_year
        By default the earliest year, if it is far enough before the latest.
    one_year_base
        Base of the second line, such as the year of the policy.
    prior, priors
        As for `threshold.judge_vintage`.

    Returns
    -------
    Pace or Refusal
        Refused: `not-published`, `projection-only`, `measure-mixed`, `bound-only` (the latest value),
        `too-few-points`. Flags: `form-flip`, `vintage-mixed`, `no-vintage-history`.
    """
    found = _annual_values(vintages)
    if isinstance(found, Refusal):
        return found
    used = tuple(found.values())
    values = {year: each.value for year, each in found.items()}
    goal = Goal(target, target_year, direction, settings.on_track_from, settings.too_slow_from)
    stretch = _stretch(values, base_year, goal, settings)
    if isinstance(stretch, str):
        return _refuse("too-few-points", used, stretch)
    if target_high is not None:
        # From inside the range only the end nearer to the latest value can have been crossed.
        inside = target <= stretch.start <= target_high
        end, inwards = nearer_end(stretch.end if inside else stretch.start, target, target_high)
        goal = replace(goal, target=end, direction=inwards)
    latest = found[stretch.end_year]
    error = revision_error(history, maturity(latest), prior)
    interval = error.interval(latest.value) if error else None
    told = _headline(stretch, goal, interval)
    fan = drift_fan(values, goal.year, minimum_points=settings.fan_minimum_points, levels=settings.fan_levels)
    record: dict[str, object] = {
        "area": latest.area,
        "indicator": latest.indicator,
        "measure": latest.measure,
        "base_period": found[stretch.start_year].period,
        "base_value": stretch.start,
        "latest_period": latest.period,
        "latest_value": stretch.end,
        "target": goal.target,
        "target_period": str(target_year),
        "band": told.band,
        "band_pp": told.band_pp,
        "headline": told.words,
        "headline_bands": told.bands,
        "fan": () if isinstance(fan, Refusal) else fan,
        "fan_refusal": fan if isinstance(fan, Refusal) else None,
        "scenarios": scenario_lines(values, stretch, goal),
        "flags": _flags(used, error, told),
        "inputs": ids(used),
    }
    record |= _rates(stretch, goal, interval)
    record |= _one_year(values, one_year_base, goal, interval)
    if goal.is_met(stretch.end):
        cells = _reached(latest, history, goal, (prior, *priors))
        likely = settings.threshold
        in_words = error is not None and error.revisions < likely.words_below_revisions
        record |= {
            "reached_cells": cells,
            "reached_probability": cells[0].probability if cells else None,
            "reached_certainty": certainty_in_grid(cells, likely.conventions.probability_bands) if in_words else "",
        }
    return Pace.model_validate(record)


class _Headline(NamedTuple):
    """The bands of both forms and the text made from them."""

    band: str
    band_pp: str
    bands: tuple[str, ...]

    @property
    def form_flip(self) -> bool:
        return self.band != self.band_pp

    @property
    def words(self) -> str:
        if len(self.bands) > 2:
            return "cannot tell apart"
        return self.bands[0] if len(self.bands) == 1 else f"between {self.bands[0]} and {self.bands[1]}"


def _annual_values(vintages: Sequence[Observation]) -> dict[int, Observation] | Refusal:
    """Newest exact value of every year, or why there is no series."""
    if mixed := refuse_mixed(vintages, METHOD, one_area=True):
        return mixed
    found = newest_of_each_year(each for each in vintages if each.status not in NEVER_ESTIMATED)
    if not found:
        subject = vintages[0].indicator if vintages else ""
        return refuse_absent(vintages, METHOD, subject, "")
    latest = found[max(found)]
    if latest.bound != "=":
        return _refuse("bound-only", (latest,), f"{latest.period}: {latest.bound} {as_published(latest.value)}")
    return {year: found[year] for year in sorted(found) if found[year].bound == "="}


def _stretch(values: Mapping[int, float], base_year: int | None, goal: Goal, settings: PaceSettings) -> Stretch | str:
    """From the base to the latest year, or what is missing for it."""
    first, last = min(values), max(values)
    if len(values) < settings.minimum_points:
        return f"{len(values)} of {settings.minimum_points} years"
    if base_year is None and last - first < settings.minimum_base_years:
        return f"{first} is less than {settings.minimum_base_years} years before {last}"
    start = first if base_year is None else base_year
    if start not in values or start >= last:
        return f"no value of {start} before {last}"
    if start >= goal.year:
        return f"no value before {goal.year}"
    return Stretch(start, values[start], last, values[last])


def _headline(stretch: Stretch, goal: Goal, interval: Interval | None) -> _Headline:
    """The worse form's band at the latest value and at both ends of its revision interval."""
    # Without a ratio in the plain form the distance to the target has vanished in rounding.
    plain = band_of(stretch, goal, "pp") or "reached"
    compound = band_of(stretch, goal, "cagr")
    band = compound or plain
    if interval is None or goal.is_met(stretch.start) or goal.is_met(stretch.end):
        worse = band if band not in BANDS else min(band, plain, key=BANDS.index)
        return _Headline(band, plain, (worse,))
    form: Form = "cagr" if compound and BANDS.index(compound) <= BANDS.index(plain) else "pp"
    ends = [band_of(each, goal, form) for each in _at_ends(stretch, interval)]
    if None in ends:
        ends = [band_of(each, goal, "pp") for each in _at_ends(stretch, interval)]
    worst, *_, best = sorted([min(band, plain, key=BANDS.index), *filter(None, ends)], key=BANDS.index)
    return _Headline(band, plain, bands_between(worst, best))


def _at_ends(stretch: Stretch, interval: Interval) -> tuple[Stretch, Stretch]:
    """The stretch with its latest value at both ends of the interval."""
    return replace(stretch, end=interval.low), replace(stretch, end=interval.high)


def _ratio_interval(stretch: Stretch, goal: Goal, form: Form, interval: Interval | None) -> Interval | None:
    if interval is None:
        return None
    low, high = (ratio(each, goal, form) for each in _at_ends(stretch, interval))
    if low is None or high is None:
        return None
    return Interval(low=min(low, high), high=max(low, high), level=interval.level)


def _rates(stretch: Stretch, goal: Goal, interval: Interval | None) -> dict[str, object]:
    """Observed and required paces and their ratios, in both forms."""
    required = Stretch(stretch.start_year, stretch.start, goal.year, goal.target)
    from_now = Stretch(stretch.end_year, stretch.end, goal.year, goal.target)
    fields: dict[str, object] = {}
    for form in FORMS:
        fields |= {
            f"observed_{form}": stretch.rate(form),
            f"required_{form}": required.rate(form),
            f"required_from_now_{form}": from_now.rate(form),
            f"ratio_{form}": ratio(stretch, goal, form),
        }
    fields["ratio_interval"] = _ratio_interval(stretch, goal, "cagr", interval)
    fields["ratio_pp_interval"] = _ratio_interval(stretch, goal, "pp", interval)
    return fields


def _one_year(
    values: Mapping[int, float], base: int | None, goal: Goal, interval: Interval | None
) -> dict[str, object]:
    """The second line, since the policy's year; it has no band, at most the verdict *cannot tell apart*."""
    last = max(values)
    if base is None or base not in values or not base < min(last, goal.year):
        return {}
    stretch = Stretch(base, values[base], last, values[last])
    form: Form = "pp" if ratio(stretch, goal, "cagr") is None else "cagr"
    bands = _headline(stretch, goal, interval).bands
    return {
        "one_year_base_period": str(base),
        "one_year_ratio": ratio(stretch, goal, form),
        "one_year_ratio_interval": _ratio_interval(stretch, goal, form, interval),
        "one_year_verdict": "cannot tell apart" if len(bands) > 2 else "",
    }


def _reached(
    latest: Observation, history: Sequence[float], goal: Goal, priors: Sequence[RevisionPrior]
) -> tuple[PriorCell, ...]:
    """Probability by prior that the final value meets a target met by the published one; withheld without history."""

    def probability(error: RevisionError) -> float:
        beyond = error.probability_at_least if goal.direction > 0 else error.probability_at_most
        return beyond(latest.value, goal.target)

    return prior_cells(history, maturity(latest), priors, probability)


def _flags(used: Sequence[Observation], error: RevisionError | None, told: _Headline) -> list[Flag]:
    dates = sorted({each.published for each in used})
    flags = []
    if told.form_flip:
        flags.append(Flag(code="form-flip", detail=f"cagr: {told.band}; pp: {told.band_pp}"))
    if len(dates) > 1:
        flags.append(Flag(code="vintage-mixed", detail=f"published {dates[0]} to {dates[-1]}"))
    if error is None or error.revisions == 0:
        flags.append(Flag(code="no-vintage-history"))
    return flags


def _refuse(code: str, used: Sequence[Observation], detail: str) -> Refusal:
    """A refusal about the series of the values used."""
    return Refusal(code=code, method=METHOD, subject=used[0].indicator, detail=detail, inputs=ids(used))
