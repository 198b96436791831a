"""How certain a province's places are, printed once on its page."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.data.inputs import Inputs, files_of
from policyreport.figures.exhibits import Exhibit, Exhibits
from policyreport.figures.present.voice import Voice
from policyreport.params.phrases import inside
from policyreport.records.base import Refusal
from policyreport.records.notebooks import CompareRecord
from policyreport.records.series import PublishedRank, Ranks, RankSet

_CAUTION = {"model-based": "treating years as draws", "counts": "if tasks finish independently"}


def places(ranks: Sequence[Ranks | Refusal], inputs: Inputs) -> Exhibits:
    """Give for each area the places between which its true rank may lie, or that the data cannot rank.

    From `rank_means`, `rank_sets` and `rank_lists`: "place-n01" and so on for every area of the edition, empty where its
    page prints no place.
    """
    voice = Voice(inputs)
    sets = [result for result in ranks if isinstance(result, Ranks) and result.basis in _CAUTION]
    return Exhibits(
        Exhibit(f"place-{area}", _statement(voice, sets, area)) for area in inputs.areas.of_edition(inputs.edition)
    )


def _statement(voice: Voice, ranks: Sequence[Ranks], area: str) -> str:
    """The one paragraph on rank certainty: sets where there are any, then what is left without one."""
    own = [(result, item) for result in ranks for item in result.sets if item.area == area]
    lines = [_own_set(voice, result, item) if result.tells_apart else _cannot(voice, result) for result, item in own]
    published = _published(voice, area)
    if any(rank.marginal for rank in published):
        lines.append("A place with a range holds its true rank with 95 % certainty, by the published standard errors.")
    if any(rank.marginal is None for rank in published):
        placed = any(result.tells_apart for result, _ in own) or any(rank.marginal for rank in published)
        lead = "The other places" if placed else "The places"
        lines.append(f"{lead} on this page only order the published values, which came without a margin of error.")
    return f"**How certain is a place?** {' '.join(lines)}" if lines else ""


def _own_set(voice: Voice, ranks: Ranks, own: RankSet) -> str:
    place = voice.value(f"{own.rank} of {len(ranks.sets)}", _files(ranks))
    first, last = own.marginal
    could = f"could be anywhere from {first} to {last}" if first < last else "is sure"
    return f"By {_by(voice, ranks)} its place is {place} and {could} (95 %, {_CAUTION[ranks.basis]})."


def _cannot(voice: Voice, ranks: Ranks) -> str:
    return (
        f"The data cannot rank the provinces by {_by(voice, ranks)}: no two of "
        f"{voice.value(f'the {len(ranks.sets)}', _files(ranks))} can be told apart."
    )


def _by(voice: Voice, ranks: Ranks) -> str:
    if ranks.basis == "counts":
        return "completed share of the newest list"
    return f"mean {inside(voice.indicator(ranks.indicator))} against the country's"


def _files(ranks: Ranks) -> list[str]:
    return [f"{file}.csv" for file in files_of(ranks.inputs)]


def _published(voice: Voice, area: str) -> list[PublishedRank]:
    """The places that the area's own page prints."""
    record = voice.inputs.records.get((area, "compare"))
    items = record.strip if isinstance(record, CompareRecord) else ()
    return [item.rank for item in items if isinstance(item.rank, PublishedRank)]
