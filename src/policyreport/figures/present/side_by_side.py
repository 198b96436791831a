"""All areas' series side by side: whether trends differ, exposure, steps at fixed dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scipy import stats

from policyreport.data.inputs import Inputs
from policyreport.data.series_frames import MERGED
from policyreport.figures.areas import caterpillar
from policyreport.figures.checks import event_studies
from policyreport.figures.exhibits import Exhibit, Exhibits, join
from policyreport.figures.present.behind import rows_behind
from policyreport.figures.present.voice import Voice, listed
from policyreport.figures.tables import table
from policyreport.params.phrases import capitalised
from policyreport.records.base import Refusal
from policyreport.records.markdown import escape
from policyreport.records.series import Cusum, Difference, Exposure, ExposureCheck, Panel, ShrunkSlope, Step
from policyreport.statistics.common.intervals import ALPHA


def side_by_side(
    panel: Panel | Refusal,
    differences: Mapping[str, Difference],
    exposure: Sequence[Exposure | Refusal],
    steps: Sequence[Step | Cusum | Refusal],
    inputs: Inputs,
) -> Exhibits:
    """Show what all areas' series have in common.

    Gives "panel", "panel-table", "exposure", "exposure-study", "exposure-checks", "steps".
    """
    voice = Voice(inputs)
    return Exhibits([*_panel(voice, panel, differences), *_exposure(voice, exposure), _steps(voice, steps)])


def singled_out(panel: Panel, *, level: float, bh_level: float) -> tuple[ShrunkSlope, ...]:
    """Pick the areas whose slope stands out: none unless slopes differ at all.

    `level` is the largest p of the test of equal slopes at which areas may be named, `bh_level` the largest adjusted p
    of an area.
    """
    if panel.f_p_value > level:
        return ()
    return tuple(slope for slope in panel.slopes if slope.p_adjusted is not None and slope.p_adjusted <= bh_level)


def _panel(voice: Voice, result: Panel | Refusal, differences: Mapping[str, Difference]) -> list[Exhibit]:
    """Sentence with the caterpillar, then the table of variances and tests."""
    if isinstance(result, Refusal):
        return [
            Exhibit("panel", voice.refusal(result, "Differences between the provinces' trends")),
            Exhibit("panel-table", ""),
        ]
    formats, settings = voice.formats, voice.inputs.settings
    named = singled_out(result, level=settings.panel.equal_slopes_level, bh_level=settings.multiplicity.bh_level)
    test = f"F {formats.number(result.f_statistic, 2)}, p {formats.p_value(result.f_p_value)}"
    if result.f_p_value > settings.panel.equal_slopes_level:
        finding = f"The trends of the {result.areas} provinces' growth cannot be told apart (equal slopes: {test}); none is singled out"
    else:
        finding = (
            f"The trends of the {result.areas} provinces' growth differ (equal slopes: {test}); {len(named)} stand out "
            "after adjusting for all"
        )
    frame = voice.frame(
        "panel",
        finding,
        "Slope of growth against the common path of all provinces, percentage points a year, "
        f"{result.years} years; dot: pooled; bar: 95 % interval of the "
        + ("province's own slope, as noise differs between provinces" if result.unequal_variance else "pooled slope"),
        result.inputs,
    )
    names = {slope.area: voice.inputs.areas.name(slope.area) for slope in result.slopes}
    figure = caterpillar(result, names, frame, "percentage points a year")
    explanation = (
        "What all provinces share in a year, a slump or a recovery, is taken away first; without that, "
        f"{result.areas} provinces would count as {result.areas} repetitions of one year."
    )
    return [
        join("panel", figure, explanation, _pooled_towards(result), voice.flags(result.flags)),
        join("panel-table", _panel_table(voice, result), _means(voice, result, differences)),
    ]


def _pooled_towards(result: Panel) -> str:
    """Where pooled slopes are drawn to, and on which side of zero they end up."""
    below = sum(slope.pooled < 0 for slope in result.slopes)
    return (
        "The provinces' own slopes average zero, since what they share is taken away; pooled slopes are drawn towards a "
        "mean in which slopes with less noise weigh more, not towards zero. So "
        f"{below} of {len(result.slopes)} lie below zero, which by itself says nothing of any of them."
    )


def _means(voice: Voice, result: Panel, differences: Mapping[str, Difference]) -> str:
    """The test of equal means, and whether a province may be named."""
    p_value, level = result.mean_f_p_value, voice.inputs.settings.panel.equal_slopes_level
    if p_value is None or p_value > level:
        return ""
    verdicts = [difference.verdict for difference in differences.values() if difference.verdict]
    named = sum(verdict in ("above", "below") for verdict in verdicts)
    who = (
        f"and {named} of {len(verdicts)} provinces can be told apart from the nation"
        if named
        else "but no province can be named"
    )
    conclusion = f", {who} after adjusting for all of them" if verdicts else ""
    return (
        f"If years are independent and noise is equal, the means differ as a group (F {voice.formats.number(result.mean_f_statistic or 0, 2)}, p "
        f"{voice.formats.p_value(p_value)}){conclusion}."
    )


def _panel_table(voice: Voice, panel: Panel) -> Exhibit:
    """Variances, tests, and whether the model's own fit was accepted."""
    number, p_value = voice.formats.number, voice.formats.p_value
    noise = (
        "unequal: each slope's error is the larger of its own and the common one, and intervals are those of the provinces' own slopes"
        if panel.unequal_variance
        else "one common error for all slopes"
    )
    fit = "accepted" if panel.mixedlm_accepted else f"not accepted: {panel.mixedlm_detail}; the closed form is printed"
    body = [
        ["Equal slopes", f"F {number(panel.f_statistic, 2)}", f"p {p_value(panel.f_p_value)}"],
        [
            "Equal means",
            f"F {number(panel.mean_f_statistic or 0, 2)}",
            f"p {p_value(panel.mean_f_p_value or 0)}; assumes equal noise and independent years",
        ],
        ["Equal noise (Bartlett)", "", f"p {p_value(panel.bartlett_p)}; {noise}"],
        ["Variance of slopes", number(panel.slope_variance, 2), "0 where the estimate is negative"],
        ["Variance of means", number(panel.intercept_variance, 2), ""],
        ["Residual variance", number(panel.residual_variance, 2), ""],
        ["Spread of true slopes", number(panel.tau, 3), "posterior mean, percentage points a year"],
        ["Mixed model", "", escape(fit)],
    ]
    dropped = f", {len(panel.dropped)} left out for a missing year" if panel.dropped else ""
    return table(
        "panel-table",
        ["Question", "Estimate", "Test"],
        body,
        f"Trends and means of {panel.areas} provinces{dropped}. *Year by year deviations from the common path, "
        f"{panel.years} years; variances in squared percentage points.*",
        align="lrl",
    )


