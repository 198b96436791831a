"""A province's place with the places its true rank may take, for its own page."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.exhibits import Exhibit, Exhibits
from policyreport.inputs import Inputs, files_of
from policyreport.present.names import inside
from policyreport.present.voice import Voice
from policyreport.records.base import Refusal
from policyreport.records.series import Ranks, RankSet

# Published standard errors give their set beside the score itself, in the strip.
_BASES = {
    "model-based": ("mean difference to the nation in {name}", "model-based: years are treated as draws"),
    "counts": ("completed share of the newest list", "if tasks finish independently"),
}


def places(ranks: Sequence[Ranks | Refusal], inputs: Inputs) -> Exhibits:
    """Say each area's place and its marginal set.

    Parameters
    ----------
    ranks : sequence of Ranks or Refusal
        From `assess.ranks` and `assess.count_ranks`.
    inputs : Inputs
        The national slice.

    Returns
    -------
    Exhibits
        "place-n01" and so on for every area of the edition; empty where there is no set.
    """
    voice = Voice(inputs)
    asked = [each for each in ranks if isinstance(each, Ranks) and each.basis in _BASES]
    return Exhibits(
        Exhibit(f"place-{area}", "\n\n".join(_sentence(voice, each, own) for each in asked for own in _of(each, area)))
        for area in inputs.areas.of_edition(inputs.edition)
    )


def _of(ranks: Ranks, area: str) -> list[RankSet]:
    return [each for each in ranks.sets if each.area == area]


def _sentence(voice: Voice, ranks: Ranks, own: RankSet) -> str:
    """``By … its place is 12 of 34; its true place could be anywhere from 3 to 30 (…).``"""
    what, caution = _BASES[ranks.basis]
    files = [f"{each}.csv" for each in files_of(ranks.inputs)]
    place = voice.value(f"{own.rank} of {len(ranks.sets)}", files)
    first, last = own.marginal
    could = f"could be anywhere from {first} to {last}" if first < last else "is the same in its whole set"
    by = what.format(name=inside(voice.indicator(ranks.indicator)))
    return f"By the {by} its place is {place}; its true place {could} (95 % for this province alone; {caution})."
