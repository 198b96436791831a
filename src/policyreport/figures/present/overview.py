"""The overview: standfirst and findings."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.data.inputs import Inputs
from policyreport.figures.exhibits import Exhibit, Exhibits, join
from policyreport.figures.present.behind import rows_behind
from policyreport.figures.present.other_quantity import other_finding
from policyreport.figures.present.share_aggregate import left_for_others
from policyreport.figures.present.share_pace import met, reached_chance, rose, yearly_points
from policyreport.figures.present.shares import chance_of_more, final_chance, part_sentence
from policyreport.figures.present.task_pace import YEAR_END, certainty
from policyreport.figures.present.tasks import completed_since
from policyreport.figures.present.voice import Voice, listed
from policyreport.figures.rows import Row, Rule
from policyreport.figures.sparks import spark_dots, spark_line, spark_lists, spark_share
from policyreport.figures.timeline import Line
from policyreport.params.phrases import capitalised
from policyreport.records.markdown import escape
from policyreport.records.marks import BOUNDARIES
from policyreport.records.notebooks import EvaluationRecord
from policyreport.records.shares import Pace, Threshold
from policyreport.records.tasks import Completion, ListCount, QuarterOnQuarter
from policyreport.statistics.shares.latest import later_parts, newest_of_each_measure

BENCHMARK = "{line} is a benchmark from a speech about another quantity, not a target of the resolution."

Finding = tuple[str, Exhibit | None]
"""A sentence as heading, a line of text, and the small figure between them."""

MOST_NAMED = 6
"""Provinces named in a sentence; more are counted."""


def overview(record: EvaluationRecord, inputs: Inputs) -> Exhibits:
    """Show the findings of the record, each a sentence with its number: "standfirst", "headlines"."""
    voice = Voice(inputs)
    findings = [_tasks(voice, record), *share_findings(voice, record), _provinces(voice, record)]
    blocks = [
        join("finding", "::: {.finding}", *_with_picture(text, picture), ":::") for text, picture in findings if text
    ]
    return Exhibits(
        [
            Exhibit("standfirst", _standfirst(voice, record)),
            join("headlines", ":::: {.findings}", *blocks, "::::"),
        ]
    )


def _with_picture(text: str, picture: Exhibit | None) -> tuple[Exhibit | str, ...]:
    """The sentence, its small figure without label or caption, its source, then the line of text."""
    head, _, body = text.partition("\n\n")
    if picture is None:
        return head, body
    lines = picture.markdown.splitlines()
    bare = next(line for line in lines if line.startswith("!["))
    source = next((line for line in lines if line.startswith("Source")), "")
    cited = f"::: {{.source}}\n{source}\n:::" if source else ""
    return head, Exhibit(picture.id, bare, picture.files), body, cited


def _standfirst(voice: Voice, record: EvaluationRecord) -> str:
    areas = record.areas_expected - len(record.areas_failed)
    text = (
        f"The nation and {voice.value(str(areas), [BOUNDARIES])} provinces as known on "
        f"**{voice.date(record.as_known_on)}**, and what the published figures allow to say."
    )
    if record.areas_failed:
        names = listed([voice.area(area) for area in record.areas_failed])
        text += (
            f"\n\n::: {{.callout-note}}\n## {len(record.areas_failed)} of {record.areas_expected} provinces are not in "
            f"this run\n\n{names}. Their notebooks failed or were not run; counts below are of the provinces that were.\n:::"
        )
    return text


def _tasks(voice: Voice, record: EvaluationRecord) -> Finding:
    """Finding: tasks of the central list, and that the list changed."""
    quarters, formats = record.quarter_on_quarter, voice.formats
    if not isinstance(quarters, QuarterOnQuarter):
        return "", None
    if all(step.same_list for step in quarters.steps):
        return _tasks_of_one_list(voice, record, quarters)
    *earlier, last = quarters.counts
    before = listed([_count(voice, count, at == 0) for at, count in enumerate(earlier)])
    rows = [row for count in reversed(quarters.counts) for row in count.inputs]
    picture = spark_lists(quarters.counts, voice.small("spark-tasks", rows, last.inputs))
    text = (
        f"### Central tasks completed: {voice.value(formats.percent(last.share), last.inputs)} by "
        f"{voice.date(last.reference_date)} ({voice.value(formats.count_of(last.completed, last.total), last.inputs)})\n\n"
        f"Before: {before}. {_size(voice, quarters)}: {voice.verdict('list changed')}, so no speed is given."
        f"{_suspect(voice, quarters)} [Tasks](tasks.html)"
    )
    return text, picture


def _count(voice: Voice, count: ListCount, first: bool) -> str:
    """One date's count with its share, its day and how many recurring tasks it includes."""
    formats = voice.formats
    counted = voice.value(formats.share_of(count.completed, count.total), count.inputs)
    day = f"{'on' if first else 'by'} {voice.date(count.reference_date)}"
    if not count.recurring:
        return f"{counted} {day}"
    return f"{counted} {day}, a list that includes {voice.value(formats.count(count.recurring), count.inputs)} recurring tasks"


