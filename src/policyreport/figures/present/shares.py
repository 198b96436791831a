"""A share against threshold and target as sentences, figures and tables."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.data.inputs import Inputs
from policyreport.figures import shares as figures
from policyreport.figures.exhibits import Exhibit, Exhibits, join
from policyreport.figures.present.behind import rows_behind
from policyreport.figures.present.other_quantity import not_held, other_quantity
from policyreport.figures.present.prior_table import prior_table
from policyreport.figures.present.share_pace import share_pace
from policyreport.figures.present.voice import Voice, listed
from policyreport.figures.tables import table
from policyreport.params.phrases import capitalised, inside, word, written
from policyreport.params.spelling import sort_key
from policyreport.records.base import Flag, Refusal
from policyreport.records.markdown import escape
from policyreport.records.periods import YEAR, kind_of
from policyreport.records.shares import NotYearly, Pace, Revisions, Threshold
from policyreport.statistics.shares.latest import later_parts, newest_of_each_measure
from policyreport.statistics.shares.vintages import maturity


def share(
    results: Sequence[Threshold | NotYearly | Refusal], pace: Sequence[Pace | Refusal], inputs: Inputs
) -> Exhibit:
    """Show an area's share against the threshold, by measure: "share"."""
    voice = Voice(inputs)
    judged = [result for result in results if isinstance(result, Threshold)]
    parts: list[Exhibit | str] = []
    if judged:
        newest = leading(judged)
        parts.append(" ".join(share_sentence(voice, figure) + _turning(voice, figure) for figure in newest))
        frame = voice.frame(
            "share",
            listed(
                [f"{voice.measure(e.measure)} {e.period}: {_value(voice, e)}, {voice.word(e.verdict)}" for e in newest]
            ),
            f"Digital economy, {escape(judged[0].observation.unit)}, by measure and year, against the {_line(voice)}; "
            f"{_bars(voice, judged)}; one across the line leaves both answers open",
            [row for figure in judged for row in figure.inputs],
        )
        parts.append(figures.threshold(judged, inputs.roles.measure_labels, frame, _line(voice)))
        parts.append(voice.flags(flag for figure in newest for flag in figure.flags))
    parts.append(" ".join(part_sentence(voice, part) for part in later_parts(results)))
    named = {result.subject for result in results if isinstance(result, Refusal)}
    parts += [voice.refusal(result, f"Share by {voice.measure(inputs.roles.share.headline_measure)}'s measure")
              for result in results if isinstance(result, Refusal)]  # fmt: skip
    short = [result for result in pace if isinstance(result, Refusal) and result.code != "not-published"]
    if judged and short and not named:
        parts.append(voice.refusal(short[0], "Pace towards the target"))
    return join("share", *parts)


def national_share(
    results: Sequence[Threshold | NotYearly | Refusal],
    pace: Sequence[Pace | Refusal],
    revisions: Sequence[Revisions | Refusal],
    other: Sequence[Threshold | NotYearly | Refusal],
    inputs: Inputs,
) -> Exhibits:
    """Show the national share by measure and vintage, its pace, its revisions.

    `other` comes from `other_quantity`: a quantity announced next to the threshold that is not the share. Gives
    "share-lead", "share", "share-table", "share-priors", "other-quantity", "pace", "pace-table", "revisions".
    """
    voice = Voice(inputs)
    judged = [result for result in results if isinstance(result, Threshold)]
    paces = [result for result in pace if isinstance(result, Pace)]
    triangles = [result for result in revisions if isinstance(result, Revisions)]
    newest = leading(judged)
    frame = voice.frame(
        "share",
        listed(
            [f"{voice.measure(e.measure)}: {_value(voice, e)} in {e.period}, {voice.word(e.verdict)}" for e in newest]
        ),
        f"Digital economy, % of GDP, by measure and year, newest vintage, against the {_line(voice)}; "
        f"{_bars(voice, judged)} (the verdict asks for {written(inputs.settings.threshold.verdict_probability, '%', 'en')} on one side)",
        [row for figure in judged for row in figure.inputs],
    )
    return Exhibits(
        [
            Exhibit("share-lead", " ".join([*(share_sentence(voice, figure) + _turning(voice, figure) for figure in newest),
                                            *(part_sentence(voice, part) for part in later_parts(results))])
                    + _flip(judged)),
            figures.threshold(judged, inputs.roles.measure_labels, frame, _line(voice)).renamed("share"),
            _share_table(voice, [result for result in results if not isinstance(result, Refusal)]),
            prior_table(voice, next((e for e in newest if e.measure == inputs.roles.share.headline_measure), None)),
            other_quantity(voice, other),
            *share_pace(voice, paces, judged),
            _revisions(voice, triangles),
        ]
    )  # fmt: skip


