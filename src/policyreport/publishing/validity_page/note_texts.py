"""Texts under the study's tables, with numbers from the rows they are about and from the report's settings.

Each raises ValueError where no row has the measure.
"""

from __future__ import annotations

from policyreport.params.phrases import word
from policyreport.publishing.validity_page.lookups import Rows, between, number_range, percent_range, values
from policyreport.records.digits import as_published
from policyreport.records.formats import EN_DASH
from policyreport.statistics.validity.measures import EXACT_TEST

UNCLAIMED = ("mixed carry-over", "random walk")
"""As `yearly.UNCLAIMED`, which is not loaded for a page; a test holds them equal."""
BENEATH = "walk beneath noise"
"""As `yearly_panels.BENEATH`, likewise."""
EARLIER = 0.003
"""As `tasks.EARLIER`, likewise."""


def serial(rows: Rows) -> str:
    """Serial dependence: what it does to the test, the interval and the verdict."""
    formats = rows.formats
    null = [cell for cell in rows.cells if cell.design.get("slope") == 0]
    rejected = max(values(null or rows.cells, "exact test rejects"))
    held = min(values(rows.cells, "coverage, Theil–Sen"))
    named = max(values(null or rows.cells, "verdict rising or falling"))
    rho = formats.number(float(rows.settings["trend"]["verdict_rho"].value), 1)
    return (
        f"Serial dependence: the exact test rejects too often (up to {formats.percent(rejected)} instead of "
        f"{formats.percent(EXACT_TEST[1], 0)}) and Theil{EN_DASH}Sen's interval holds as little as "
        f"{formats.number(held, 3)}; neither is judged in these rows. A verdict therefore also asks for the line at "
        f"ρ {rho}, and is judged up to that dependence; beyond it, it finds a trend where there is none in up to "
        f"{formats.percent(named)}."
    )


def short_lists(rows: Rows) -> str:
    """Bias and refusals of the flow trend on short lists."""
    formats = rows.formats
    cells = [cell for cell in rows.cells if cell.design.get("entry") != "evenly"]
    sizes = sorted({int(cell.design["n"]) for cell in cells})
    short, long = ([cell for cell in cells if cell.design["n"] == size] for size in (sizes[0], sizes[-1]))
    high, off = max(values(short, "bias"), default=0), max(map(abs, values(long, "bias")), default=0)
    few, many, refused = formats.count(sizes[0]), formats.count(sizes[-1]), between(short, "refused", formats)
    return (
        f"Bias is not judged. On lists of {few} tasks the slope comes out too high by up to {formats.number(high, 3)} "
        f"a quarter on the log scale; on lists of {many} it is off by {formats.number(off, 3)} at most. By "
        f"row, {refused} of the lists of {few} tasks are refused; coverage and bias are those of the rest."
    )


def false_alarms(rows: Rows) -> str:
    """Verdicts on changes where nothing changed, by design effect."""
    formats = rows.formats
    effect = float(rows.settings["flow"]["verdict_design_effect"].value)
    none = [cell for cell in rows.cells if cell.design["later"] == EARLIER]
    name = "verdict faster or slower"
    texts = [
        f"{formats.percent(max(values(own, name)))} at a design effect of {level}"
        for level in sorted({cell.design["design_effect"] for cell in none}, key=float)
        if (own := [cell for cell in none if cell.design["design_effect"] == level])
    ]
    return (
        f"Bias, width and verdicts are not judged. Where nothing changed, a verdict at an assumed design effect of "
        f"{as_published(effect)} is given in up to {', '.join(texts)}."
        if texts
        else ""
    )


WORDS = ("verdict slower", "verdict falling")
OTHER_WORDS = ("verdict faster", "verdict rising")
IF_ALIKE = ("slower if tasks were taken as alike", "falling if tasks were taken as alike")


def beyond(rows: Rows) -> str:
    """Tasks that differ more than a verdict allows for."""
    named = rows.formats.percent(max(value for name in WORDS for value in values(rows.cells, name)))
    allowed = rows.formats.number(float(rows.settings["flow"]["verdict_frailty"].value), 0)
    return (
        "Here the verdict stops holding: where tasks differ with a variance of 2, or some can never be finished, a "
        f"steady effort is given the word in up to {named}, for it allows for a variance of "
        f"{allowed} and for tasks that can all be finished. The report therefore says with the word that counts alone "
        "cannot tell."
    )


