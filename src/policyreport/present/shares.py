"""A share against threshold and target as sentences, figures and tables."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.assess.shares import prior
from policyreport.exhibits import Exhibit, Exhibits, join
from policyreport.figures import shares as figures
from policyreport.figures.pace import pace as pace_figure
from policyreport.inputs import Inputs
from policyreport.methods.vintages import maturity
from policyreport.present.voice import Voice, listed
from policyreport.records.base import Flag, Observation, Refusal
from policyreport.records.series import SeriesPoint
from policyreport.records.shares import Pace, Revisions, Threshold
from policyreport.tables import table


def share(results: Sequence[Threshold | Refusal], pace: Sequence[Pace | Refusal], inputs: Inputs) -> Exhibit:
    """Show an area's share against the threshold, per measure.

    Parameters
    ----------
    results : sequence of Threshold or Refusal
        From `assess.share`.
    pace : sequence of Pace or Refusal
        From `assess.share_pace`.
    inputs : Inputs
        The notebook's slice.

    Returns
    -------
    Exhibit
        "share".
    """
    voice = Voice(inputs)
    judged = [each for each in results if isinstance(each, Threshold)]
    parts: list[Exhibit | str] = []
    if judged:
        newest = newest_by_measure(judged)
        parts.append(" ".join(share_sentence(voice, each) for each in newest))
        frame = voice.frame(
            "share",
            listed([f"{voice.measure(e.measure)} {e.period}: {_value(voice, e)}, {e.verdict}" for e in newest]),
            f"Digital economy, {judged[0].observation.unit}, by measure and year, against the {_line(voice)}; bar: how far "
            "revisions may move the figure, by past ones or, where there are none, by an assumed size",
            [row for each in judged for row in each.inputs],
        )
        parts.append(figures.threshold(judged, inputs.roles.measure_labels, frame, _line(voice)))
        flags = voice.flags(flag for each in newest for flag in each.flags)
        parts.append(f"{flags}" if flags else "")
    named = {each.subject for each in results if isinstance(each, Refusal)}
    parts += [voice.refusal(each, f"Share by {voice.measure(inputs.roles.share.headline_measure)}'s measure")
              for each in results if isinstance(each, Refusal)]  # fmt: skip
    short = [each for each in pace if isinstance(each, Refusal) and each.code != "not-published"]
    if judged and short and not named:
        parts.append(voice.refusal(short[0], "Pace towards the target"))
    return join("share", *parts)


def national_share(
    results: Sequence[Threshold | Refusal],
    pace: Sequence[Pace | Refusal],
    revisions: Sequence[Revisions | Refusal],
    other: Sequence[Observation],
    inputs: Inputs,
) -> Exhibits:
    """Show the national share by measure and vintage, its pace, its revisions.

    Parameters
    ----------
    results : sequence of Threshold or Refusal
        From `assess.share`.
    pace : sequence of Pace or Refusal
        From `assess.share_pace`.
    revisions : sequence of Revisions or Refusal
        From `assess.revisions`.
    other : sequence of Observation
        The quantity announced beside the threshold, which is another one.
    inputs : Inputs
        The national slice.

    Returns
    -------
    Exhibits
        "share-lead", "share", "share-table", "other-quantity", "pace", "pace-table", "revisions".
    """
    voice = Voice(inputs)
    judged = [each for each in results if isinstance(each, Threshold)]
    paces = [each for each in pace if isinstance(each, Pace)]
    triangles = [each for each in revisions if isinstance(each, Revisions)]
    newest = newest_by_measure(judged)
    frame = voice.frame(
        "share",
        f"{listed([f'{voice.measure(e.measure)}: {_value(voice, e)} in {e.period}, {e.verdict}' for e in newest])}",
        f"Digital economy, % of GDP, by measure and year, newest vintage, against the {_line(voice)}; bar: 95 % interval "
        "of revision error (the verdict asks for 95 % on one side)",
        [row for each in judged for row in each.inputs],
    )
    return Exhibits(
        [
            Exhibit("share-lead", " ".join(share_sentence(voice, each) for each in newest) + _flip(voice, judged)),
            figures.threshold(judged, inputs.roles.measure_labels, frame, _line(voice)).renamed("share"),
            _share_table(voice, judged),
            Exhibit("other-quantity", "\n\n".join(_other(voice, each) for each in other)
                    or "No other quantity was announced by then."),
            *_pace(voice, paces, judged),
            _revisions(voice, triangles),
        ]
    )  # fmt: skip


def provinces_share(results: Sequence[Threshold], inputs: Inputs) -> Exhibit:
    """Show the provinces with a published share against the threshold, highest first.

    Parameters
    ----------
    results : sequence of Threshold
        Newest verdict of the headline measure, one per province that has any.
    inputs : Inputs
        The national slice.

    Returns
    -------
    Exhibit
        "share-provinces".
    """
    voice = Voice(inputs)
    areas = sorted(area for area, notebook in inputs.records if notebook == "trend")
    missing = sorted(inputs.areas.name(area) for area in set(areas) - {each.area for each in results})
    if not results:
        return Exhibit("share-provinces", f"No province's share by {voice.measure(inputs.roles.share.headline_measure)}'s "
                       "measure was published by then.")  # fmt: skip
    above = [each for each in results if each.verdict == "above"]
    level = [each for each in results if each.verdict == "cannot tell apart"]
    frame = voice.frame(
        "share-provinces",
        f"{len(above)} of the {len(results)} provinces with a figure are above the {_line(voice)} as published, {len(level)} "
        f"cannot be told apart; {len(missing)} have no figure",
        f"Digital economy, % of GRDP, {results[0].period}, {voice.measure(results[0].measure)}'s measure, estimates; bar: "
        "what the prior on revisions allows, no vintage history",
        [row for each in results for row in each.inputs],
    )
    names = {area: inputs.areas.name(area) for area in areas}
    return figures.threshold_by_area(results, names, frame, _line(voice), missing).renamed("share-provinces")


def newest_by_measure(judged: Sequence[Threshold]) -> list[Threshold]:
    """The newest period of each measure, in the order of measures."""
    found: dict[str, Threshold] = {}
    for each in judged:
        if each.measure not in found or each.period > found[each.measure].period:
            found[each.measure] = each
    return list(found.values())


def share_sentence(voice: Voice, each: Threshold) -> str:
    """One measure's newest share as a sentence with its verdict."""
    published = ", as published" if each.as_published and each.verdict in ("above", "below") else ""
    status = {"estimate": ", an estimate", "preliminary": ", preliminary"}.get(each.observation.status, "")
    return (
        f"{voice.subject(each.measure)} puts the digital economy at {_marked(voice, each)} of "
        f"{'GDP' if each.area == voice.inputs.roles.nation else 'GRDP'} in {each.period}{status} (published "
        f"{voice.published_on([each.observation.id], each.observation.published)}): "
        f"{voice.against(each.verdict, voice.threshold(_percent(voice, each.threshold)))}{published}."
    )


