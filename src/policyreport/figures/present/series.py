"""Growth, income and governance of one area as sentences and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from policyreport.data.contrasts import index
from policyreport.data.inputs import Inputs
from policyreport.data.selection import mean_of_areas, role_series, series
from policyreport.figures.exhibits import Exhibit, Exhibits, join
from policyreport.figures.present.behind import rows_behind
from policyreport.figures.present.recalculated import recalculated
from policyreport.figures.present.trends import governance_trend, growth_trend
from policyreport.figures.present.voice import Voice, listed
from policyreport.figures.present.yearly import fact, how_sure, mean_of
from policyreport.figures.series import growth as line_figure
from policyreport.figures.series import small_multiples
from policyreport.figures.timeline import Break, Line
from policyreport.params.phrases import capitalised, inside
from policyreport.records.base import Refusal
from policyreport.records.formats import Formats
from policyreport.records.markdown import escape
from policyreport.records.series import LevelTrend, SeriesPoint, Trend


def growth(results: Sequence[Trend | Refusal], inputs: Inputs) -> Exhibits:
    """Show an area's growth with country and region, and whether it moves away from the country.

    From `fit_trend_among` and `fit_trend`, the difference to the nation first: "growth", "growth-trend".
    """
    voice, role = Voice(inputs), inputs.roles.growth
    own = role_series(inputs, inputs.area, role)
    nation = role_series(inputs, inputs.roles.nation, role)
    region = inputs.areas.region(inputs.area)
    around = role_series(inputs, region, role)
    if not own:
        return Exhibits([Exhibit("growth", refused(voice, results, "Growth")), Exhibit("growth-trend", "")])
    last, before = own[-1], own[0]
    finding = f"{voice.name} grew by {voice.value(_percent(voice, last), last.inputs)} in {last.year}{_status(last)}"
    compared = next((point for point in nation if point.year == last.year), None)
    if compared:
        finding += f", the nation by {voice.value(_percent(voice, compared), compared.inputs)}"
    frame = voice.frame(
        "growth",
        finding,
        f"Growth of output{voice.at_prices(role)}, % a year, {before.year}–{last.year}, on present boundaries{_range(own)}",
        rows_behind([own, nation, around]),
    )
    lines = [
        Line(inputs.name, own, "accent"),
        Line("Nation", nation, "plain"),
        Line(inputs.areas.name(region), around, "context"),
    ]
    figure = line_figure([line for line in lines if line.points], frame, "% a year", _breaks(inputs))
    return Exhibits(
        [join("growth", figure, trend_paragraph(voice, results)), growth_trend(voice, results, _breaks(inputs))]
    )


def income(results: Sequence[LevelTrend | Refusal], inputs: Inputs) -> Exhibit:
    """Show an area's output per head as an index (nation = 100), and whether it rose faster: "income"."""
    voice, role = Voice(inputs), inputs.roles.income
    nation = role_series(inputs, inputs.roles.nation, role)
    own = role_series(inputs, inputs.area, role)
    relative = index(own, nation)
    region = inputs.areas.region(inputs.area)
    around = index(role_series(inputs, region, role), nation)
    if not relative:
        return Exhibit("income", refused(voice, results, "Output per head"))
    last = relative[-1]
    value = next(point for point in own if point.year == last.year)
    frame = voice.frame(
        "income",
        f"Output per head was {voice.value(f'{voice.formats.number(value.value, 1)} million VND', value.inputs)} in "
        f"{last.year}{_status(last)}, {voice.value(voice.formats.number(last.value, 0), last.inputs)} where the nation is 100",
        f"GRDP per head{voice.at_prices(inputs.roles.income)} as an index, nation = 100, {relative[0].year}–{last.year}{_range(relative)}",
        rows_behind([relative, around]),
    )
    flat = tuple(SeriesPoint(year=point.year, value=100.0, status=point.status) for point in relative)
    lines = [
        Line(inputs.name, relative, "accent"),
        Line("Nation", flat, "plain"),
        Line(inputs.areas.name(region), around, "context"),
    ]
    drawn = [line for line in lines if line.points]
    figure = line_figure(drawn, frame, "nation = 100", _breaks(inputs), digits=0)
    return join("income", figure, level_paragraph(voice, results))