def _size(voice: Voice, quarters: QuarterOnQuarter) -> str:
    """How the list's length changed from the first date to the last."""
    first, last = quarters.counts[0], quarters.counts[-1]
    start, end = (voice.value(voice.formats.count(item.total), item.inputs) for item in (first, last))
    if first.total == last.total:
        return f"The lists of the first and the last date have {end} tasks each"
    return f"The list {'grew' if last.total > first.total else 'shrank'} from {start} to {end} tasks"


def _tasks_of_one_list(voice: Voice, record: EvaluationRecord, quarters: QuarterOnQuarter) -> Finding:
    """Finding: tasks of a list that stayed the same, its pace and its outlook with their certainty."""
    formats, last = voice.formats, quarters.counts[-1]
    done = next((result.completed for result in record.completion
                 if isinstance(result, Completion) and (result.list, result.reference_date) == (last.list, last.reference_date)),
                None)  # fmt: skip
    frame = voice.small("spark-tasks", last.inputs, last.inputs)
    picture = spark_share(done, frame, "completed", "not completed") if done else None
    text = (
        f"### Central tasks completed: {voice.value(formats.percent(last.share), last.inputs)} by "
        f"{voice.date(last.reference_date)} ({voice.value(formats.count_of(last.completed, last.total), last.inputs)})\n\n"
        f"{certainty(voice, record.flow, record.outlook, last.list)} [Tasks](tasks.html)"
    )
    return text, picture


def _suspect(voice: Voice, quarters: QuarterOnQuarter) -> str:
    """A step whose pace jumps so much that another way of counting is likely."""
    if not any(step.has_flag("basis-suspect") for step in quarters.steps):
        return ""
    step = next(step for step in reversed(quarters.steps) if step.has_flag("basis-suspect"))
    finished = completed_since(voice, step)
    when = f"the last {step.days} days" if step.end == quarters.counts[-1].reference_date else (
        f"the {step.days} days to {voice.date(step.end)}"
    )  # fmt: skip
    rush = "a year-end rush or " if step.end.month == YEAR_END else ""
    return f" {voice.value(f'{finished} in {when}', step.inputs)} may be {rush}a change in what is counted."