def provinces_share(results: Sequence[Threshold], inputs: Inputs, parts: Sequence[NotYearly] = ()) -> Exhibit:
    """Show the provinces with a published share against the threshold, highest first: "share-provinces".

    `results` are the newest verdicts on the headline measure, one per province that has any; `parts` are figures for
    part of a year that came out since.
    """
    voice = Voice(inputs)
    areas = sorted(area for area, notebook in inputs.records if notebook == "trend")
    published = {result.area for result in results} | {part.area for part in parts}
    missing = sorted((inputs.areas.name(area) for area in set(areas) - published), key=sort_key)
    since = " ".join(f"{voice.area(part.area)}: {inside(part_sentence(voice, part))}" for part in parts)
    if not results:
        none = f"No province's share by {voice.measure(inputs.roles.share.headline_measure)}'s measure was published"
        return Exhibit("share-provinces", f"{none} for a whole year. {since}" if since else f"{none} by then.")
    above = [result for result in results if result.verdict == "above"]
    level = [result for result in results if result.verdict == "cannot tell apart"]
    taken = " as published" if above and all(item.as_published for item in above) else ""
    years = sorted({result.period for result in results})
    frame = voice.frame(
        "share-provinces",
        f"Of the {len(results)} provinces with a figure {_are(len(above))} above the {_line(voice)}{taken}, {len(level)} "
        "cannot be told apart" + (f"; {_have(len(missing))} no figure" if missing else ""),
        f"Digital economy, % of GRDP, {'–'.join(dict.fromkeys([years[0], years[-1]]))}, "
        f"{voice.measure(results[0].measure)}'s measure{_statuses(results)}; {_bars(voice, results)}",
        [row for result in results for row in result.inputs],
    )
    names = {area: inputs.areas.name(area) for area in areas}
    figure = figures.threshold_by_area(results, names, frame, _line(voice), missing)
    return join("share-provinces", figure, since) if since else figure.renamed("share-provinces")


def _are(count: int) -> str:
    return "none is" if count == 0 else f"{count} {'is' if count == 1 else 'are'}"


def _have(count: int) -> str:
    return "none has" if count == 0 else f"{count} {'has' if count == 1 else 'have'}"


def _statuses(results: Sequence[Threshold]) -> str:
    """That the figures are not final, where none is."""
    statuses = {result.observation.status for result in results}
    if len(statuses) > 1:
        return ""
    return {"estimate": ", estimates", "preliminary": ", preliminary"}.get(statuses.pop(), "")


def _bars(voice: Voice, results: Sequence[Threshold]) -> str:
    """What the intervals of these figures are and rest on; they exclude the line exactly where there is a verdict."""
    level = next((bar.level for result in results if (bar := result.verdict_interval)), None)
    if level is None:
        return "no interval"
    drawn = f"bar: {voice.formats.percent(level, 0)} interval"
    if all(result.as_published for result in results):
        return f"{drawn} of what the prior on revisions allows, no vintage history"
    if any(result.as_published for result in results):
        return f"{drawn} of revision error, by past revisions or, where there are none, by the prior alone"
    return f"{drawn} of revision error, by past revisions and a prior"


def leading(judged: Sequence[Threshold]) -> list[Threshold]:
    """The newest calendar year of each measure, in their order; where there is none, the last figure stated."""
    return list(newest_of_each_measure(judged).values()) or list(judged[-1:])