def level_paragraph(voice: Voice, results: Sequence[LevelTrend | Refusal]) -> str:
    """In how many years a level rose faster than the country's, and how certain the mean difference is."""
    if not results:
        return ""
    trend, unit = results[0], "percentage points"
    if isinstance(trend, Refusal):
        return voice.refusal(trend, "Trend")
    sentence = (
        f"From {trend.first_year} to {trend.last_year} it rose faster than the country's "
        f"{fact(voice, trend, trend.inputs, unit, 1)}; on average {mean_of(voice, trend, trend.inputs, unit, 1)} a year, "
        f"{how_sure(voice, trend, len(voice.inputs.provinces))}. (Yearly changes as logarithms; a level carries earlier "
        "years on, so it is not trended itself.)"
    )
    return f"{sentence}\n\n{voice.flags(trend.flags)}".rstrip()


def governance(results: Sequence[Trend | Refusal], inputs: Inputs) -> Exhibits:
    """Show an area's governance scores as small multiples, broken where the questions changed.

    From `fit_trend_among`, one per dimension: "governance", "governance-trend".
    """
    voice = Voice(inputs)
    areas = inputs.provinces
    panels, last = [], 0
    scores: dict[str, tuple[Sequence[SeriesPoint], Sequence[SeriesPoint]]] = {}
    for key in inputs.roles.governance.indicators:
        own = series(inputs, inputs.area, key, inputs.roles.governance.measure)
        mean = mean_of_areas(inputs, [series(inputs, area, key, inputs.roles.governance.measure) for area in areas])
        scores[key] = own, mean
        asked = [_by_questions(inputs, key, points) for points in (own, mean)]
        panels.append(
            (
                capitalised(voice.plain_indicator(key)),
                [Line(inputs.name, asked[0], "accent"), Line("mean", asked[1], "context")],
            )
        )
        last = max([last, *(point.year for point in own)])
    if not last:
        return Exhibits([Exhibit("governance", refused(voice, results, "Governance")), Exhibit("governance-trend", "")])
    drawn = [(name, [line for line in lines if line.points]) for name, lines in panels]
    merged = inputs.areas.is_merged(inputs.area)
    how = " recalculated on present boundaries (weights: population; bar: range of the merged parts)" if merged else ""
    frame = voice.frame(
        "governance",
        _governance_finding(voice, results, scores, last),
        f"{capitalised(voice.measure(inputs.roles.governance.measure))}: scores{how}, {voice.name} and the mean of the "
        "provinces; lines are not joined where the questions changed",
        rows_behind([lines for _, lines in drawn]),
    )
    done = [result for result in results if isinstance(result, Trend)]
    shown_flags = ("ends-before-policy", "renormalised", "questions-revised")
    flags = voice.flags(flag for result in done for flag in result.flags if flag.code in shown_flags)
    refusals = {result.code: result for result in results if isinstance(result, Refusal)}
    parts = [
        voice.refusal(refusal, f"No trend of {listed(_subjects(voice, results, code))}")
        for code, refusal in refusals.items()
    ]
    shown = join("governance", small_multiples(drawn, frame), recalculated(voice), flags, *parts)
    return Exhibits([shown, governance_trend(voice, results)])


def _by_questions(inputs: Inputs, key: str, points: Sequence[SeriesPoint]) -> tuple[SeriesPoint, ...]:
    """The points as drawn: not joined where the survey's questions were revised either."""
    revised = inputs.indicators.get(key).questions_revised
    return tuple(
        point.model_copy(update={"segment": point.segment + sum(year <= point.year for year in revised)})
        for point in points
    )


def trend_paragraph(voice: Voice, results: Sequence[Trend | Refusal]) -> str:
    """The trend of the first series with its interval, attained level and flags: a paragraph, or the refusal."""
    if not results:
        return ""
    formats, trend = voice.formats, results[0]
    if isinstance(trend, Refusal):
        return voice.refusal(trend, "Trend")
    what = {"minus nation": "The difference to the nation", "minus mean": "The difference to the provinces' mean",
            "own": "The series"}[trend.series]  # fmt: skip
    adjusted = (
        "" if trend.p_adjusted is None else f", {formats.p_value(trend.p_adjusted)} after adjusting for all provinces"
    )
    ends = trend.slope_interval
    sentence = (
        f"{what}, {trend.first_year}–{trend.last_year}: {voice.verdict(trend.verdict)}. Median slope "
        f"{voice.value(formats.number(trend.slope, 2, signed=True), trend.inputs)} {escape(trend.unit)} a year "
        f"({voice.value(formats.interval(ends.low, ends.high, 2, signed=True), trend.inputs)} at "
        f"{formats.percent(ends.level)}), {voice.kind_of_p(is_exact=trend.p_is_exact)} "
        f"{voice.value(formats.p_value(trend.p_value), trend.inputs)}{adjusted}."
    )
    return f"{sentence}\n\n{voice.flags(trend.flags)}".rstrip()


