"""What was published about one area, and what cannot be said of it."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.data.frames import TASKS
from policyreport.data.inputs import Inputs
from policyreport.figures.exhibits import Exhibit, Exhibits, join
from policyreport.figures.present.part_bounds import part_bounds
from policyreport.figures.present.voice import Voice, listed, short_publisher
from policyreport.figures.tables import table
from policyreport.params.phrases import inside
from policyreport.records.markdown import escape
from policyreport.records.notebooks import CleanRecord, TrendRecord
from policyreport.statistics.scorecard.coverage import raised


def published_topics(record: CleanRecord, inputs: Inputs) -> Exhibit:
    """List what was published about one area, by indicator and measure: "published"."""
    voice = Voice(inputs)
    body = [
        [
            voice.indicator(topic.indicator),
            voice.measure(topic.measure) if topic.measure else "",
            _periods(voice, topic.first_period, topic.last_period),
            voice.formats.count(topic.rows),
            voice.newest_on(_rows_of(record, topic.indicator, topic.measure), topic.newest),
            escape(", ".join(dict.fromkeys(short_publisher(name) for name in topic.publishers))),
        ]
        for topic in record.topics
    ]
    parts = inputs.areas.parts(inputs.area)
    old = " (with its parts before the merger)" if len(parts) > 1 else ""
    kept = (
        f"; {voice.formats.count(record.superseded)} older vintage{'s are' if record.superseded > 1 else ' is'} kept"
        if record.superseded
        else ""
    )
    listing = table(
        voice.id("published"),
        ["Indicator", "Measure", "Periods", "Figures", "Newest published", "Publisher"],
        body,
        f"{voice.formats.count(len(record.observations))} published figures on {voice.name}{old} are known. "
        f"*Rows of the ledger published by {voice.date(record.as_known_on)}, newest vintage of each{kept}.*",
        align="lllrll",
        wide=True,
    )
    return join("published", listing, part_bounds(record, inputs)) if record.bounds else listing.renamed("published")


def _periods(voice: Voice, first: str, last: str) -> str:
    if first == last:
        return voice.formats.period(first)
    earliest, latest = voice.formats.period(first), voice.formats.period(last)
    # A period that itself goes from one month to another would make three ends.
    return f"{earliest}; latest: {latest}" if "/" in first + last else f"{earliest} to {latest}"


def _rows_of(record: CleanRecord, indicator: str, measure: str) -> list[str]:
    """Ids of an area's rows of one indicator and measure."""
    return [row.id for row in record.observations if (row.indicator, row.measure) == (indicator, measure)]


def refusals(record: TrendRecord, inputs: Inputs) -> Exhibits:
    """List what cannot be said about one area, each once with its reason; then the same in one paragraph.

    Gives "refusals", "refusals-short".
    """
    voice = Voice(inputs)
    seen: dict[tuple[str, str], list[str]] = {}
    for method, subject, code, kind in raised(record):
        if kind == "refusal":
            seen.setdefault((method, code), []).append(subject)
    body = [
        [voice.question(method), escape(", ".join(dict.fromkeys(voice.subject_name(part) for part in subjects if part))),
         voice.sentence(code), f"`{code}`"]
        for (method, code), subjects in sorted(seen.items())
    ]  # fmt: skip
    listing = table(
        voice.id("refusals"),
        ["Question", "Of what", "Why not", "Code"],
        body,
        f"{len(body)} questions cannot be answered from what was published about {voice.name}. "
        "*The raw figures stay visible above.*",
        align="llll",
        wide=True,
    ).renamed("refusals")
    refused = "; ".join(
        f"the {inside(voice.question(method))}{_about(voice, subjects)} ({voice.short(code)})"
        for (method, code), subjects in sorted(seen.items())
    )
    refused = f"What was published gives no answer on {refused}" if seen else "Every question has an answer"
    short = f"::: {{.refusal}}\n**What cannot be said.** {refused}. The reasons stand on the site and under *Data quality*.\n:::"
    return Exhibits([listing, Exhibit("refusals-short", short)])


def _about(voice: Voice, subjects: Sequence[str]) -> str:
    """What a refusal concerns, inside a sentence; nothing where the question alone says it."""
    titles = {task_list.title for task_list in voice.inputs.policy.lists}
    lists = [f"“{escape(subject)}”" for subject in dict.fromkeys(subjects) if subject in titles]
    others = [subject for subject in dict.fromkeys(subjects) if subject not in {*titles, TASKS, ""}]
    series = [escape(inside(voice.subject_name(other))) for other in others]
    return (f" on {listed(lists)}" if lists else "") + (f" of {listed(series)}" if series else "")