def _exposure(voice: Voice, results: Sequence[Exposure | Refusal]) -> list[Exhibit]:
    """Sentence and table of p-values, event studies, table of checks."""
    done = [result for result in results if isinstance(result, Exposure)]
    refused = [voice.refusal(result, "Exposure") for result in results if isinstance(result, Refusal)]
    if not done:
        # Every heading of the page has something beneath it.
        return [join(name, *refused[:1]) for name in ("exposure", "exposure-study", "exposure-checks")]
    associated = [result for result in done if result.verdict == "associated"]
    word = listed([_exposed(voice, exposure) for exposure in associated])
    years = listed([str(year) for year in done[0].post_years])
    finding = (
        f"Growth in {years} and {word}: {voice.verdict('associated')}"
        if associated
        else f"None of {len(done)} exposures goes with a clear change of growth in {years}: "
        f"{voice.verdict('no clear association')}"
    )
    body = [_exposure_row(voice, result) for result in done]
    shown = table(
        "exposure",
        ["Exposure, fixed before the start", "Estimate, percentage points", "p, bootstrap (Holm)", "p, permutations (Holm)", "Verdict",
         "p, clustered errors", "p, permuted estimate"],
        body,
        f"{finding}. *Change of growth from the years before to {years}, percentage points for one standard deviation of the "
        "exposure (merged: against not merged), with the 95 % interval of the wild cluster bootstrap; p of the bootstrap (WCR) "
        "and of permuted exposures (RI-t), in brackets after Holm's adjustment over all exposures; verdict only if both hold, no "
        "placebo start stands out and no single province carries the sign. The last two columns decide nothing: p of clustered "
        "standard errors alone (CRV1) and of the estimate without its error among permuted exposures (RI-c), both unadjusted.*",
        voice.source(rows_behind(body)),
        align="lrrrlrr",
        wide=True,
        empty="not computed",
    )  # fmt: skip
    flags = {flag.code: flag for result in done for flag in result.flags}
    smallest = listed([voice.formats.number(result.minimum_detectable, 2) for result in done])
    level = voice.formats.percent(voice.inputs.settings.exposure.verdict_level, 0)
    power = voice.formats.percent(voice.inputs.settings.exposure.power, 0)
    reach = (
        f"With this many provinces and years a test at the {level} level finds a difference with probability {power} only from "
        f"{smallest} percentage points on, in that order."
    )
    return [
        join("exposure", shown, reach, voice.flags(flags.values()), *refused),
        _event_studies(voice, done),
        _checks(voice, done),
    ]