def share_findings(voice: Voice, record: EvaluationRecord) -> list[Finding]:
    """Findings: the share by the statistics office, by the ministry, the third quantity, the pace."""
    newest = newest_of_each_measure(record.share)
    main = newest.get(voice.inputs.roles.share.headline_measure)
    others = [figure for measure, figure in newest.items() if main and measure != main.measure]
    line = voice.percent_as_published(voice.inputs.policy.threshold.value)
    findings: list[Finding] = []
    if main:
        parts = [part_sentence(voice, part) for part in later_parts(record.share)]
        details = " ".join([final_chance(voice, main), *(_compared(voice, other) for other in others), *parts])
        judged = [figure for figure in record.share if isinstance(figure, Threshold)]
        flips = sorted({figure.period for figure in judged if figure.has_flag("measure-flip")})
        flip = f" For {listed(flips)} the verdict depends on who measures." if flips else ""
        against = voice.against(main.verdict, voice.threshold(line), emphasis=False) + _taken(main)
        text = (
            f"### Digital economy: {_published(voice, main)} of GDP in {voice.period(main.period)} by {voice.measure(main.measure)}, "
            f"{against}\n\n"
            f"{details}{flip} {BENCHMARK.format(line=voice.threshold(line))} [Digital economy](digital-economy.html)"
        )
        findings.append((text, _spark_shares(voice, [main, *others])))
    findings.append((other_finding(voice, record.other_quantity), None))
    paces = [pace for pace in record.pace if isinstance(pace, Pace)]
    if own := [pace for pace in paces if main and pace.measure == main.measure]:
        nearest = min(own, key=lambda pace: pace.target_period)
        alike = [pace for pace in paces if pace.target_period == nearest.target_period]
        elsewhere = [pace for pace in alike if pace.measure != nearest.measure]
        findings.append((pace_finding(voice, nearest, elsewhere), _spark_pace(voice, record, nearest)))
    return findings


def _spark_shares(voice: Voice, newest: Sequence[Threshold]) -> Exhibit:
    rows = [
        Row(
            f"{voice.plain_measure(figure.measure)} {figure.period}",
            figure.observation.value,
            figure.verdict_interval.low if figure.verdict_interval else None,
            figure.verdict_interval.high if figure.verdict_interval else None,
            text=voice.percent_as_published(figure.observation.value),
            role="accent" if at == 0 else "plain",
            hollow=figure.observation.status != "observed",
            inputs=rows_behind([figure.observation, figure if figure.verdict_interval else ""]),
        )
        for at, figure in enumerate(newest[:4])
    ]
    line = voice.inputs.policy.threshold.value
    frame = voice.small("spark-share", rows_behind(rows), [figure.observation.id for figure in newest[:1]])
    return spark_dots(rows, frame, "%", Rule(line, voice.percent_as_published(line)))


def _spark_pace(voice: Voice, record: EvaluationRecord, pace: Pace) -> Exhibit:
    judged = [figure for figure in record.share if isinstance(figure, Threshold) and figure.measure == pace.measure]
    points = yearly_points(judged)
    frame = voice.small("spark-pace", rows_behind(points), pace.inputs)
    target = Rule(pace.target, f"{voice.percent_as_published(pace.target)} in {pace.target_period}")
    return spark_line(Line(voice.plain_measure(pace.measure), points, "accent"), frame, 2, target)


def pace_finding(voice: Voice, pace: Pace, others: Sequence[Pace]) -> str:
    """Finding: observed against required growth of the share."""
    rows = pace.inputs
    compared = "".join(
        f" By {voice.measure(other.measure)}'s measure of {other.base_period}–{other.latest_period}: "
        f"{voice.bands(other.headline_bands)}."
        for other in others
    )
    now = "" if pace.required_from_now_pp is None or met(pace) else (
        f"; it would now have to rise by {voice.value(voice.formats.points(pace.required_from_now_pp), rows)} a year"
    )  # fmt: skip
    verdict = voice.bands(pace.headline_bands, emphasis=False)
    # "Far too slow for 30 %", but "Between moving away and far too slow on the way to 30 %".
    published = ", as published," if met(pace) else ""
    towards = "for" if len(pace.headline_bands) == 1 else "on the way to"
    return (
        f"### {capitalised(verdict)}{published} {towards} "
        f"{voice.target(voice.percent_as_published(pace.target), pace.indicator, pace.target_period)} in "
        f"{pace.target_period}, by {voice.measure(pace.measure)}'s measure\n\n"
        f"The share {rose(pace.observed_pp)} by {voice.value(voice.formats.points(pace.observed_pp), rows)} a year from {pace.base_period} to "
        f"{pace.latest_period}{now}.{reached_chance(voice, pace)}{compared} [Pace](digital-economy.html#is-it-fast-enough-for-the-target)"
    )


