"""What the study asks of a measure, and which cases are computed otherwise because they missed it."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt

from policyreport.params.registry import Registry
from policyreport.publishing.validity_page.lookups import between, values
from policyreport.publishing.validity_page.summary import verdict_of
from policyreport.records.digits import as_published
from policyreport.records.formats import Formats
from policyreport.statistics.validity.measures import (
    AT_LEAST,
    CONTINUOUS,
    ERRORS,
    EXACT_TEST,
    LEVEL,
    NOMINAL_TEST,
    RANK_SETS,
    MethodResult,
)

DRAWS = 2000
"""Repetitions of the page, by METHODS §17."""
HANDED_OVER = "left to the latest interval"


def bands(formats: Formats) -> str:
    """Write the bands of METHODS §17 and the rule by which a measure passes."""
    low, high = (formats.number(end, 3) for end in CONTINUOUS)
    small, large = (formats.number(end, 3) for end in NOMINAL_TEST)
    least, sets, most = (formats.number(end, 3) for end in (AT_LEAST[0], RANK_SETS[0], EXACT_TEST[1]))
    level, draws = formats.number(LEVEL, 2), formats.count(DRAWS)
    at_level = formats.number(sqrt(LEVEL * (1 - LEVEL) / DRAWS), 3)
    return (
        f"Intervals of 95 % must hold the truth in a share of {low} to {high} of repetitions where the estimate is "
        f"continuous (of a count on average over its shares), and of at least {least} where it is discrete, exact, "
        f"hierarchical or predictive; sets of ranks in at least {sets}. Tests at 5 % must reject in {small} to {large} "
        f"where there is nothing to find, exact tests, verdicts that rest on one, false discoveries and areas named "
        f"without a trend in at most {most}. A measure passes if its value, give or take {ERRORS} Monte-Carlo standard "
        "errors, meets its band; the error of a "
        f"share c of R repetitions is √(c(1 − c)/R), {at_level} at {level} and {draws} repetitions. Bias, widths, "
        "rejections where there is something to find, and what happens under violations that a method does not claim "
        "to stand are shown and not judged; nor is how often an interval excludes a truth of zero, which is one minus "
        "its coverage."
    )


def otherwise(results: Mapping[str, MethodResult], registry: Registry, formats: Formats) -> str:
    """Write the section on cases that are declined or computed otherwise because they missed their band."""
    panel, ranks = registry.settings["panel"], registry.settings["ranks"]
    bartlett, joint = formats.percent(panel["bartlett_level"].value, 0), formats.percent(ranks["count_level"].value)
    lines = [
        _outlook(results.get("outlook"), registry, formats),
        f"Differences between trends: where Bartlett's test finds unequal noise (at {bartlett}), the interval of the "
        "area's own slope is printed instead of the pooled one.",
        f"Ranks: joint sets of counts are drawn at a nominal level of {joint}, so that they hold 95 %; one area's set "
        "stays at 95 %.",
    ]
    lead = (
        "Cases that missed their band when they were first simulated are now declined or computed otherwise, and the "
        "tables above show the methods as they are now:"
    )
    parts = ["## Where a method missed its band", lead, "\n".join(f"- {line}" for line in lines)]
    return "\n\n".join([*parts, *_still(results, registry, formats)])


def _still(results: Mapping[str, MethodResult], registry: Registry, formats: Formats) -> list[str]:
    """Name the methods with a measure that misses its band."""
    missed = []
    for id in registry.methods:
        measures = [measure for cell in results[id].cells for measure in cell.measures] if id in results else []
        if any(measure.verdict.startswith("fails") for measure in measures):
            missed.append(f"{registry[id].title} ({verdict_of(measures, formats)})")
    if not missed:
        return ["No measure of the tables misses its band."]
    return [
        f"These still hold more or less than their band and are not declined; why is said there: {', '.join(missed)}."
    ]


def _outlook(result: MethodResult | None, registry: Registry, formats: Formats) -> str:
    """Explain when the latest interval replaces what is learnt from all, and which lists the coverage is of."""
    why = registry.settings["outlook"]
    intervals, tasks = why["grid_from_intervals"].value, why["grid_smallest_list"].value
    share = formats.number(why["grid_smallest_open_share"].value, 1)
    effects = ", ".join(as_published(effect) for effect in why["design_effects"].value)
    cells = [cell for cell in result.cells if values([cell], HANDED_OVER)] if result else []
    often = f": {between(cells, HANDED_OVER, formats)} of a row's lists" if cells else ""
    return (
        f"Outlook: where fewer than {tasks} tasks were at risk in the mean interval, or less than {share} of that mean "
        "is still open, no clustering is learnt from the list: the latest interval is used and design effects are "
        f"assumed ({effects}). From {intervals} intervals on the coverage in the table is therefore that of the lists "
        f"not handed over to the latest interval; the column says how many were{often}. The coverage as printed counts "
        "all lists, those handed over with the interval at the largest of these design effects."
    )
