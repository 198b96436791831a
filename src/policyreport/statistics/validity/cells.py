"""The table of METHODS §17: which sizes of each method are repeated."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from policyreport.errors import UsageError, did_you_mean
from policyreport.statistics.common.draws import generator
from policyreport.statistics.validity import families, outlooks, panels, places, pooled, series, tasks, unlike, yearly
from policyreport.statistics.validity import yearly_panels as processes
from policyreport.statistics.validity.fingerprint import fingerprint
from policyreport.statistics.validity.measures import CellResult, Measure
from policyreport.statistics.validity.processes import FRAILTIES

Simulator = Callable[..., tuple[Measure, ...]]


@dataclass(frozen=True)
class Cell:
    """One row of the table: a method's simulator with its design, the sizes and the truth.

    `most` limits the repetitions of a slow one.
    """

    method: str
    simulator: Simulator
    design: dict[str, Any]
    most: int | None = None

    @property
    def id(self) -> str:
        """Name of the cell, and part of the seed of its random numbers."""
        return "|".join([self.simulator.__name__, *(f"{key}={value}" for key, value in self.design.items())])

    @property
    def code(self) -> str:
        """Fingerprint of the code that the cell runs."""
        return fingerprint(self.simulator.__module__)

    def count(self, draws: int) -> int:
        """Return the number of repetitions made where `draws` are asked for."""
        return min(draws, self.most or draws)

    def repeat(self, draws: int) -> CellResult:
        """Simulate the cell; the same number of repetitions gives the same result, whatever else is run."""
        rng: np.random.Generator = generator("validity", self.method, self.id, "")
        draws = self.count(draws)
        measures = self.simulator(rng, draws, **self.design)
        return CellResult(
            method=self.method,
            code=self.code,
            design={"what": self.simulator.__name__.replace("_", " "), **self.design},
            draws=0 if all(measure.error == 0 for measure in measures) else draws,
            measures=measures,
        )


def _grid(method: str, simulator: Simulator, **axes: tuple[Any, ...]) -> Iterator[Cell]:
    """Every combination of sizes."""
    for row in product(*axes.values()):
        yield Cell(method, simulator, dict(zip(axes, row, strict=True)))


def _completion() -> Iterator[Cell]:
    for effect, assumed in ((1, 1), (2, 2), (2, 1), (4, 1)):
        sizes = (10, 25, 50, 100, 330, 1298)
        yield from _grid("completion", tasks.completion, n=sizes, design_effect=(effect,), assumed=(assumed,))


def _flow() -> Iterator[Cell]:
    lists = {"n": (25, 100, 330, 1132), "days": ("92+92", "50+21", "30+180")}
    for later, effect in product((0.003, 0.004), (1, 2, 4)):
        own = {"design_effect": (effect,), "assumed": (effect,)}
        yield from _grid("flow", tasks.flow_change, **lists, later=(later,), **own)
    for later, effect in product((0.003, 0.004), (2, 4)):
        design = {"n": 330, "days": "92+92", "later": later, "design_effect": effect, "assumed": 1}
        yield Cell("flow", tasks.flow_change, design)
    even: dict[str, tuple[Any, ...]] = {"design_effect": (1,), "assumed": (1,), "entry": (tasks.EVENLY,)}
    yield from _grid("flow", tasks.flow_change, **lists, later=(0.003,), **even)
    sizes = {"intervals": (5, 8, 12, 20), "n": (25, 100, 1300), "design_effect": (1, 2, 4)}
    yield from _grid("flow", tasks.flow_trend, **sizes, slope=(0.0, -0.1, 0.1), growth=(0.0, 0.05, 0.1))
    sizes = {"intervals": (5, 8, 12, 20), "n": (100, 1300), "design_effect": (1,)}
    yield from _grid("flow", tasks.flow_trend, **sizes, slope=(0.0, 0.1), growth=(0.1,), entry=(tasks.EVENLY,))
    differing: dict[str, tuple[Any, ...]] = {"n": (100, 1132), "frailty": FRAILTIES, "growth": (0.0, 0.1, 0.5)}
    yield from _grid("flow", unlike.unlike_change, **differing, effort=(1.0,))
    yield from _grid(
        "flow",
        unlike.unlike_change,
        n=(100, 1132),
        frailty=("alike", "gamma 1"),
        growth=(0.1,),
        effort=(0.25, 0.5, 2.0),
    )
    grown: dict[str, tuple[Any, ...]] = {"n": (100, 1132), "frailty": ("alike", "gamma 1"), "growth": ("0+1",)}
    yield from _grid("flow", unlike.unlike_change, **grown, effort=(1.0,))
    differing = {"intervals": (5, 8, 12), "n": (100, 1132), "frailty": FRAILTIES, "growth": (0.0, 0.1)}
    yield from _grid("flow", unlike.unlike_trend, **differing, slope=(0.0,))
    falling: dict[str, tuple[Any, ...]] = {"intervals": (8,), "n": (100, 1132), "growth": (0.1,), "slope": (-0.4, 0.2)}
    yield from _grid("flow", unlike.unlike_trend, frailty=("alike", "gamma 1"), **falling)


def _outlook() -> Iterator[Cell]:
    sizes = {"n": (25, 100, 600), "ratio": (0.5, 1, 2)}
    for effect, assumed in ((1, 1), (2, 2), (4, 4), (1, outlooks.PRINTED_EFFECT), (2, outlooks.PRINTED_EFFECT)):
        own = {"design_effect": (effect,), "assumed": (assumed,)}
        yield from _grid("outlook", outlooks.outlook, intervals=(1,), **sizes, **own)
    for intervals, effect in product((5, 8), (1, 4)):
        learnt = {"design_effect": (effect,), "assumed": (outlooks.LEARNT,)}
        yield from _grid("outlook", outlooks.outlook, intervals=(intervals,), **sizes, **learnt)
    design: dict[str, Any] = {"intervals": 1, "n": 100, "ratio": 1, "design_effect": 4, "assumed": 1}
    yield Cell("outlook", outlooks.outlook, design)
    differing: dict[str, tuple[Any, ...]] = {
        "n": (100, 600),
        "ratio": (0.5, 1, 2),
        "frailty": ("gamma 1", "half never"),
    }
    yield from _grid("outlook", outlooks.unlike_outlook, intervals=(1,), **differing)
    yield from _grid("outlook", outlooks.unlike_outlook, intervals=(5,), n=(600,), ratio=(1, 2), frailty=("gamma 1",))


def _pooling() -> Iterator[Cell]:
    yield from _grid("pooling", pooled.pooling, areas=(8, 12, 34), intraclass=(0, 0.02, 0.1, 0.3))
    yield from _grid("pooling", pooled.pooling, areas=(8, 12, 34), intraclass=(0.1,), design_effect=(2,))
    grouped: dict[str, tuple[Any, ...]] = {"areas": (8, 34), "intraclass": (0, 0.1), "design_effect": (1, 2, 4)}
    yield from _grid("pooling", pooled.pooling, **grouped, assumed=(2,))
    grouped = {"areas": (34,), "intraclass": (0, 0.1), "design_effect": (1, 2, 4)}
    yield from _grid("pooling", pooled.pooling, **grouped, assumed=(pooled.LEARNT,))


def _funnel() -> Iterator[Cell]:
    for effect, assumed in product((1, 2, 4), (1, 2, pooled.LEARNT)):
        own: dict[str, tuple[Any, ...]] = {"design_effect": (effect,), "assumed": (assumed,)}
        yield from _grid("funnel", pooled.funnel, areas=(12, 34), **own)


def _threshold() -> Iterator[Cell]:
    sizes = (0, 2, 5, 10)
    yield from _grid("threshold", series.threshold, n=sizes, spread=(series.FROM_PRIOR,))
    yield from _grid("threshold", series.threshold, n=sizes, spread=("0.25", "0.5", "0.75", "1.0", "1.5"))
    yield from _grid("threshold", series.threshold, n=sizes, spread=("0.5",), mean=(0.35,))
    yield from _grid("threshold", series.threshold, n=sizes, spread=("0.25", "0.5"), jumps=(0.1, 0.3))


def _trend() -> Iterator[Cell]:
    yield from _grid("trend", series.trend, n=(5, 6, 8, 13, 20), rho=(0.0, 0.3, 0.6), slope=(0.0, 0.5, 1.0))

    sizes: dict[str, tuple[Any, ...]] = {"areas": (34,), "years": (6, 8, 13)}
    yield from _grid("trend", families.trend_families, **sizes, rho=(0.0, 0.2, 0.4, 0.6, 0.8))
    walks = {**sizes, "rho": (0.0,)}
    yield from _grid("trend", families.trend_families, **walks, process=(processes.WALK, processes.BENEATH))
    sizes["years"] = (6, 13)
    yield from _grid("trend", families.trend_families, **sizes, rho=(0.0, 0.4), sloping=(8,))
    levels = {"areas": (34,), "years": (6, 14), "rho": (0.0, 0.4)}
    yield from _grid("trend", families.level_trends, **levels)
    yield from _grid("trend", families.level_trends, **levels, sloping=(8,))
    yield from _grid("trend", families.score_trends, areas=(34,), years=(6, 13), noise=(0.5, 1.0))


def _means(method: str, simulator: Simulator) -> Iterator[Cell]:
    """The grid on which means of yearly differences and the sets of their ranks must hold, then cases outside it."""
    rhos, six = (0.0, 0.2, 0.4), {"areas": (34,), "years": (6,)}
    own, tied = {"spread": ("equal", "log-normal")}, {"means": ("tied",)}
    yield from _grid(method, simulator, **six, rho=rhos, **own, means=("tied", "half tied", "spread"))
    yield from _grid(method, simulator, **six, rho=rhos, spread=("two groups",), **tied)
    yield from _grid(method, simulator, areas=(34,), years=(13,), rho=rhos, **own, **tied)
    yield from _grid(method, simulator, areas=(8, 20), years=(6,), rho=(0.0, 0.4), **own, **tied)
    yield from _grid(method, simulator, areas=(34,), years=(5,), rho=(0.0, 0.4), spread=("log-normal",), **tied)
    other = (processes.HEAVY_TAILS, processes.REGIONS, processes.CONTAINED, processes.NATIONAL, processes.JUMPS)
    uneven: dict[str, tuple[Any, ...]] = {"spread": ("log-normal",), **tied}
    yield from _grid(method, simulator, areas=(34,), years=(6, 13), rho=(0.0, 0.4), **uneven, process=other)
    unclaimed = (processes.MIXED, processes.WALK)
    yield from _grid(method, simulator, areas=(34,), years=(6, 13), rho=(0.0,), **uneven, process=unclaimed)


def _panel() -> Iterator[Cell]:
    sizes = {"areas": (8, 34), "years": (6, 13), "ratio": (0, 0.3, 0.6, 1, 2)}
    for uneven in (0, 1):
        yield from _grid("panel", panels.panel, **sizes, uneven=(uneven,))
    for cell in _grid("panel", panels.mixed_model, **sizes):
        yield replace(cell, most=panels.REPETITIONS)


def _exposure() -> Iterator[Cell]:
    for association in (0.0, 0.8):
        kinds = {"kind": ("continuous", "skewed", "11", "6", "3"), "years": (6, 13)}
        yield from _grid("exposure", panels.exposed, **kinds, association=(association,))


def _ranks() -> Iterator[Cell]:
    kinds = ("all tied", "half tied", "spaced", "binomial 0.5", "binomial 0.95")
    yield from _grid("ranks", places.ranks, areas=(10, 34, 63), kind=kinds)
    yield from _grid("ranks", places.ranks, areas=(10, 34), kind=("binomial 0.5 clustered",))
    yield from _means("ranks", yearly.ranks_of_means)


CELLS: dict[str, tuple[Cell, ...]] = {
    "completion": tuple(_completion()),
    "flow": tuple(_flow()),
    "outlook": tuple(_outlook()),
    "pooling": tuple(_pooling()),
    "threshold": tuple(_threshold()),
    "trend": tuple(_trend()),
    "panel": tuple(_panel()),
    "peers": tuple(_means("peers", yearly.mean_differences)),
    "exposure": tuple(_exposure()),
    "ranks": tuple(_ranks()),
    "funnel": tuple(_funnel()),
}
"""Cells by method, in the order of the table."""


def cells_of(method: str) -> tuple[Cell, ...]:
    """Return the cells of one method, in the order of the table; a UsageError if the method is not studied."""
    if method not in CELLS:
        todo = did_you_mean(method, CELLS)
        raise UsageError(f"validity {method}", "a method of the simulation study", f'"{method}"', todo)
    return CELLS[method]