def alarms_of_unlike(rows: Rows) -> str:
    """What a steady effort was called before tasks were allowed to differ, and what it is called."""
    steady = [
        cell for cell in rows.cells if cell.design.get("effort", 1) == 1 and cell.design.get("slope", 0) == 0
        and cell.design["frailty"] in ("gamma 1", "log-normal 1", "two groups 1")
    ]  # fmt: skip
    before, after, other = (
        [value for name in names for value in values(steady, name)] for names in (IF_ALIKE, WORDS, OTHER_WORDS)
    )
    if not before:
        return ""
    percent = rows.formats.percent
    return (
        "Where tasks differ with a variance of 1, a steady effort would be given the word in up to "
        f"{percent(max(before))} if tasks were taken as alike; it is given in up to {percent(max(after))}. The other "
        f"word is given in up to {percent(max(other))}, also where new tasks are added. Bias and power are not judged."
    )


def harder(rows: Rows) -> str:
    """Outlooks on tasks that differ."""
    held = values(rows.cells, "coverage, as printed")
    return (
        "Tasks that differ: those left are harder than those finished, and the outlook does not know it. Its interval "
        f"holds {number_range(held, rows.formats)}; it is an outlook on the pace going on, not on the effort."
    )


def uneven(rows: Rows) -> str:
    """Unequal noise: pooled intervals, and the test of equal slopes."""
    formats = rows.formats
    text = (
        "Unequal noise: each slope's error is the larger of its own and the common one, so the spread of the true "
        "slopes comes out too small where it is about one standard error, and the pooled intervals with it. Where "
        "Bartlett's test finds it, the code prints the interval of the area's own slope instead."
    )
    equal = values((cell for cell in rows.cells if cell.design["ratio"] == 0), "equal slopes rejected")
    if not equal:
        return text
    nominal = formats.percent(float(rows.settings["panel"]["equal_slopes_level"].value), 0)
    return (
        f"{text} The test of equal slopes then rejects equal slopes in up to {formats.percent(max(equal))} of the "
        f"repetitions instead of {nominal}; it is not judged in these rows."
    )


def spreads(rows: Rows) -> str:
    """Revisions of one spread."""
    formats = rows.formats
    scale = formats.number(float(rows.settings["threshold"]["prior_scale_national"].value), 1)
    held = values(rows.cells, "coverage")
    return (
        f"One spread in all repetitions, where the prior expects {scale} percentage points: intervals hold "
        f"{number_range(held, formats)}, too little where revisions are much larger than that and too much where they "
        "are smaller. What decides is the spread, which a history this short does not tell, so no number of revisions "
        "can be refused for it; the prior carries the answer. The chance is withheld without a history, and told in "
        "words below "
        f"{word(rows.settings['threshold']['words_below_revisions'].value, 'en')} revisions."
    )


def jumping(rows: Rows) -> str:
    """Revisions that jump now and then."""
    formats = rows.formats
    held = values(rows.cells, "coverage")
    wrong = max(values(rows.cells, "wrong verdict at the margin"))
    often = ", ".join(dict.fromkeys(formats.percent(float(cell.design["jumps"]), 0) for cell in rows.cells))
    return (
        f"Revisions of which {often} jump: intervals hold {number_range(held, formats)}, and the verdict *below* is "
        f"wrong at the margin in up to {formats.percent(wrong)}; past revisions without a jump do not tell that one "
        "may come."
    )


def chances(rows: Rows) -> str:
    """What the words for a chance and the range over priors are worth."""
    formats = rows.formats
    one = values(rows.cells, "chance in the words of one prior")
    every = values(rows.cells, "chance in the words or the range of every prior")
    if not one:
        return ""
    return (
        "A true chance of 2 % lies in the band of words that one prior gives in "
        f"{percent_range(one, formats, 0)} of repetitions, and in what is printed, words or range, in "
        f"{percent_range(every, formats, 0)}: the range says what hangs on the prior, it is no interval for what the "
        "past revisions leave open."
    )


