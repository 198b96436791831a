"""The series of one province: growth, output per head, governance scores, and their trends."""

from collections.abc import Sequence

from policyreport.data.inputs import Inputs
from policyreport.data.selection import beside, index, scores_and_mean
from policyreport.figures.finish import Break
from policyreport.figures.frame import Frame, Picture, Pictures, frame_for, in_each_language
from policyreport.figures.series import Line, outcome, small_multiples
from policyreport.figures.series import growth as line_figure
from policyreport.figures.trends import TrendPanel
from policyreport.figures.trends import trends as trend_figure
from policyreport.figures.words import WORDS
from policyreport.params.wording import capitalised
from policyreport.records.base import Refusal
from policyreport.records.formats import Formats
from policyreport.records.series import SeriesPoint, Trend

LEVELS = {"minus nation": 0.0, "minus mean": 0.0}
"""What a series is compared with, in its own unit; a series by itself is compared with nothing."""


@in_each_language
def growth(results: Sequence[Trend | Refusal], data: Inputs) -> Pictures:
    """Draw growth with country and region ("growth"), and each series that has a trend with its line ("growth-trend").

    From `fit_trend_among` and `fit_trend`, the difference to the nation first.
    """
    own, nation, around = beside(data, data.roles.growth)
    if not own:
        return Pictures()
    lines = _lines(data, own, nation, around)
    frame = frame_for(data, "growth-trend")
    words = frame.words
    titles = {"minus nation": words.difference, "own": words.growth_itself}
    drawn = [line_figure(lines, frame_for(data, "growth"), words.percent_a_year, _merger(data))]
    panels = [
        TrendPanel(titles[trend.series], outcome(trend, frame), trend, LEVELS.get(trend.series))
        for trend in results
        if isinstance(trend, Trend)
    ]
    if panels:
        drawn.append(trend_figure(panels, frame, shared=False, height=130, breaks=_merger(data)))
    return Pictures(drawn)


@in_each_language
def income(data: Inputs) -> Pictures:
    """Draw output per head as an index, country = 100: "income"."""
    own, nation, region = beside(data, data.roles.income)
    relative = index(own, nation)
    if not relative:
        return Pictures()
    flat = tuple(SeriesPoint(year=point.year, value=100.0, status=point.status) for point in relative)
    lines = _lines(data, relative, flat, index(region, nation))
    frame = frame_for(data, "income")
    return Pictures([line_figure(lines, frame, frame.words.country_100, _merger(data), digits=0)])


@in_each_language
def governance(results: Sequence[Trend | Refusal], data: Inputs) -> Pictures:
    """Draw the scores, broken where the questions changed ("governance"), and their trends ("governance-trend").

    From `fit_trend_among`, one result per dimension.
    """
    panels, published, frame = [], False, frame_for(data, "governance")
    for key in data.roles.governance.indicators:
        scores, mean = scores_and_mean(data, key)
        published = published or bool(scores)
        lines = [
            Line(data.name, _by_questions(data, key, scores), "accent"),
            Line(frame.words.mean, _by_questions(data, key, mean), "context"),
        ]
        name = capitalised(data.indicators.get(key).name)
        panels.append((name, [line for line in lines if line.points]))
    if not published:
        return Pictures()
    drawn = [small_multiples(panels, frame)]
    return Pictures([*drawn, *_governance_trend(results, data)])


def _governance_trend(results: Sequence[Trend | Refusal], data: Inputs) -> list[Picture]:
    """Each score's difference to the provinces' mean with its line; a refused one says why."""
    done = [result for result in results if isinstance(result, Trend)]
    if not done:
        return []
    frame = frame_for(data, "governance-trend")
    revised = {year for result in done for year in data.indicators.get(result.indicator).questions_revised}
    breaks = [Break(year, frame.words.questions_revised.format(year=year)) for year in sorted(revised)]
    return [trend_figure([_score_panel(result, frame, data) for result in results], frame, breaks=breaks)]


def _score_panel(trend: Trend | Refusal, frame: Frame, data: Inputs) -> TrendPanel:
    """One dimension, with its line or its refusal's short name."""
    key = trend.subject.split()[0] if isinstance(trend, Refusal) else trend.indicator
    title = capitalised(data.indicators.get(key).name)
    if isinstance(trend, Refusal):
        return TrendPanel(title, data.wording.short(trend.code, data.edition.language))
    return TrendPanel(title, outcome(trend, frame), trend, LEVELS[trend.series])


def _lines(
    data: Inputs, own: tuple[SeriesPoint, ...], nation: tuple[SeriesPoint, ...], region: tuple[SeriesPoint, ...]
) -> list[Line]:
    """The area's series before those of the country and its region, as far as they are known."""
    words, around = WORDS[data.edition.language], data.areas.name(data.areas.region(data.area))
    lines = [
        Line(data.name, own, "accent"),
        Line(capitalised(words.country), nation, "plain"),
        Line(around, region, "context"),
    ]
    return [line for line in lines if line.points]


def _by_questions(data: Inputs, key: str, points: Sequence[SeriesPoint]) -> tuple[SeriesPoint, ...]:
    """The points as drawn: not joined where the survey's questions were revised either."""
    revised = data.indicators.get(key).questions_revised
    return tuple(
        point.model_copy(update={"segment": point.segment + sum(year <= point.year for year in revised)})
        for point in points
    )


def _merger(data: Inputs) -> list[Break]:
    """The merger as a named break, where the area was merged."""
    if not data.areas.is_merged(data.area):
        return []
    begun = data.areas.begun(data.area)
    language = data.edition.language
    return [Break(begun.year, WORDS[language].merger.format(month=Formats(language).month(begun)))]
