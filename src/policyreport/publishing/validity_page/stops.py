"""Where each method stops holding: the violation that costs most, with what the study found there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from policyreport.params.registry import Registry
from policyreport.publishing.validity_page.lookups import values
from policyreport.publishing.validity_page.note_texts import BENEATH, UNCLAIMED
from policyreport.publishing.validity_page.notes import exceeds_assumed, ignores_groups
from policyreport.records.formats import Formats
from policyreport.statistics.validity.measures import MethodResult


@dataclass(frozen=True)
class Stop:
    """A violation of one method: cells by their design, a measure, and a text around its worst value."""

    method: str
    what: str
    holds: Callable[[Mapping[str, Any]], bool]
    measure: str
    text: str
    worst: Callable[..., float] = min


STOPS = (
    Stop(
        "completion", "completion", ignores_groups, "coverage, mean over p of 0.05 to 0.95",
        "where tasks finish in groups of four and the interval takes them as independent, it holds {}",
    ),
    Stop(
        "flow", "flow change", ignores_groups, "coverage",
        "where tasks finish in groups of four and the change is judged as if they did not, its interval holds {}",
    ),
    Stop(
        "flow", "unlike trend", lambda design: design["frailty"] == "gamma 2" and design["slope"] == 0,
        "verdict falling",
        "where tasks differ with a variance of 2, a steady effort is called falling with a probability of up to "
        "{%}", max,
    ),
    Stop(
        "flow", "unlike trend", lambda design: design["frailty"] == "half never" and design["slope"] == 0,
        "verdict falling", "where half of the tasks can never be finished, with one of up to {%}", max,
    ),
    Stop(
        "outlook", "unlike outlook", lambda design: True, "coverage, as printed",
        "where tasks differ, those left are harder than the outlook takes them to be, and its interval holds {}",
    ),
    Stop(
        "pooling", "pooling", exceeds_assumed, "coverage",
        "where no list was counted again and tasks finish in groups of four, the intervals hold {}",
    ),
    Stop(
        "funnel", "funnel", exceeds_assumed, "any area singled out",
        "where no list was counted again and tasks finish in groups of four, an area that does not differ is singled "
        "out with a probability of up to {%}", max,
    ),
    Stop(
        "threshold", "threshold", lambda design: str(design.get("spread")) == "1.5", "coverage",
        "where revisions are three times the size that the prior expects, the intervals hold {}",
    ),
    Stop(
        "trend", "trend", lambda design: design.get("rho", 0) > 0.3 and design.get("slope") == 0,
        "verdict rising or falling",
        "where neighbouring years correlate by 0.6, a series without a trend is called rising or falling with a "
        "probability of up to {%}", max,
    ),
    Stop(
        "trend", "trend families", lambda design: design.get("process") == BENEATH, "areas named without a trend",
        "where a random walk lies beneath noise, an area is named without a trend in up to {%} of families", max,
    ),
    Stop(
        "peers", "mean differences", lambda design: design.get("process") in UNCLAIMED, "coverage",
        "where areas carry over unlike shares of a year, or drift as a random walk, intervals hold {}",
    ),
    Stop(
        "ranks", "ranks of means", lambda design: design.get("process") in UNCLAIMED, "coverage, all sets together",
        "where areas carry over unlike shares of a year, or drift as a random walk, all sets of means hold {}",
    ),
    Stop(
        "panel", "panel", lambda design: bool(design.get("uneven")) and design.get("ratio") == 0,
        "equal slopes rejected",
        "where noise differs between areas, equal slopes are found to differ with a probability of up to {%}", max,
    ),
    Stop(
        "exposure", "exposed", lambda design: design.get("kind") == "3" and design.get("association") == 0,
        "plain clustered t rejects",
        "with three areas exposed the textbook error, which is shown only, rejects with a probability of up to "
        "{%}", max,
    ),
    Stop(
        "ranks", "ranks", lambda design: str(design.get("kind")).endswith("clustered"), "coverage, all sets together",
        "where tasks finish in groups of two and the sets take them as independent, all sets together hold {}",
    ),
)  # fmt: skip


def stops_holding(results: Mapping[str, MethodResult], registry: Registry, formats: Formats) -> str:
    """List the violations by method, as far as they were studied; empty without results."""
    lines = []
    for id in registry.methods:
        texts = [text for stop in STOPS if stop.method == id and (text := _sentence(stop, results.get(id), formats))]
        if texts:
            lines.append(f"- **{registry[id].title}**: {'; '.join(texts)}.")
    if not lines:
        return ""
    lead = (
        "No method holds under every violation of what it takes for granted. Of those that were simulated these cost "
        "most. Nominal levels are 0.95 for intervals and sets, 5 % for tests and verdicts:"
    )
    return "\n\n".join(["## Where each method stops holding", lead, "\n".join(lines)])


def _sentence(stop: Stop, result: MethodResult | None, formats: Formats) -> str:
    cells = (
        [cell for cell in result.cells if cell.design["what"] == stop.what and stop.holds(cell.design)]
        if result
        else []
    )
    measured = values(cells, stop.measure)
    if not measured:
        return ""
    worst = stop.worst(measured)
    least = "as little as " if stop.worst is min else ""
    return stop.text.replace("{%}", formats.percent(worst)).replace("{}", f"{least}{formats.number(worst, 3)}")