def part_sentence(voice: Voice, figure: NotYearly) -> str:
    """A figure for part of a year as a sentence that keeps it apart from figures of whole years."""
    return (
        f"For {voice.period(figure.period)} {voice.measure(figure.measure)} gives {_marked(voice, figure)}{_status(figure)} (published "
        f"{_published(voice, figure)}): {not_held(voice, figure)}."
    )


def share_sentence(voice: Voice, figure: Threshold) -> str:
    """One measure's newest share as a sentence with its verdict."""
    published = ", as published" if figure.as_published and figure.verdict in ("above", "below") else ""
    return (
        f"{voice.subject(figure.measure)} puts the digital economy at {_marked(voice, figure)} of "
        f"{'GDP' if figure.area == voice.inputs.roles.nation else 'GRDP'} in {voice.period(figure.period)}{_status(figure)} (published "
        f"{_published(voice, figure)}): "
        f"{voice.against(figure.verdict, voice.threshold(voice.percent_as_published(figure.threshold)))}{published}."
    )


def chance_of_more(voice: Voice, figure: Threshold) -> str:
    """How likely the final figure reaches the threshold, inside a sentence; empty where the chance is unknown."""
    if figure.probability is None:
        return ""
    line = voice.threshold(voice.percent_as_published(figure.threshold))
    return (
        f"chance of {line} or more: {voice.value(voice.chance(figure.probability, figure.prior_cells), _rows(figure))}"
    )


def final_chance(voice: Voice, figure: Threshold) -> str:
    """How likely the final figure reaches the threshold, or that the chance is unknown; empty for a mere bound."""
    if chance := chance_of_more(voice, figure):
        return f"{capitalised(chance)}."
    return "" if figure.has_flag("bound-only") else voice.sentence("no-vintage-history")


def _turning(voice: Voice, figure: Threshold) -> str:
    """The revision that would bring the figure to the threshold, compared with the largest ever seen."""
    if figure.verdict not in ("above", "below"):
        return ""
    line = voice.threshold(voice.percent_as_published(figure.threshold))
    needed = voice.value(voice.formats.points(figure.distance), [figure.observation.id])
    if figure.largest_revision is None:
        return (
            f" It would take a revision of {needed} to bring it to {line}; no revision is known to hold that against."
        )
    seen = voice.value(voice.formats.points(figure.largest_revision), _rows(figure))
    return f" It would take a revision of {needed} to bring it to {line}; the largest seen is {seen}."


def _flip(judged: Sequence[Threshold]) -> str:
    flipped = sorted({figure.period for figure in judged if figure.has_flag("measure-flip")})
    if not flipped:
        return ""
    return f" For {listed(flipped)} the verdict depends on whose measure is used."


def _share_table(voice: Voice, results: Sequence[Threshold | NotYearly]) -> Exhibit:
    body = [_share_row(voice, result) for result in results]
    judged = [result for result in results if isinstance(result, Threshold)]
    return table(
        "share-table",
        ["Measure", "Year", "Share", "Status", "Published", f"Revision interval{_level(voice, judged)}", f"Against {voice.as_published(voice.inputs.policy.threshold.value)} %",
         "Chance of reaching it", "Flags"],
        body,
        f"Every measure and year at its newest vintage{_and_parts(results)}. *Digital economy, % of GDP; the interval is revision error only, and "
        "leaves out the benchmark just where there is a verdict; the chance rests on past revisions and a prior, and is a range where priors differ.*",
        voice.source(rows_behind(body)),
        align="llrlrrlll",
        wide=True,
    )  # fmt: skip


def _and_parts(results: Sequence[Threshold | NotYearly]) -> str:
    return ", and figures for part of a year" if any(isinstance(result, NotYearly) for result in results) else ""