def one_way(rows: Rows) -> str:
    """Revisions that mostly go up."""
    formats = rows.formats
    mean = formats.number(float(rows.cells[0].design["mean"]), 2)
    wrong = max(values(rows.cells, "wrong verdict at the margin"))
    return (
        f"Revisions that go up by {mean} percentage points on average: their mean is shown and not subtracted, so the "
        "verdict that a value lies below is "
        f"wrong at the margin in up to {formats.percent(wrong)}; the revision that would turn the verdict is printed "
        "beside it, and the verdict is flagged where a prior that does not take the mean for zero would turn it."
    )


def evenly(rows: Rows) -> str:
    """Additions that enter evenly."""
    formats = rows.formats
    held, off = values(rows.cells, "coverage"), values(rows.cells, "bias")
    return (
        "Additions that enter evenly: the method takes them as open from the first day of their interval. Intervals "
        f"hold {number_range(held, formats)}, with a bias of {number_range(off, formats)}."
    )


def found_unequal(rows: Rows) -> str:
    """Bartlett's test where noise is equal: residuals of a line have two degrees of freedom fewer than years."""
    formats = rows.formats
    shares = values((cell for cell in rows.cells if not cell.design["uneven"]), "noise found unequal")
    if not shares:
        return ""
    nominal = formats.percent(float(rows.settings["panel"]["bartlett_level"].value), 0)
    return (
        f"Bartlett's test at a nominal {nominal} finds equal noise unequal in {percent_range(shares, formats)} of "
        "repetitions, since residuals of a line have fewer degrees of freedom than it counts; intervals are then wider "
        "than they need be, and hold."
    )


def unused_fits(rows: Rows) -> str:
    """Mixed models that may not be used: where, why, and what is printed then."""
    formats = rows.formats
    ratios = [cell.design["ratio"] for cell in rows.cells]
    flat, steep = (
        percent_range(values([cell for cell in rows.cells if cell.design["ratio"] == end], "fit not used"), formats, 0)
        for end in (min(ratios), max(ratios))
    )
    failed, most = max(values(rows.cells, "search failed")), max(cell.draws for cell in rows.cells)
    searched = (
        f"the search itself failed in up to {formats.count_of(round(failed * most), most)} repetitions of a row"
        if failed
        else "in no repetition did the search itself fail"
    )
    same = values(rows.cells, "used fit agrees with the closed form")
    agreed = (
        " Where a fit is used, the slopes' variance is that of the closed form"
        f"{'' if min(same) == 1 else f' in at least {formats.percent(min(same))} of the fits of a row'}."
        if same
        else ""
    )
    return (
        f"The fit is not used in {flat} of repetitions where slopes spread the least, and in {steep} where they spread "
        f"the most; {searched}. Then nothing is lost: boundary-fit is "
        "flagged and the closed form printed, a variance below zero as 0, as are the pooled slopes, which never rest "
        f"on the mixed model.{agreed}"
    )


def grouped_lists(rows: Rows) -> str:
    """Ranks of lists whose tasks finish in groups."""
    formats = rows.formats
    own, joint = (min(values(rows.cells, name)) for name in ("coverage, one area's set", "coverage, all sets together"))
    return (
        "Tasks that finish in groups: standard errors of counts take them as independent, and the sets then hold as "
        f"little as {formats.number(own, 3)} (one area's) and {formats.number(joint, 3)} (all together)."
    )


def leaning(rows: Rows) -> str:
    """Printed places of areas in a tied half."""
    formats = rows.formats
    half = values((cell for cell in rows.cells if cell.design["kind"] == "half tied"), "bias, printed place")
    if not half:
        return ""
    return (
        "Bias is that of the printed place against the middle of the true ones, for an area of the lower half where "
        "there are two: errors move it towards the other half by up to "
        f"{formats.number(max(map(abs, half)), 1)} places, which is why a rank is not printed without its set."
    )


def walk_beneath(rows: Rows) -> str:
    """Series that wander beneath larger noise."""
    named = values(rows.cells, "areas named without a trend")
    return (
        "A random walk with steps half as large as the noise above it: noise hides that the series wanders, and a slow "
        f"drift passes for a trend in {percent_range(named, rows.formats)} of families, the more the longer the "
        "series. The method does not claim to stand this."
    )


