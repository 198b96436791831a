"""What no method can do at the sizes of the study, with what the study found there (METHODS §17)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from policyreport.publishing.validity_page.lookups import number_range, values
from policyreport.records.formats import Formats
from policyreport.statistics.validity.measures import CellResult, MethodResult

MEAN, WORST = "coverage, mean over p of 0.05 to 0.95", "coverage, smallest over all p"
FEWEST = (5, 6)
"""Numbers of points at which exact tests have few p-values to choose from."""


def known_limits(results: Mapping[str, MethodResult], formats: Formats) -> str:
    """List what no method can meet, with the numbers of this study; empty where none was studied."""
    cells = {id: result.cells for id, result in results.items()}
    lines = [
        _whole_numbers(cells.get("completion", ()), formats),
        _clustering(cells, formats),
        _few_points(cells.get("trend", ()), formats),
        _revisions(cells.get("threshold", ()), formats),
    ]
    items = "\n".join(f"- {line}" for line in lines if line)
    return f"## What no method can do\n\n{items}" if items else ""


def _whole_numbers(cells: Iterable[CellResult], formats: Formats) -> str:
    own = [cell for cell in cells if cell.design.get("design_effect") == cell.design.get("assumed") == 1]
    means, worst = values(own, MEAN), values(own, WORST)
    if not means:
        return ""
    least = formats.number(min(worst), 3)
    return (
        "Counts are whole numbers, so no interval for a share holds exactly its level at every share and every size: "
        f"Wilson's holds {number_range(means, formats)} on average over shares of 0.05 to 0.95, and {least} where it "
        "holds least, near 0 and 1."
    )


def _clustering(cells: Mapping[str, Iterable[CellResult]], formats: Formats) -> str:
    by_effect = {
        effect: [
            share
            for method, name in (("completion", MEAN), ("flow", "coverage"), ("outlook", "coverage"))
            for cell in cells.get(method, ())
            if cell.design.get("design_effect") == effect and cell.design.get("assumed") == 1
            for share in values([cell], name)
        ]
        for effect in (2, 4)
    }
    texts = [
        f"{number_range(held, formats)} at a design effect of {effect}" for effect, held in by_effect.items() if held
    ]
    if not texts:
        return ""
    return (
        "How much tasks finish together cannot be learnt from fewer than five intervals of one list; it is assumed, "
        f"and shown for several assumptions. Intervals that ignore it hold {', '.join(texts)}."
    )


def _revisions(cells: Iterable[CellResult], formats: Formats) -> str:
    every = list(cells)
    if not every:
        return ""
    own = [cell for cell in every if cell.design.get("spread", "prior") != "prior"]
    kinds = {
        "revisions of one spread": [cell for cell in own if not {"mean", "jumps"} & set(cell.design)],
        "revisions that jump": [cell for cell in own if "jumps" in cell.design],
    }
    held = [
        f"{number_range(shares, formats)} for {what}"
        for what, group in kinds.items()
        if (shares := values(group, "coverage"))
    ]
    few = "Two revisions say little about the size of the next one; the prior carries the answer."
    return f"{few} The 95 % intervals hold {', and '.join(held)}." if held else few


def _few_points(cells: Iterable[CellResult], formats: Formats) -> str:
    texts = []
    for n in FEWEST:
        own = [measure for cell in cells if cell.design.get("n") == n for measure in cell.measures]
        size, level = (
            next((measure.nominal for measure in own if measure.name == name), None)
            for name in ("exact test rejects", "coverage, Theil–Sen")
        )
        if size is not None and level is not None:
            shown = formats.percent(size), formats.percent(level)
            texts.append(f"with {n} values the test has a size of {shown[0]} and the interval a level of {shown[1]}")
    if not texts:
        return ""
    return f"Exact tests have few p-values to choose from on short series: {', '.join(texts)}."
