"""Sets of ranks: between which places an area's true rank may lie, or why nothing follows about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import hypot

from policyreport.data.inputs import Inputs
from policyreport.figures.areas import rank_sets as rank_figure
from policyreport.figures.exhibits import Exhibit, Exhibits, join
from policyreport.figures.present.voice import Voice, listed, refusals_by_code
from policyreport.params.phrases import inside
from policyreport.records.base import Refusal
from policyreport.records.markdown import escape
from policyreport.records.series import Ranks

MOST_NAMED = 12
"""Provinces named in a sentence; more are counted."""

_BASES = {
    "model-based": "; model-based: years are treated as draws, their spread and carry-over learnt from all provinces",
    "survey": "; from the published standard errors",
    "counts": "; from counts on lists of one kind, if tasks finish independently",
}


def ranks(results: Sequence[Ranks | Refusal], inputs: Inputs) -> Exhibits:
    """Show sets of ranks where there are errors to make them from; else why there are none, once per reason.

    From `rank_means`, `rank_sets` and `rank_lists`: "ranks".
    """
    voice = Voice(inputs)
    done = [result for result in results if isinstance(result, Ranks)]
    parts: list[Exhibit | str] = [_rank_set(voice, result, str(at) if at else "") for at, result in enumerate(done)]
    indicators = inputs.indicators.by_id()
    for group in refusals_by_code(results).values():
        names = listed([voice.indicator(refusal.subject) for refusal in group if refusal.subject in indicators])
        parts.append(voice.refusal(group[0], f"No set of ranks of {names}" if names else "Sets of ranks"))
    return Exhibits([join("ranks", *parts)])


def _rank_set(voice: Voice, ranks: Ranks, number: str) -> Exhibit:
    """One caterpillar of ranks with its finding; one sentence where no pair differs clearly."""
    id = f"ranks-{ranks.indicator.replace('_', '-')}" if number else "ranks"
    if not ranks.tells_apart:
        return Exhibit(id, _cannot_rank(voice, ranks))
    last = len(ranks.sets)
    open_sets = sum(item.simultaneous == (1, last) for item in ranks.sets)
    frame = voice.frame(
        id,
        f"{'All' if len(ranks.best) == last else f'{len(ranks.best)} of'} {last} provinces may be among the first {ranks.tau}, and {open_sets} may hold any place at all",
        f"Place by {_ranked_by(voice, ranks)}, and the places its true rank may take, 95 % for all provinces together"
        + _BASES[ranks.basis],
        ranks.inputs,
    )
    names = {item.area: voice.inputs.areas.name(item.area) for item in ranks.sets}
    return join("", rank_figure(ranks, names, frame), _ends_of(voice, ranks, names))


def _cannot_rank(voice: Voice, ranks: Ranks) -> str:
    """That no two provinces can be told apart, with the largest difference and the one that would be needed."""
    count = len(ranks.sets)
    estimates, errors = ([getattr(item, name) for item in ranks.sets] for name in ("estimate", "standard_error"))
    largest = max(
        abs(a - b) / hypot(s, t) for a, s in zip(estimates, errors, strict=True) for b, t in zip(estimates, errors, strict=True)
    )  # fmt: skip
    formats = voice.formats
    return (
        f"The data cannot rank the {count} provinces by {_ranked_by(voice, ranks)}: any of them could hold any place. Of "
        f"{formats.count(count * (count - 1) // 2)} pairs none can be told apart; the largest difference is "
        f"{voice.value(formats.number(largest, 1), ranks.inputs)} standard errors, and with so many pairs "
        f"{formats.number(ranks.critical_values[0], 1)} would be needed."
    )


def _ranked_by(voice: Voice, ranks: Ranks) -> str:
    name = inside(voice.indicator(ranks.indicator))
    return {
        "model-based": f"mean difference to the country's {name}",
        "counts": "completed share of the newest list",
        "survey": name,
    }[ranks.basis]


def _ends_of(voice: Voice, ranks: Ranks, names: Mapping[str, str]) -> str:
    """Who may be among the first places, and who among the last."""
    whole = len(ranks.sets)

    def who(areas: Sequence[str]) -> str:
        if len(areas) == whole:
            return f"all {whole} provinces"
        if len(areas) > MOST_NAMED:
            return f"{voice.formats.count_of(len(areas), whole)} provinces"
        return listed([escape(names[area]) for area in areas])

    first = f"{ranks.tau} places: {who(ranks.best)}"
    return f"May be among the first {first}. May be among the last {ranks.tau}: {who(ranks.worst)}."