def _exposure_row(voice: Voice, exposure: Exposure) -> list[str | None]:
    number, p_value = voice.formats.number, voice.formats.p_value
    ends = exposure.wcr_interval
    interval = f" ({voice.formats.interval(ends.low, ends.high, 2, signed=True)})" if ends else ""

    def tested(p: float, holm: float | None) -> str:
        return p_value(p) if holm is None else f"{p_value(p)} ({p_value(holm)})"

    return [
        _exposed(voice, exposure),
        voice.value(number(exposure.estimate, 2, signed=True) + interval, exposure.inputs),
        tested(exposure.wcr_p, exposure.wcr_p_holm),
        tested(exposure.ri_t_p, exposure.ri_t_p_holm),
        voice.verdict(exposure.verdict),
        None if exposure.crv1_p is None else p_value(exposure.crv1_p),
        p_value(exposure.ri_c_p),
    ]


def _event_studies(voice: Voice, results: Sequence[Exposure]) -> Exhibit:
    """Every year's contrast with the last year before the start, one panel per exposure."""
    one = results[0]
    base = max(year for year in one.years if year < min(one.post_years))
    critical = float(stats.t.ppf(1 - ALPHA / 2, one.areas - 1))

    def apart(exposure: Exposure) -> str:
        before = [p for p in exposure.event_study if p.year < min(exposure.post_years)]
        years = [str(p.year) for p in before if abs(p.estimate) > critical * p.standard_error]
        named = f": {listed(years)}" if years else ""
        return f"{voice.formats.count_of(len(years), len(before))} by {_exposed(voice, exposure)}{named}"

    frame = voice.frame(
        "exposure-study",
        f"Years before the start that differ from {base} already: {'; '.join(apart(result) for result in results)}",
        "Difference in growth for one standard deviation of the exposure (merged: against not merged), percentage points "
        f"against {base}, with 95 % intervals; {one.areas} provinces",
        [row for result in results for row in result.inputs],
    )
    start = voice.formats.date(voice.inputs.policy.date)
    titles = [exposure_title(voice, result.exposure) for result in results]
    panels = [(capitalised(name), item) for name, item in zip(titles, results, strict=True)]
    return event_studies(panels, frame, "percentage points", base, critical, start).renamed("exposure-study")


