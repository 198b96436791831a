"""Coverage, counts of refusals, sources: tables of the data-quality and sources pages."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.data.frames import TASKS
from policyreport.data.inputs import Inputs
from policyreport.figures.exhibits import Exhibit, Exhibits, join
from policyreport.figures.present.names import inside
from policyreport.figures.present.part_bounds import part_bounds
from policyreport.figures.present.voice import Voice, listed, published, short_publisher
from policyreport.figures.style import capitalised
from policyreport.figures.tables import table
from policyreport.params.spelling import sort_key
from policyreport.records.markdown import escape, link
from policyreport.records.notebooks import CleanRecord, CodeCount, CoverageCell, EvaluationRecord, TrendRecord
from policyreport.statistics.assess.national import raised

PARTS = {"fan": "fan of yearly changes", "cusum": "wandering residuals (CUSUM)", "step": "step at a date"}
"""Names for readers of parts of a method that a refusal may concern."""


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
        [voice.question(method), escape(", ".join(dict.fromkeys(_subject(voice, part) for part in subjects if part))),
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


def quality(coverage: Sequence[CoverageCell], codes: Sequence[CodeCount], inputs: Inputs) -> Exhibits:
    """Show who published what, and what was refused.

    From `assess.coverage` and `assess.codes`: "coverage", "codes" (refusals), "flags".
    """
    voice = Voice(inputs)
    asked = _by_question(voice, codes)
    refused = [count for count in asked if count.kind == "refusal"]
    flagged = [count for count in asked if count.kind == "flag"]
    times = voice.formats.count(sum(count.areas for count in refused))
    nation = voice.formats.count(sum(count.nation for count in refused))
    kinds = len({count.code for count in flagged})
    return Exhibits(
        [
            _coverage(voice, coverage),
            _codes(
                voice,
                "codes",
                refused,
                f"Refusals: {times} for provinces, {nation} for the nation or a "
                "comparison of all provinces. *Provinces each refusal concerns: several years or lists of one row count "
                "once, a refusal of all provinces' lists together for each of them. The [methods](methods.html) count every refusal in the records.*",
            ),
            _codes(
                voice,
                "flags",
                flagged,
                f"{kinds} warnings stand beside results that were given. *Provinces whose result carries the warning, and "
                "whether a result on the nation or on all provinces together does.*",
            ),
        ]
    )


def sources(record: EvaluationRecord, inputs: Inputs) -> Exhibit:
    """List every raw file behind the report: "sources"."""
    voice = Voice(inputs)
    body = [
        [
            escape(short_publisher(source.publisher)),
            link(source.title, source.address),
            published(source.published, voice.formats),
            voice.formats.count(source.rows),
            escape(source.licence),
            f"`{source.id}`",
        ]
        for source in sorted(
            record.sources, key=lambda source: (sort_key(short_publisher(source.publisher)), source.id)
        )
    ]
    total = sum(source.rows for source in record.sources)
    return table(
        "sources",
        ["Publisher", "Title", "Published", "Figures", "Licence", "File"],
        body,
        f"{voice.formats.count(total)} figures in {len(body)} files. *Published by {voice.date(record.as_known_on)}; "
        "a file's path below data/raw/.*",
        align="lllrll",
        wide=True,
        sortable=True,
    )


def _coverage(voice: Voice, cells: Sequence[CoverageCell]) -> Exhibit:
    """Provinces down, topics across: how many figures, or none."""
    if not cells:
        return Exhibit("coverage", "No province's record could be read.")
    topics = [
        topic for topic in sorted({cell.topic for cell in cells}) if any(c.rows for c in cells if c.topic == topic)
    ]
    by = {(cell.area, cell.topic): cell for cell in cells}
    areas = sorted({cell.area for cell in cells})
    body = [[voice.area(area), *(_rows(voice, by.get((area, topic))) for topic in topics)] for area in areas]
    every = {topic: sum(by[area, topic].rows > 0 for area in areas if (area, topic) in by) for topic in topics}
    body.append(["**Provinces with any**", *(f"**{every[topic]} of {len(areas)}**" for topic in topics)])
    return table(
        "coverage",
        ["Province", *(topic.replace("-", " ").replace("_", " ").capitalize() for topic in topics)],
        body,
        "What was published differs from province to province. *Published figures by topic, newest vintages, with those "
        "of the parts before the merger.*",
        wide=True,
        empty="not published",
    )


def _codes(voice: Voice, name: str, codes: Sequence[CodeCount], caption: str) -> Exhibit:
    """How many provinces each code concerns."""
    body = [
        [
            voice.question(count.method),
            escape(_subject(voice, count.subject)),
            voice.sentence(count.code),
            f"`{count.code}`",
            voice.formats.count_of(count.areas, count.of) if count.areas else None,
            "yes" if count.nation else None,
        ]
        for count in sorted(
            codes, key=lambda count: (voice.question(count.method), -count.areas, count.subject, count.code)
        )
    ]
    headings = ["Question", "Of what", "Meaning", "Code", "Provinces", "Nation"]
    return table(name, headings, body, caption, align="llllrl", wide=True, sortable=True, empty="none")


def _by_question(voice: Voice, codes: Sequence[CodeCount]) -> list[CodeCount]:
    """One row per question: a printed rank and a set of ranks are results of one method."""
    rows: dict[tuple[str, str, str], CodeCount] = {}
    for count in codes:
        key = (voice.question(count.method), count.subject, count.code)
        other = rows.get(key, count)
        rows[key] = count.model_copy(
            update={"areas": max(count.areas, other.areas), "nation": count.nation or other.nation}
        )
    return list(rows.values())


def _rows(voice: Voice, cell: CoverageCell | None) -> str | None:
    return voice.formats.count(cell.rows) if cell and cell.rows else None


def _subject(voice: Voice, subject: str) -> str:
    """What a code is about, for readers: an indicator by its name, its measure by its label."""
    key, _, rest = subject.partition(" ")
    indicator = voice.inputs.indicators.by_id().get(key)
    if indicator is None:
        return capitalised(PARTS.get(subject, subject))
    part = PARTS.get(rest) or voice.plain_measure(rest.strip("()"))
    return f"{indicator.name}, {part}" if rest else indicator.name


def _about(voice: Voice, subjects: Sequence[str]) -> str:
    """What a refusal concerns, inside a sentence; nothing where the question alone says it."""
    titles = {task_list.title for task_list in voice.inputs.policy.lists}
    lists = [f"“{escape(subject)}”" for subject in dict.fromkeys(subjects) if subject in titles]
    others = [subject for subject in dict.fromkeys(subjects) if subject not in {*titles, TASKS, ""}]
    series = [escape(inside(_subject(voice, other))) for other in others]
    return (f" on {listed(lists)}" if lists else "") + (f" of {listed(series)}" if series else "")