def _published(voice: Voice, figure: Threshold) -> str:
    """A share as published, with its row."""
    return voice.value(voice.percent_as_published(figure.observation.value), [figure.observation.id])


def _taken(figure: Threshold) -> str:
    """That a verdict takes the figure as it was published."""
    return ", as published" if figure.as_published and figure.verdict in ("above", "below") else ""


def _compared(voice: Voice, figure: Threshold) -> str:
    """Another measure's newest share with its verdict, and its chance where past revisions give one."""
    chance = chance_of_more(voice, figure)
    return (
        f"{voice.measure(figure.measure)}: {_published(voice, figure)} in {figure.period}, "
        f"{voice.verdict(figure.verdict)}{_taken(figure)}{'; ' * bool(chance)}{chance}."
    )


def _provinces(voice: Voice, record: EvaluationRecord) -> Finding:
    """Finding: what the provinces published, and that few differ clearly."""
    facts = next((headline.facts for headline in record.headlines if headline.id == "provinces"), None)
    if not facts or not facts["areas"]:
        return "", None
    areas = facts["areas"]

    def count(fact: str, figure: str, of: bool) -> str:
        """A count of provinces, with the rows of their figures; with the areas alone where it is zero."""
        rows = [row for league in record.league for row in league.inputs.get(figure, ())]
        return voice.value(f"{facts[fact]} of {areas}" if of else str(facts[fact]), [*rows, BOUNDARIES])

    noun = voice.areas_computed(int(areas)).removeprefix("the ").removeprefix(f"{areas} ")

    text = (
        f"### {count('share_published', 'share', True)} {noun} have {_share_counted(voice, record)}, "
        f"{count('tasks_published', 'completed', False)} a count of tasks\n\n"
    )
    if left := left_for_others(voice, record.share_aggregate):
        text += f"{left} "
    if facts["growth_published"]:
        every = [
            escape(row.name) for row in record.league if row.growth_years and row.growth_years_above == row.growth_years
        ]
        named = count("growth_singled_out", "growth_mean_difference", False)
        clear = (
            f"the mean difference of {named} to the country is"
            if facts["growth_singled_out"]
            else "no mean difference is"
        )
        text += (
            f"Growth is known for {count('growth_published', 'growth', True)}. {_always(voice, record, every)}Once all of them "
            f"are looked at, {clear} statistically clear. "
        )
    else:
        text += "Growth on present boundaries was not published by then. "
    return text + "[League table](league-table.html)", None


def _always(voice: Voice, record: EvaluationRecord, every: Sequence[str]) -> str:
    """Who grew faster than the country in every year compared; counted where they are many."""
    years = max((row.growth_years or 0 for row in record.league), default=0)
    if not years:
        return ""
    rows = [line for row in record.league for line in row.inputs.get("growth_mean_difference", ())]
    who = listed(list(every)) if 0 < len(every) <= MOST_NAMED else f"{len(every)} of {len(record.league)} provinces"
    counted = voice.value(str(years), rows)
    return f"{voice.value(who, rows)} grew faster than the country in each of {counted} years. "


def _share_counted(voice: Voice, record: EvaluationRecord) -> str:
    """By which share the provinces are counted: not by other publishers' shares, some of former provinces."""
    measure = voice.measure(voice.inputs.roles.share.headline_measure)
    years = sorted({row.share_year for row in record.league if row.share is not None})
    return f"a digital-economy share by {measure}" + (f" for {listed(years)}" if years else "")
