"""How far first figures moved, measure by measure: statistics of revisions and their tests, or why there are none."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.figures.exhibits import Exhibit, join
from policyreport.figures.present.voice import Voice
from policyreport.figures.tables import table
from policyreport.records.base import Refusal
from policyreport.records.formats import NBSP
from policyreport.records.shares import NewsNoise, Revisions, RevisionStatistics, RevisionTest


def revision_statistics(voice: Voice, results: Sequence[Revisions | Refusal]) -> Exhibit:
    """Give each measure's revisions in numbers, then whether their mean is zero and whether they are news or noise.

    From `revisions_of_share`: "vintages-statistics".
    """
    triangles = [result for result in results if isinstance(result, Revisions)]
    revised = [result for result in triangles if result.n]
    parts: list[Exhibit | str] = [_table(voice, revised)] if revised else []
    parts += [_tested(voice, triangle) for triangle in revised]
    parts.append(_refused(voice, triangles, "bias_test", "No test whether the mean revision is zero"))
    parts.append(_refused(voice, triangles, "news_noise", "No test whether revisions are news or noise"))
    return join("vintages-statistics", *parts)


def _table(voice: Voice, revised: Sequence[Revisions]) -> Exhibit:
    """A row per measure for matured figures, then one for each number of years after the period."""
    body, years = [], voice.inputs.settings.threshold.final_maturity
    for triangle in revised:
        name = voice.measure(triangle.measure)
        body.append([name, "matured", *_matured(voice, triangle), None])
        for at in triangle.by_maturity:
            body.append([name, f"after {at.maturity} years", *_at(voice, at, triangle.inputs)])
    averages = [
        f"{voice.measure(triangle.measure)} {voice.formats.count(triangle.n)} "
        + ("(too few for an average)" if triangle.mean is None else f"(mean {voice.formats.points(triangle.mean)})")
        for triangle in revised
    ]
    return table(
        "vintages-statistics",
        ["Measure", "Figure", "Revisions", "Mean", "Mean absolute", "RMSE", "Smallest to largest", "Upward",
         "Mean absolute, relative"],
        body,
        f"Revisions of first figures: {', '.join(averages)}. *Later figure minus the first one, percentage points; matured: the "
        f"newest figure of at least {years} years after; last column: in per cent of the first figure. RMSE: root of the mean "
        "squared revision.*",
        align="llrrrrrrr",
        wide=True,
        empty="too few revisions, or given by year only",
    )  # fmt: skip


def _matured(voice: Voice, triangle: Revisions) -> list[str | None]:
    """Statistics of matured figures; below three only what feeds the threshold's revision error."""
    number = voice.formats.number
    root = None if triangle.rmse is None else voice.value(number(triangle.rmse, 2), triangle.inputs)
    count = voice.formats.count(triangle.n)
    if None in (triangle.mean, triangle.mean_absolute, triangle.minimum, triangle.maximum, triangle.share_upward):
        listed = ", ".join(number(value, 2, signed=True) for value in triangle.values)
        return [count, None, None, root, f"each: {listed}", None]
    return [
        count,
        voice.value(number(triangle.mean or 0.0, 2, signed=True), triangle.inputs),
        number(triangle.mean_absolute or 0.0, 2),
        root,
        voice.formats.interval(triangle.minimum or 0.0, triangle.maximum or 0.0, 2, signed=True),
        voice.formats.count_of(round((triangle.share_upward or 0.0) * triangle.n), triangle.n),
    ]


def _at(voice: Voice, at: RevisionStatistics, rows: tuple[str, ...]) -> list[str | None]:
    """Statistics to one maturity."""
    number, relative = voice.formats.number, at.relative_mean_absolute
    return [
        voice.formats.count(at.n),
        voice.value(number(at.mean, 2, signed=True), rows),
        number(at.mean_absolute, 2),
        number(at.rmse, 2),
        voice.formats.interval(at.minimum, at.maximum, 2, signed=True),
        voice.formats.count_of(round(at.share_upward * at.n), at.n),
        None if relative is None else f"{number(100 * relative, 1)}{NBSP}%",
    ]


def _tested(voice: Voice, triangle: Revisions) -> str:
    """The tests that a measure's revisions allow; empty where none does."""
    formats, tests = voice.formats, []
    bias, both, rows = triangle.bias_test, triangle.news_noise, triangle.inputs
    if isinstance(bias, RevisionTest):
        test = f"t {formats.number(bias.t, 2, signed=True)}, p {formats.p_value(bias.p_value)}"
        tests.append(f"mean revision against zero: {voice.value(test, rows)}")
    if isinstance(both, NewsNoise):
        news = f"slope {formats.number(both.news_slope, 2, signed=True)}, p {formats.p_value(both.news_p)}"
        noise = f"slope {formats.number(both.noise_slope, 2, signed=True)}, p {formats.p_value(both.noise_p)}"
        tests.append(f"revisions against the first figure (zero if they are news): {voice.value(news, rows)}")
        tests.append(f"against the matured figure (zero if they are noise): {voice.value(noise, rows)}")
    return f"Tests of the revisions by {voice.measure(triangle.measure)}: {'; '.join(tests)}." if tests else ""


def _refused(voice: Voice, triangles: Sequence[Revisions], test: str, what: str) -> str:
    """Why a test was declined, once for all measures concerned."""
    refused = [(result, getattr(result, test)) for result in triangles if isinstance(getattr(result, test), Refusal)]
    if not refused:
        return ""
    facts = "; ".join(f"{voice.plain_measure(item.measure)}: {refusal.detail}" for item, refusal in refused)
    return voice.refusal(refused[0][1].model_copy(update={"detail": facts}), what)
