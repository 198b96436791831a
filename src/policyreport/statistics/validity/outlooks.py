"""Repetitions of the outlook: the tasks finished by a date, predicted and then drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from policyreport.statistics.tasks.hazards import Increment
from policyreport.statistics.tasks.outlook import learns_clustering
from policyreport.statistics.tasks.predictive import Floats, find_quantile, pace_of_all, pace_of_latest, predict
from policyreport.statistics.validity.measures import AT_LEAST, LEVEL, Measure, average, share
from policyreport.statistics.validity.processes import draw_finished, one_list, unlike_list
from policyreport.statistics.validity.task_settings import OUTLOOK

DAYS = 90
GROWTH = 0.2
LEARNT = "learnt"
"""What is assumed of the clustering where it is learnt from the list."""
PRINTED_EFFECT = 4
"""Design effect of the interval printed where the clustering is assumed, the largest of params/methods.yaml."""
HANDED_OVER = "left to the latest interval"


@dataclass(frozen=True)
class Forecast:
    """One predicted and drawn outcome, in tasks; `learnt` marks a pace learnt from all intervals."""

    low: int
    high: int
    expected: float
    outcome: int
    tasks: int
    learnt: bool

    @property
    def inside(self) -> bool:
        """Whether the interval holds the outcome."""
        return self.low <= self.outcome <= self.high


def outlook(
    rng: np.random.Generator,
    draws: int,
    *,
    intervals: int,
    n: int,
    ratio: float,
    design_effect: int,
    assumed: int | str,
) -> tuple[Measure, ...]:
    """Repeat the prediction of the tasks finished in `ratio` intervals' time, with a new pace each time."""
    drawn = [_draw(rng, intervals, n, ratio, design_effect, assumed) for _ in range(draws)]
    made = [each for each in drawn if each is not None]
    none_left = share("nothing left open", [each is None for each in drawn])
    if assumed != LEARNT:
        return (*_summary(made, judged=int(assumed) >= design_effect), none_left)
    learnt = [each for each in made if each.learnt]
    # Where only a few lists are learnt from, they are not reported separately.
    alone = _summary(learnt, judged=True) if len(learnt) >= draws / 20 else ()
    handed = share(HANDED_OVER, [not each.learnt for each in made])
    return (*alone, *_summary(made, judged=True, of=", as printed"), handed, none_left)


def unlike_outlook(
    rng: np.random.Generator, draws: int, *, intervals: int, n: int, ratio: float, frailty: str
) -> tuple[Measure, ...]:
    """Repeat the prediction for a list whose tasks differ, at a steady effort; none is added."""
    drawn = [_draw_unlike(rng, intervals, n, ratio, frailty) for _ in range(draws)]
    made = [each for each in drawn if each is not None]
    none_left = share("nothing left open", [each is None for each in drawn])
    return (*_summary(made, judged=False, of=", as printed"), none_left)


def _draw_unlike(rng: np.random.Generator, intervals: int, n: int, ratio: float, frailty: str) -> Forecast | None:
    """One list, its outlook as printed, and the outcome; None where nothing is left to predict."""
    rate = -np.log1p(-float(rng.uniform(0.1, 0.5))) / DAYS
    steps, left = unlike_list(rng, n, [rate] * intervals, [DAYS] * intervals, frailty)
    if not len(left):
        return None
    outcome = int((rng.random(len(left)) > np.exp(-left * rate * ratio * DAYS)).sum())
    return _predicted(steps, len(left), ratio, outcome, LEARNT)


def _summary(made: Sequence[Forecast], *, judged: bool, of: str = "") -> tuple[Measure, ...]:
    return (
        share(f"coverage{of}", [each.inside for each in made], AT_LEAST if judged else None, nominal=LEVEL),
        average(f"bias, share of open tasks{of}", [(each.expected - each.outcome) / each.tasks for each in made]),
        average(f"width, share of open tasks{of}", [(each.high - each.low) / each.tasks for each in made]),
    )


def _draw(
    rng: np.random.Generator, intervals: int, n: int, ratio: float, design_effect: int, assumed: int | str
) -> Forecast | None:
    """One list, its outlook and the outcome; None where nothing is left to predict."""
    q = float(rng.uniform(0.1, 0.5))
    rate = -np.log1p(-q) / DAYS
    steps = one_list(rng, n, [rate] * intervals, [DAYS] * intervals, design_effect=design_effect, growth=GROWTH)
    left = steps[-1].at_risk - steps[-1].finished
    outcome = draw_finished(rng, left, 1 - (1 - q) ** ratio, design_effect)
    if left == 0:
        return None
    return _predicted(steps, left, ratio, outcome, assumed)


def _predicted(steps: Sequence[Increment], left: int, ratio: float, outcome: int, assumed: int | str) -> Forecast:
    """The outlook of one list and its outcome."""
    learnt = assumed == LEARNT and learns_clustering(steps, left, OUTLOOK)
    effect = PRINTED_EFFECT if assumed == LEARNT else int(assumed)
    if learnt:
        pace = pace_of_all(steps, OUTLOOK)
    else:
        pace = pace_of_latest(steps[-1], left, OUTLOOK, design_effect=float(effect))
    chances: Floats = predict(pace, left, ratio * DAYS)
    low, high = find_quantile(chances, (1 - LEVEL) / 2), find_quantile(chances, (1 + LEVEL) / 2)
    return Forecast(low, high, float(chances @ np.arange(left + 1)), outcome, left, learnt)