def _flip(voice: Voice, judged: Sequence[Threshold]) -> str:
    flipped = sorted({each.period for each in judged if each.has_flag("measure-flip")})
    if not flipped:
        return ""
    return f" For {listed(flipped)} the verdict depends on whose measure is used."


def _other(voice: Voice, each: Observation) -> str:
    """The third quantity: what it is, and that it is not the share."""
    sign = {">": "more than ", "<": "less than ", "~": "about "}.get(each.bound, "")
    meaning = voice.inputs.indicators.get(each.indicator)
    return (
        f"The “{voice.value(f'{sign}{voice.formats.number(each.value, 0)} %', [each.id])}” announced for {period_words(each.period)} is neither of these "
        f"shares: it is the {meaning.name[:1].lower() + meaning.name[1:]}, a wider quantity whose method is not "
        f"published. Against the {_line(voice)} it is *stated above*, with no interval and no probability.\n\n"
        f"::: {{.source}}\n{voice.source([each.id])}\n:::"
    )


def period_words(period: str) -> str:
    """A period for readers: the first nine months of 2025."""
    return "the first nine months of " + period[:4] if period.endswith("-09") and "/" in period else period


def _share_table(voice: Voice, judged: Sequence[Threshold]) -> Exhibit:
    formats = voice.formats
    body = [
        [
            voice.measure(each.measure),
            each.period,
            _marked(voice, each),
            each.observation.status,
            voice.published_on([each.observation.id], each.observation.published),
            voice.value(formats.interval(each.interval.low, each.interval.high, 1), _rows(each))
            if each.interval
            else "",
            voice.verdict(each.verdict) + (", as published" if each.as_published else ""),
            _chance(voice, each),
            ", ".join(_flag(voice, each, flag) for flag in each.flags),
        ]
        for each in judged
    ]
    return table(
        "share-table",
        ["Measure", "Year", "Share", "Status", "Published", "Revision interval", "Against 16 %"
         if voice.inputs.policy.threshold.value == 16 else "Verdict", "Chance of reaching it", "Flags"],
        body,
        "Every measure and year at its newest vintage. *Digital economy, % of GDP; the interval is revision error only; "
        "the chance rests on past revisions and a prior.*",
        voice.source(row for each in judged for row in each.inputs),
        align="llrlrrlll",
        wide=True,
    )  # fmt: skip