def _checks(voice: Voice, results: Sequence[Exposure]) -> Exhibit:
    """Placebo starts, leaving one area out, the merger held fixed: a row per exposure."""
    starts = sorted({check.name for result in results for check in result.checks if check.kind == "placebo start"})
    body = []
    for result in results:
        placebo = {check.name: check for check in result.checks if check.kind == "placebo start"}
        control = next((check for check in result.checks if check.kind == "control"), None)
        cells = [_placebo(voice, placebo.get(year)) for year in starts]
        body.append([_exposed(voice, result), *cells, _left_out(voice, result), _held(voice, control)])
    standing = [
        f"{escape(check.name)} for {_exposed(voice, result)}"
        for result in results
        for check in result.checks
        if check.kind == "placebo start"
        and check.p_adjusted is not None
        and check.p_adjusted <= voice.inputs.settings.exposure.verdict_level
    ]
    finding = f"A placebo start stands out: {listed(standing)}" if standing else "No placebo start stands out"
    return table(
        "exposure-checks",
        ["Exposure", *(f"Start {year}, p" for year in starts), "Leaving one out", "Merger held fixed"],
        body,
        f"{finding}. *Each earlier year taken as if it were the start: p after Holm over the starts; in percentage points, "
        "smallest and largest estimate when any one province is left out; estimate and p with the merger held fixed.*",
        align="l" + "r" * (len(starts) + 2),
        wide=True,
        empty="the exposure is the merger itself, or too few years",
    )


def _placebo(voice: Voice, check: ExposureCheck | None) -> str | None:
    if check is None or check.p_adjusted is None:
        return None
    return voice.formats.p_value(check.p_adjusted)


def _left_out(voice: Voice, exposure: Exposure) -> str | None:
    estimates = [check.estimate for check in exposure.checks if check.kind == "leave one out"]
    return voice.formats.interval(min(estimates), max(estimates), 2, signed=True) if estimates else None


def _held(voice: Voice, check: ExposureCheck | None) -> str | None:
    if check is None:
        return None
    tested = "" if check.p_value is None else f", p {voice.formats.p_value(check.p_value)}"
    return voice.formats.number(check.estimate, 2, signed=True) + tested


def _exposed(voice: Voice, exposure: Exposure) -> str:
    return exposure_name(voice, exposure.exposure)


def exposure_name(voice: Voice, name: str) -> str:
    """What areas were exposed to, by its name in params/methods.yaml: indicator with its year, or the merger."""
    return escape(exposure_title(voice, name))


def exposure_title(voice: Voice, name: str) -> str:
    """The same as plain text, for a figure."""
    if name == MERGED:
        return "merger of several provinces"
    variable = voice.inputs.roles.likeness_by_name(name)
    role = getattr(voice.inputs.roles, variable.series)
    scale = " (log)" if variable.log else ""
    return f"{voice.plain_indicator(role.indicator)} {variable.year}{scale}"


def _steps(voice: Voice, results: Sequence[Step | Cusum | Refusal]) -> Exhibit:
    """A step at each fixed date, or why none is looked for."""
    formats = voice.formats
    parts: list[str] = []
    by_subject: dict[str, list[Refusal]] = {}
    for result in results:
        if isinstance(result, Refusal):
            by_subject.setdefault(result.subject, []).append(result)
        elif isinstance(result, Step):
            parts.append(
                f"After {result.step_date.year} the nation's growth lies {formats.points(abs(result.difference))} "
                f"{'higher' if result.difference > 0 else 'lower'} than before: {voice.verdict(result.verdict)} ({voice.kind_of_p(is_exact=result.p_is_exact)} "
                f"{formats.p_value(result.p_value)}, {result.before} years before and {result.after} after)."
            )
        else:
            parts.append(
                f"Cumulated residuals of a line over {result.n} years: p {formats.p_value(result.p_value)}; evidence only."
            )
    dates = listed([voice.date(day) for day in voice.inputs.step_days])
    for subject, group in by_subject.items():
        detail = "; ".join(dict.fromkeys(item.detail for item in group if item.detail))
        what = "Drift of the residuals from a line" if subject.endswith("cusum") else f"A step at {dates}"
        parts.append(voice.refusal(group[0].model_copy(update={"detail": detail}), what))
    return join("steps", *parts)
