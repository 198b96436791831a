"""The country's own path, and whose trends stand out where all areas are tested together."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.data.inputs import Inputs
from policyreport.data.selection import role_series
from policyreport.figures.exhibits import Exhibit, Exhibits, join
from policyreport.figures.present.behind import rows_behind
from policyreport.figures.present.means import show_means
from policyreport.figures.present.trends import median_line
from policyreport.figures.present.voice import Voice, listed, refusals_by_code
from policyreport.figures.series import growth as line_figure
from policyreport.figures.tables import table
from policyreport.figures.timeline import Line
from policyreport.params.phrases import capitalised
from policyreport.records.base import Refusal
from policyreport.records.series import MeanFamily, Trend, TrendFamily

_AGAINST = {"minus nation": "minus the nation", "minus mean": "minus the provinces' mean", "own": "by itself"}


def families(
    results: Sequence[TrendFamily | Refusal],
    means: Sequence[MeanFamily | Refusal],
    nation: Trend | Refusal,
    inputs: Inputs,
) -> Exhibits:
    """Show the trend of the path that all areas share, then each family with whom it singles out.

    From `find_trends`, `mean_above_country` and, of the country, `fit_trend`: "common-path", "means",
    "families".
    """
    voice = Voice(inputs)
    done = [family for family in results if isinstance(family, TrendFamily)]
    reasons = [
        voice.refusal(group[0], f"No trends of {listed([voice.indicator(refusal.subject) for refusal in group])}")
        for group in refusals_by_code(results).values()
    ]
    shown = [_counts(voice, done), _named(voice, done)] if done else []
    return Exhibits([_common_path(voice, nation), show_means(voice, means), join("families", *shown, *reasons)])


def _common_path(voice: Voice, nation: Trend | Refusal) -> Exhibit:
    """The national series' own trend: the path that the figure of the provinces takes away."""
    if isinstance(nation, Refusal):
        return Exhibit("common-path", voice.refusal(nation, "Trend of the nation's growth"))
    formats, ends = voice.formats, nation.slope_interval
    slope = f"{formats.number(nation.slope, 2, signed=True)} percentage points a year"
    interval = f"{formats.interval(ends.low, ends.high, 2, signed=True)} at {formats.percent(ends.level)}"
    sentence = (
        f"The path that all share is judged on the nation's own growth, {nation.first_year}–{nation.last_year}: "
        f"{voice.verdict(nation.verdict)}, median slope {voice.value(f'{slope} ({interval})', nation.inputs)}, "
        f"{voice.kind_of_p(is_exact=nation.p_is_exact)} {voice.value(formats.p_value(nation.p_value), nation.inputs)}."
    )
    return join("common-path", sentence, _nation_drawn(voice, nation), voice.flags(nation.flags))


def _nation_drawn(voice: Voice, nation: Trend) -> Exhibit:
    """The country's growth with the line of its median slope."""
    role = voice.inputs.roles.growth
    points = role_series(voice.inputs, voice.inputs.roles.nation, role)
    frame = voice.frame(
        "common-path",
        f"The nation's growth, {nation.first_year}–{nation.last_year}: {voice.verdict(nation.verdict)}",
        "Growth of output at constant prices, % a year, with the median of all pairwise slopes (Theil and Sen)",
        rows_behind([points, nation]),
    )
    return line_figure([Line("Nation", points, "accent")], frame, "% a year", median=median_line(voice, [nation]))


def _counts(voice: Voice, done: Sequence[TrendFamily]) -> Exhibit:
    """A row per family: tested, singled out, and the smallest p that its years allow."""
    formats, settings = voice.formats, voice.inputs.settings.trend
    level, rho = formats.number(settings.verdict_level, 2), formats.number(settings.verdict_rho, 1)
    body = [
        [
            f"{capitalised(voice.indicator(family.indicator))}, {_AGAINST[family.series]}",
            f"{family.first_year}–{family.last_year}",
            formats.count_of(family.tested, family.areas),
            voice.value(formats.count_of(len(family.singled_out), family.tested), family.inputs),
            formats.count(family.by_order_alone),
            formats.number(family.carry_over, 2),
            formats.p_value(family.smallest_p),
            "none can be" if family.needed is None else formats.count(family.needed),
        ]
        for family in done
    ]
    return table(
        "families",
        ["Trends of", "Years", "Tested", "Singled out", "By order alone", "Carry-over", "Smallest p possible",
         "Provinces needed at it"],
        body,
        f"{_finding(voice, done)}. *A family is one indicator in all provinces, adjusted by Benjamini and Hochberg's rule. "
        f"Singled out: adjusted p at most {level} by the order of the values, and by a line under the carry-over from year to "
        f"year that all series show together, at least {rho}; of scores in standard deviations over provinces too, and inside one set of questions. By "
        "order alone: how many would be without the last three. None is where the series may as well drift (a carry-over of "
        f"{formats.number(settings.wandering_from, 1)} or more is not unlikely). Seventh column: the smallest exact p that so "
        "many years can give; last column: how many provinces would have to reach it before any is singled out.*",
        voice.source(rows_behind(body)),
        align="llrrrrrr",
        wide=True,
    )  # fmt: skip


def _finding(voice: Voice, done: Sequence[TrendFamily]) -> str:
    """How many families single anybody out, and growth's own count with the smallest p of its years."""
    count = sum(bool(family.singled_out) for family in done)
    text = f"In {count} of {len(done)} families of trends provinces are singled out"
    growth = next((family for family in done if family.indicator == voice.inputs.roles.growth.indicator), None)
    if growth is None:
        return text
    text += f"; by growth {voice.formats.count_of(len(growth.singled_out), growth.tested)}"
    if growth.smallest_p >= 0.001:
        text += f", where {growth.n} years allow no p below {voice.formats.p_value(growth.smallest_p)}"
    return text


def _named(voice: Voice, done: Sequence[TrendFamily]) -> Exhibit | str:
    """Who was singled out, with p before and after adjustment."""
    formats = voice.formats
    body = [
        [
            capitalised(voice.indicator(family.indicator)),
            voice.area(member.area),
            voice.verdict(member.verdict),
            voice.value(formats.number(member.slope, 3, signed=True), member.inputs),
            formats.p_value(member.p_value) + ("" if member.p_is_exact else " (approximate)"),
            formats.p_value(member.p_adjusted),
        ]
        for family in done
        for member in sorted(family.singled_out, key=lambda member: (member.p_adjusted, member.area))
    ]
    if not body:
        return ""
    named = table(
        "families-named",
        ["Trends of", "Province", "Verdict", "Slope a year", "p", "Adjusted p"],
        body,
        f"{len(body)} trends stand out among their family's. *Median slope in the unit of the indicator; exact p, "
        "approximate for long series with ties, before and after adjusting for all provinces tested.*",
        align="lllrrr",
        wide=True,
        sortable=True,
    )
    if len(body) <= len(voice.inputs.provinces):
        return named
    # Longer than a page: the PDF has the counts, and each province's verdicts on its own page.
    return join("", '::: {.content-visible when-format="html"}', named, ":::")