def _share_row(voice: Voice, figure: Threshold | NotYearly) -> list[str]:
    """One figure; one that is not for a year has no verdict."""
    row = [
        voice.measure(figure.measure),
        figure.period if kind_of(figure.period) == YEAR else voice.period(figure.period),
        _marked(voice, figure),
        figure.observation.status,
        _published(voice, figure),
    ]
    if isinstance(figure, NotYearly):
        return [*row, "", voice.short("part-year"), "", ""]
    bar = figure.verdict_interval
    return [
        *row,
        voice.value(voice.formats.interval(bar.low, bar.high, 1), _rows(figure)) if bar else "",
        voice.verdict(figure.verdict) + (", as published" if figure.as_published else ""),
        _chance(voice, figure),
        ", ".join(_flag(voice, figure, flag) for flag in figure.flags),
    ]


def _level(voice: Voice, judged: Sequence[Threshold]) -> str:
    """The level of the intervals, where there are any."""
    levels = [bar.level for figure in judged if (bar := figure.verdict_interval)]
    return f", {voice.formats.percent(levels[0], 0)}" if levels else ""


def _flag(voice: Voice, figure: Threshold, flag: Flag) -> str:
    """A flag in a cell; a figure that needs no past revisions because it is old is kept apart from one that has none."""
    years = voice.inputs.settings.threshold.settled_maturity
    if flag.code == "no-vintage-history" and maturity(figure.observation) >= years:
        return f"judged as settled: published {years} years or more after its year"
    return voice.short(flag.code)


def _chance(voice: Voice, figure: Threshold) -> str:
    if figure.probability is None:
        return "withheld"
    return voice.value(voice.chance_range(figure.probability, figure.prior_cells), _rows(figure))


def _revisions(voice: Voice, triangles: Sequence[Revisions]) -> Exhibit:
    """How far first figures of the longest measured series have moved."""
    moved = [triangle for triangle in triangles if triangle.values]
    if not moved:
        return Exhibit("revisions", "No figure has two vintages far enough apart to tell how far first figures move.")
    main, formats, settings = moved[0], voice.formats, voice.inputs.settings.threshold
    values = listed([voice.value(formats.points(value), main.inputs) for value in main.values])
    sentence = (
        f"Of {voice.measure(main.measure)}'s years, {_have(len(main.values))} a figure of within {written(settings.first_maturity, 'a year/# years', 'en')} "
        f"and another of {word(settings.final_maturity, 'en')} years later or more; they differ by {values}. {_carried(voice, len(main.values))}"
    )
    frame = voice.frame(
        "revisions",
        f"First figures of {len(main.values)} {'year' if len(main.values) == 1 else 'years'} moved by "
        f"{listed([formats.points(value) for value in main.values])}",
        f"Digital economy, % of GDP, {voice.measure(main.measure)}'s measure, each year's vintages",
        rows_behind(figures.cells_drawn(main)),
    )
    return join("revisions", sentence, figures.revisions(main, frame))


def _carried(voice: Voice, seen: int) -> str:
    """How much of the verdicts rests on the revisions seen, how much on the prior."""
    settings = voice.inputs.settings.threshold
    prior = voice.formats.number(settings.prior_degrees, 0)
    if seen < settings.words_below_revisions:
        return (
            f"With so few, the verdicts above rest largely on the prior, which counts as {prior} more; a probability is "
            "given in words where they hold under every prior looked at, else as a range."
        )
    weight = "outweigh" if seen > settings.prior_degrees else "do not outweigh"
    return f"They {weight} the prior, which counts as {prior} more."


def _line(voice: Voice) -> str:
    return f"{voice.percent_as_published(voice.inputs.policy.threshold.value)} benchmark"


def _rows(figure: Threshold) -> tuple[str, ...]:
    """The figure and the vintages from which its revision error was estimated."""
    return (figure.observation.id, *figure.inputs)


def _status(figure: Threshold | NotYearly) -> str:
    return {"estimate": ", an estimate", "preliminary": ", preliminary"}.get(figure.observation.status, "")


def _published(voice: Voice, figure: Threshold | NotYearly) -> str:
    return voice.published_on([figure.observation.id], figure.observation.published)


def _marked(voice: Voice, figure: Threshold | NotYearly) -> str:
    """The share with its row."""
    return voice.value(_value(voice, figure), [figure.observation.id])


def _value(voice: Voice, figure: Threshold | NotYearly) -> str:
    return voice.percent_as_published(figure.observation.value)
