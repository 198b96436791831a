"""One area compared with others: the strip of five indicators, differences in growth, the summary paragraph."""

from __future__ import annotations

from policyreport.data.inputs import Inputs
from policyreport.figures.exhibits import Exhibit, join
from policyreport.figures.present.shares import leading, part_sentence, share_sentence
from policyreport.figures.present.tasks import count_sentence
from policyreport.figures.present.voice import Voice, listed
from policyreport.figures.present.yearly import how_sure, mean_of
from policyreport.figures.tiles import locator, tile_grid
from policyreport.records.base import Refusal
from policyreport.records.formats import NBSP
from policyreport.records.notebooks import CompareRecord
from policyreport.records.series import Difference, Peers
from policyreport.records.shares import Threshold
from policyreport.statistics.shares.latest import later_parts, newest_completion


def summary(record: CompareRecord, inputs: Inputs) -> Exhibit:
    """Say in one paragraph what the records allow, with the locator: "summary"."""
    voice = Voice(inputs)
    sentences = [_place(voice)]
    by_role = {item.role: item for item in record.strip}
    growth, income = by_role["growth"], by_role["income"]
    if growth.value is not None:
        against = (
            f", against {voice.value(f'{voice.formats.number(growth.nation, 2)}{NBSP}%', growth.nation_inputs)} for the nation"
            if growth.nation is not None
            else ""
        )
        sentences.append(
            f"In {growth.period} its output grew by "
            f"{voice.value(f'{voice.formats.number(growth.value, 2)}{NBSP}%', growth.inputs)} on the year before"
            f"{_status(growth.status)}{against}."
        )
    nation = next((difference for difference in record.growth_differences if isinstance(difference, Difference)), None)
    if nation:
        own = record.growth.inputs if isinstance(record.growth, Peers) else ()
        provinces = len(inputs.provinces)
        sure = how_sure(voice, nation, provinces)
        sentences.append(
            f"Over {nation.years[0]}–{nation.years[-1]} it grew faster than the country {_in_years(voice, nation, own)}, on "
            f"average {mean_of(voice, nation, own + nation.inputs, 'pp')} a year{f': {sure}' if sure else ''}."
        )
    ratio = record.income_ratio_nation
    if income.value is not None and not isinstance(ratio, Refusal):
        sentences.append(
            f"Output per head was {voice.value(f'{voice.formats.number(income.value, 1)} million VND', income.inputs)} in "
            f"{income.period}, {voice.value(voice.formats.number(ratio.index, 0), ratio.inputs)} where the nation is 100."
        )
    counted = newest_completion(record.completion)
    if counted:
        sentences.append(count_sentence(voice, counted))
    judged = [figure for figure in record.share if isinstance(figure, Threshold)]
    sentences += [share_sentence(voice, figure) for figure in leading(judged)[:1]]
    headline = inputs.roles.share.headline_measure
    parts = [part for part in later_parts(record.share) if part.measure == headline]
    sentences += [part_sentence(voice, part) for part in parts]
    by_headline = bool(parts) or any(figure.measure == headline for figure in judged)
    share_by = f"a digital-economy share by {voice.measure(headline)}"
    silent = [what for what, there in (("task counts", counted), (share_by, by_headline)) if not there]
    if growth.value is None:
        silent.append("growth on present boundaries")
    if silent:
        sentences.append(f"Not published by {voice.date(record.as_known_on)}: {listed(silent)}.")
    names = dict(inputs.areas.table["name"])
    place = locator(inputs.area, tile_grid(inputs), voice.frame("locator", inputs.name, "", []), names)
    return join("summary", place, f"::: {{.summary}}\n{' '.join(sentences)}\n:::")


def _place(voice: Voice) -> str:
    inputs = voice.inputs
    region = voice.area(inputs.areas.region(inputs.area))
    parts = inputs.areas.parts(inputs.area)
    day = voice.date(inputs.areas.begun(inputs.area))
    if len(parts) < 2:
        return f"{voice.name} ({region}) kept its boundaries in the mergers of {day}."
    names = listed([voice.area(part) for part in parts])
    return f"{voice.name} ({region}) was formed on {day} from {names}."


def _in_years(voice: Voice, difference: Difference, own: tuple[str, ...]) -> str:
    """``in 6 of 6 years``, with the rows behind it."""
    count = voice.formats.count_of(difference.years_above, len(difference.years))
    return f"in {voice.value(f'{count} years', own + difference.inputs)}"


def _status(status: str) -> str:
    return f" ({status})" if status in ("estimate", "preliminary") else ""