def _flag(voice: Voice, each: Threshold, flag: Flag) -> str:
    """A flag in a cell; a figure judged without past revisions because it is old is told from one that has none."""
    years = prior(voice.inputs).settled_maturity
    if flag.code == "no-vintage-history" and maturity(each.observation) >= years:
        return f"judged as settled: published {years} years or more after its year"
    return voice.short(flag.code)


def _chance(voice: Voice, each: Threshold) -> str:
    if each.certainty:
        return voice.inputs.wording.certainty(each.certainty, voice.language)
    return voice.formats.probability(each.probability) if each.probability is not None else "withheld"


def _pace(voice: Voice, paces: Sequence[Pace], judged: Sequence[Threshold]) -> list[Exhibit]:
    """Pace to the nearest target as a figure, all targets as a table."""
    if not paces:
        refused = "No measure has enough years of one definition for a pace."
        return [Exhibit("pace", refused), Exhibit("pace-table", "")]
    formats = voice.formats
    nearest = min(each.target_period for each in paces)
    main = next(each for each in paces if each.target_period == nearest)
    said = [
        f"By {voice.measure(each.measure)}'s measure, from "
        f"{voice.value(voice.percent_as_published(each.base_value), each.inputs)} in {each.base_period} to "
        f"{voice.value(voice.percent_as_published(each.latest_value), each.inputs)} in {each.latest_period}: "
        f"{voice.bands(each.headline_bands)} for {_target(voice, each)} in {each.target_period} (ratio of observed to "
        f"required growth {voice.value(_ratio(voice, each), each.inputs)})."
        for each in paces
        if each.target_period == nearest
    ]
    needed = (
        f"By {voice.measure(main.measure)}'s measure the share would from now have to rise by "
        f"{voice.value(formats.points(main.required_from_now_pp), main.inputs)} a year to reach {_target(voice, main)} in "
        f"{main.target_period}; since {main.base_period} it rose by "
        f"{voice.value(formats.points(main.observed_pp), main.inputs)} a year.{_one_year(voice, main)}"
        if main.required_from_now_pp is not None
        else ""
    )
    frame = voice.frame(
        "pace",
        f"At the pace of {main.base_period}–{main.latest_period} the share by {voice.measure(main.measure)}'s measure stays "
        f"short of {_percent(voice, main.target)} in {main.target_period}" if main.ratio_pp is not None and main.ratio_pp < 1 else
        f"The pace of {main.base_period}–{main.latest_period} leads to {_percent(voice, main.target)}",
        f"Digital economy, % of GDP, {voice.measure(main.measure)}'s measure; lines are scenarios, not a forecast",
        main.inputs,
    )  # fmt: skip
    points = [
        SeriesPoint(year=int(each.period), value=each.observation.value, status=each.observation.status)
        for each in judged
        if each.measure == main.measure
    ]
    target = f"target {_percent(voice, main.target)}"
    shown = pace_figure(main, sorted(points, key=lambda point: point.year), frame, target)
    body = [
        [
            voice.measure(each.measure),
            f"{_target(voice, each)} in {each.target_period}",
            f"{each.base_period}–{each.latest_period}",
            *(
                None if number is None else voice.value(written, each.inputs)
                for number, written in (
                    (each.observed_pp, formats.points(each.observed_pp)),
                    (each.required_pp, formats.points(each.required_pp)),
                    (each.required_from_now_pp, formats.points(each.required_from_now_pp or 0)),
                    (each.ratio_pp, formats.number(each.ratio_pp or 0, 2)),
                    (each.ratio_cagr, formats.number(each.ratio_cagr or 0, 2)),
                )
            ),
            voice.bands(each.headline_bands),
            ", ".join(voice.short(flag.code) for flag in each.flags),
        ]
        for each in paces
    ]
    listing = table(
        "pace-table",
        ["Measure", "Target", "Years", "Observed a year", "Required from base", "Required from now", "Ratio (points)",
         "Ratio (compound)", "Verdict", "Flags"],
        body,
        "Observed and required growth of the share. *Percentage points a year; the ratio is observed over required from "
        "the base year; where the two forms differ, the less favourable is the verdict.*",
        voice.source(row for each in paces for row in each.inputs),
        align="lllrrrrrll",
        wide=True,
        empty="not defined",
    )  # fmt: skip
    return [join("pace", " ".join([*said, needed]), shown), listing]