def refused(voice: Voice, results: Sequence[object], what: str) -> str:
    """The first refusal of a family as a block."""
    refusal = next((result for result in results if isinstance(result, Refusal)), None)
    return voice.refusal(refusal, what) if refusal else ""


def _governance_finding(
    voice: Voice,
    results: Sequence[Trend | Refusal],
    scores: Mapping[str, tuple[Sequence[SeriesPoint], Sequence[SeriesPoint]]],
    last: int,
) -> str:
    """Dimensions whose difference to the mean has a trend, each with its own scores first, or that there is none."""
    moved = [result for result in results if isinstance(result, Trend) and result.verdict != "no clear trend"]
    done = [result for result in results if isinstance(result, Trend)]
    if not done:
        return f"No dimension has the years that a trend needs; scores end in {last}"
    if not moved:
        return (
            f"No dimension of {len(done)} tested shows a clear trend against the provinces' mean; scores end in {last}"
        )
    sentences = [_moved(voice, item, *scores[item.indicator]) for item in moved]
    if any(flag.code == "ends-before-policy" for item in moved for flag in item.flags):
        return " ".join([*sentences, "No score is from after the resolution."])
    return " ".join([*sentences, f"Scores end in {last}."])


def _moved(voice: Voice, trend: Trend, own: Sequence[SeriesPoint], mean: Sequence[SeriesPoint]) -> str:
    """The change of one score, that of the mean, and the trend of the difference: none can be taken for another."""
    formats = voice.formats
    (start, end), (mean_start, mean_end) = (_ends(trend, points) for points in (own, mean))
    name = inside(voice.indicator(trend.indicator))
    slope = voice.value(formats.number(trend.slope, 2, signed=True), trend.inputs)
    low, high, level = trend.slope_interval.low, trend.slope_interval.high, trend.slope_interval.level
    interval = voice.value(formats.interval(low, high, 2, signed=True), trend.inputs)
    p_value = trend.p_value if trend.p_adjusted is None else trend.p_adjusted
    means = voice.value(f"{formats.number(mean_start.value, 2)} to {formats.number(mean_end.value, 2)}", trend.inputs)
    ways = voice.value(f"{formats.number(start.value, 2)} to {formats.number(end.value, 2)}", start.inputs + end.inputs)
    how, against = compare_directions(end.value - start.value, mean_end.value - mean_start.value)
    return (
        f"From {trend.first_year} to {trend.last_year} the score for {name} {how} from {ways}, {against} the provinces' mean "
        f"({means}): its difference to the mean is {trend.verdict}, {slope} score points a year ({interval} at "
        f"{formats.percent(level)}), {'p' if trend.p_adjusted is None else 'adjusted p'} "
        f"{voice.value(formats.p_value(p_value), trend.inputs)}."
    )


def _ends(trend: Trend, points: Sequence[SeriesPoint]) -> tuple[SeriesPoint, SeriesPoint]:
    """A series in the first and the last year of a trend."""
    by_year = {point.year: point for point in points}
    return by_year[trend.first_year], by_year[trend.last_year]


def compare_directions(own: float, mean: float) -> tuple[str, str]:
    """How a score moved, and how that compares with the mean's movement, as printed with two decimals."""
    own, mean = round(own, 2), round(mean, 2)
    how = "went" if own == 0 else "rose" if own > 0 else "fell"
    if own == mean:
        return how, "as did"
    if own * mean <= 0:
        return how, "unlike"
    return how, "more than" if abs(own) > abs(mean) else "less than"


def _subjects(voice: Voice, results: Sequence[Trend | Refusal], code: str) -> list[str]:
    indicators = voice.inputs.indicators.by_id()
    keys = [result.subject.split()[0] for result in results if isinstance(result, Refusal) and result.code == code]
    return [capitalised(voice.indicator(key)) if key in indicators else escape(key) for key in keys]


def _range(points: Sequence[SeriesPoint]) -> str:
    """What the pale bars of a merged province are."""
    drawn = any(point.low is not None and point.high is not None for point in points)
    return "; pale bar: from the lowest to the highest of the former provinces" if drawn else ""


def _breaks(inputs: Inputs) -> list[Break]:
    """The merger as a named break, where the area was merged."""
    if not inputs.areas.is_merged(inputs.area):
        return []
    begun = inputs.areas.begun(inputs.area)
    return [Break(begun.year, f"merger, {Formats().month(begun)}")]


def _percent(voice: Voice, point: SeriesPoint) -> str:
    return f"{voice.formats.number(point.value, 2)}\u00a0%"


def _status(point: SeriesPoint) -> str:
    return f" ({point.status})" if point.status in ("estimate", "preliminary") else ""