def assumed_alone(rows: Rows) -> str:
    """What order and one assumed carry-over name in families without a trend."""
    formats = rows.formats
    name = "the same by order and one assumed carry-over"
    walks = [cell for cell in rows.cells if cell.design.get("process") == "random walk"]
    stationary = [cell for cell in rows.cells if "process" not in cell.design and not cell.design.get("sloping")]
    if not walks or not stationary:
        return ""
    rho = formats.number(float(rows.settings["trend"]["verdict_rho"].value), 1)
    return (
        f"The order of the values and a line at an assumed carry-over of {rho} alone would name somebody in up to "
        f"{formats.percent(max(values(stationary, name)))} of families of stationary series and "
        f"{formats.percent(max(values(walks, name)))} of random walks: a family's own carry-over has to be asked."
    )


def levels_by_order(rows: Rows) -> str:
    """What Kendall's test names on levels."""
    none = [cell for cell in rows.cells if not cell.design.get("sloping")]
    named = values(none, "the same by the order of levels")
    return (
        f"The order of the levels themselves would name somebody in {percent_range(named, rows.formats)} of families "
        "of random walks, which is why levels are not trended."
        if named
        else ""
    )


def by_itself(rows: Rows) -> str:
    """What each area's own t interval holds."""
    held = values(rows.cells, "coverage, each area by itself")
    return (
        "Each area by itself: the t interval from its own years, taken as independent, holds as little as "
        f"{rows.formats.number(min(held), 3)}; it is not used."
    )


def unclaimed_means(rows: Rows) -> str:
    """Processes that means of yearly differences do not claim to stand."""
    held, false = number_range(values(rows.cells, "coverage"), rows.formats), values(rows.cells, "false discoveries")
    return (
        "One carry-over is learnt for all areas. Where each has its own, or series are random walks, which have no "
        f"mean to come back to, intervals hold {held} and false discoveries reach {rows.formats.percent(max(false))}; "
        "few years cannot show that this is so, and it is not claimed."
    )


def jumps_among_years(rows: Rows) -> str:
    """Years that jump: they hide the carry-over of the others."""
    held, false = number_range(values(rows.cells, "coverage"), rows.formats), values(rows.cells, "false discoveries")
    return (
        "One year in twenty revised by four standard deviations: jumps hide what carries over between the other years, "
        f"so that less of it is learnt than there is. Intervals hold {held}, and false discoveries reach "
        f"{rows.formats.percent(max(false))}, the most where series are long and much carries over; whether a year is "
        "such a jump cannot be told beforehand, so nothing is declined for it."
    )


def unclaimed_ranks(rows: Rows) -> str:
    """The same of the sets of their ranks."""
    held = number_range(values(rows.cells, "coverage, all sets together"), rows.formats)
    return (
        f"Carry-overs that differ between areas, and random walks: sets of all areas together hold {held}, which is "
        "not claimed."
    )


def grouped_tasks(rows: Rows) -> str:
    """Pooled shares of lists whose tasks finish in groups, were they taken as independent."""
    held = number_range(values(rows.cells, "coverage"), rows.formats)
    return (
        "Tasks that finish in groups inside each list: were they taken as independent, the intervals would hold "
        f"{held}. A design effect is therefore learnt from lists that were counted again, or assumed at "
        f"{_assumed(rows)}."
    )


def more_grouped(rows: Rows) -> str:
    """Pooled shares of lists whose tasks finish in larger groups than is assumed."""
    held = number_range(values(rows.cells, "coverage"), rows.formats)
    return (
        f"Tasks that finish in larger groups than is assumed where no repeated counts tell: beyond a design effect of "
        f"{_assumed(rows)} the intervals hold {held}."
    )


def unlike_lists(rows: Rows) -> str:
    """The funnel of areas that do not differ, whose tasks finish in larger groups than is assumed."""
    shares = values(rows.cells, "any area singled out")
    return (
        "Tasks that finish in larger groups than is assumed: of areas that do not differ one is singled out in up to "
        f"{rows.formats.percent(max(shares))} of the repetitions. The funnel therefore divides by a design effect, "
        f"learnt from lists that were counted again or assumed at {_assumed(rows)}; beyond that it singles out too "
        "many."
    )


def _assumed(rows: Rows) -> str:
    return rows.formats.number(float(rows.settings["pooling"]["assumed_design_effect"].value), 0)
