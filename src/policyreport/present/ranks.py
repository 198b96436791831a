"""Sets of ranks: between which places an area's true rank may lie, or why nothing can be said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from policyreport.exhibits import Exhibit, Exhibits, join
from policyreport.figures.areas import rank_sets as rank_figure
from policyreport.inputs import Inputs
from policyreport.present.names import inside
from policyreport.present.voice import Voice, escape, listed
from policyreport.records.base import Refusal
from policyreport.records.series import Ranks

MOST_NAMED = 12
"""Provinces named in a sentence; more are counted."""

_BASES = {
    "model-based": "; model-based: years are treated as draws",
    "survey": "; from the published standard errors",
    "counts": "; from counts on lists of one kind, if tasks finish independently",
}


def ranks(results: Sequence[Ranks | Refusal], inputs: Inputs) -> Exhibits:
    """Show sets of ranks where there are errors to make them from; else why there are none, once a reason.

    Parameters
    ----------
    results : sequence of Ranks or Refusal
        From `assess.ranks` and `assess.count_ranks`.
    inputs : Inputs
        The national slice.

    Returns
    -------
    Exhibits
        "ranks".
    """
    voice = Voice(inputs)
    done = [each for each in results if isinstance(each, Ranks)]
    refused: dict[str, list[Refusal]] = {}
    for each in results:
        if isinstance(each, Refusal):
            refused.setdefault(each.code, []).append(each)
    parts: list[Exhibit | str] = [_rank_set(voice, each, str(at) if at else "") for at, each in enumerate(done)]
    for found in refused.values():
        names = listed([escape(voice.indicator(each.subject)) for each in found if each.subject in _known(voice)])
        parts.append(voice.refusal(found[0], f"No set of ranks of {names}" if names else "Sets of ranks"))
    return Exhibits([join("ranks", *parts)])


def _rank_set(voice: Voice, each: Ranks, number: str) -> Exhibit:
    """One caterpillar of ranks with its finding."""
    last = len(each.sets)
    open_sets = sum(item.simultaneous == (1, last) for item in each.sets)
    name = inside(escape(voice.indicator(each.indicator)))
    model = each.basis == "model-based"
    counts = each.basis == "counts"
    what = (
        f"mean difference to the nation's {name}" if model else "completed share of the newest list" if counts else name
    )
    frame = voice.frame(
        f"ranks-{each.indicator.replace('_', '-')}" if number else "ranks",
        f"{'All' if len(each.best) == last else f'{len(each.best)} of'} {last} provinces may be among the first {each.tau}, and {open_sets} may hold any place at all",
        f"Place by {what}, and the places its true rank may take, 95 % for all provinces together" + _BASES[each.basis],
        each.inputs,
    )
    names = {item.area: voice.inputs.areas.name(item.area) for item in each.sets}
    return join("", rank_figure(each, names, frame), _ends_of(voice, each, names))


def _ends_of(voice: Voice, each: Ranks, names: Mapping[str, str]) -> str:
    """Who may be among the first places, and who among the last."""
    whole = len(each.sets)

    def who(areas: Sequence[str]) -> str:
        if len(areas) == whole:
            return f"all {whole} provinces"
        if len(areas) > MOST_NAMED:
            return f"{voice.formats.count_of(len(areas), whole)} provinces"
        return listed([escape(names[area]) for area in areas])

    first = f"{each.tau} places: {who(each.best)}"
    return f"May be among the first {first}. May be among the last {each.tau}: {who(each.worst)}."


def _known(voice: Voice) -> Mapping[str, object]:
    return voice.inputs.indicators.by_id()