def _one_year(voice: Voice, each: Pace) -> str:
    """The one-year pace, which has no band of its own."""
    interval = each.one_year_ratio_interval
    if each.one_year_ratio is None or interval is None:
        return ""
    text = voice.value(
        f"{voice.formats.number(each.one_year_ratio, 2)}; {voice.formats.interval(interval.low, interval.high, 2)}",
        each.inputs,
    )
    verdict = f": {voice.verdict(each.one_year_verdict)}" if each.one_year_verdict else ""
    return f" One-year pace since {each.one_year_base_period}: ratio {text}{verdict}."


def _ratio(voice: Voice, each: Pace) -> str:
    formats = voice.formats
    ratio = each.ratio_cagr if each.ratio_cagr is not None else each.ratio_pp
    if ratio is None:
        return "not defined"
    if each.ratio_interval is None:
        return formats.number(ratio, 2)
    return f"{formats.number(ratio, 2)}; {formats.interval(each.ratio_interval.low, each.ratio_interval.high, 2)}"


def _revisions(voice: Voice, triangles: Sequence[Revisions]) -> Exhibit:
    """How far first figures of the longest measured series have moved."""
    moved = [each for each in triangles if each.values]
    if not moved:
        return Exhibit("revisions", "No figure has two vintages far enough apart to tell how far first figures move.")
    main, formats = moved[0], voice.formats
    said = (
        f"Of {voice.measure(main.measure)}'s years, {len(main.values)} have a figure of within a year and another of two "
        f"years later or more; they differ by {listed([voice.value(formats.points(v), main.inputs) for v in main.values])}. "
        "With so few, the verdicts above rest largely on the prior, and the probability is given in words only."
    )
    frame = voice.frame(
        "revisions",
        f"First figures of {len(main.values)} years moved by {listed([formats.points(value) for value in main.values])}",
        f"Digital economy, % of GDP, {voice.measure(main.measure)}'s measure, each year's vintages",
        main.inputs or [cell.observation for cell in main.cells],
    )
    return join("revisions", said, figures.revisions(main, frame))


def _line(voice: Voice) -> str:
    return f"{_percent(voice, voice.inputs.policy.threshold.value)} benchmark"


def _percent(voice: Voice, value: float) -> str:
    """A whole threshold or target, 16 %."""
    return voice.formats.percent(value / 100, 0 if value == int(value) else 1)


def _target(voice: Voice, each: Pace) -> str:
    """The target, leading to its legal reference."""
    return voice.target(_percent(voice, each.target), each.indicator, each.target_period)


def _rows(each: Threshold) -> tuple[str, ...]:
    """The figure and the vintages its revision error was learnt from."""
    return (each.observation.id, *each.inputs)


def _marked(voice: Voice, each: Threshold) -> str:
    """The share with its row."""
    return voice.value(_value(voice, each), [each.observation.id])


def _value(voice: Voice, each: Threshold) -> str:
    """As published: 13.9 is not 13.90."""
    return voice.percent_as_published(each.observation.value)
