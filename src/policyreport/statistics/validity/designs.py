"""What the study draws, what is true of it, and what is violated: a few sentences for each kind of simulation."""

DESIGNS = {
    "completion": (
        "Data: counts of n tasks at propensities p of 0.005 to 0.995 in steps of 0.005, binomial, or beta-binomial "
        "with the design effect. Truth: p. Enumerated, so there is no Monte-Carlo error. Violation: tasks finish in "
        "groups and the interval takes them as independent (design effect above the assumed one)."
    ),
    "flow change": (
        "Data: one list of n open tasks over two intervals of the days shown; daily hazard 0.003 in the first, in the "
        "later one as shown; additions Poisson with a mean of 10% of the tasks open; finished tasks binomial, or "
        "beta-binomial with the design effect. Truth: the change of the 30-day hazard. Where the later hazard is "
        "0.003 too, intervals that exclude no change are false alarms, elsewhere they are power; the verdict asks for "
        "this at a design effect of 2. Violations: a design effect that is ignored, additions that enter evenly over "
        "the interval instead of on its first day."
    ),
    "flow trend": (
        "Data: one list of n open tasks over intervals of 60 to 120 days; daily hazard 0.0025 in the middle, its "
        "logarithm changing by the slope a quarter; additions Poisson with a mean of the growth shown; finished tasks "
        "binomial or beta-binomial. Truth: the slope. At slope 0 intervals that exclude no slope are false alarms, "
        "elsewhere they are power. The design effect is estimated, not assumed. Violation: additions that enter "
        "evenly over each interval."
    ),
    "unlike change": (
        "Data: one list of n tasks that began together 60 days before the first of two intervals of 92 days; each "
        "task is finished at its own rate times an effort of 0.004 a day in the first interval, in the second times "
        "the effort shown; additions Poisson with a mean of growth times n, new and from the first day (0+1: none, "
        "then as many as began). Own rates have a mean of 1 and are alike, gamma or log-normal with the variance "
        "shown, of two groups (one task in five three times as fast, the others half as fast, variance 1), or half of "
        "them zero (variance 1 too). Truth: the effort. At an effort of 1 *slower* is a false alarm, elsewhere it is "
        "power. Violations: gamma 2, more spread than the verdict allows for, and tasks that can never be finished."
    ),
    "unlike trend": (
        "Data: as above, over intervals of 60 to 120 days; the logarithm of the effort changes by the slope a "
        "quarter. Truth: the slope of the effort. At slope 0 *falling* is a false alarm, elsewhere it is power. "
        "Violations: as above."
    ),
    "unlike outlook": (
        "Data: lists that start with n tasks of their own rates, as above, and get no more; intervals of 90 days at "
        "one effort, at which uniformly 0.1 to 0.5 of tasks that are alike would be finished in each. Truth: the "
        "number finished in the future of ratio times 90 days at that effort. Violation: all of it, for the outlook "
        "takes the tasks left as no harder than those finished."
    ),
    "outlook": (
        "Data: lists that start with n tasks, intervals of 90 days, a share of uniformly 0.1 to 0.5 of the tasks "
        "finished in each, additions Poisson with a mean of 20% of the tasks open; then the future of ratio times 90 "
        "days, with the same share and the same clustering. Truth: the number finished in that future. Assumed: the "
        "design effect of the prediction, or that it is learnt from the list; printed at 4 where it is assumed. "
        "Violation: a design effect of 4 that is ignored. A list with nothing left open is not predicted."
    ),
    "pooling": (
        "Data: lists of 25 to 200 tasks in as many areas as shown, propensities from a beta distribution of mean 0.55 "
        "and the intraclass correlation shown, finished tasks binomial, or beta-binomial with the design effect. "
        "Assumed: the design effect that counts are divided by, or that it is learnt from four intervals of each "
        "list. Truth: the first area's propensity. Violation: a design effect above the assumed one."
    ),
    "funnel": (
        "Data: lists of 25 to 200 tasks in as many areas as shown, all of propensity 0.55, finished tasks binomial or "
        "beta-binomial with the design effect. Assumed: as for the pooled shares. Truth: no area differs, so that any "
        "area singled out is a false alarm. Violation: a design effect above the assumed one."
    ),
    "threshold": (
        "Data: n past revisions and the one to come, normal around the mean (0 where none is shown) with a spread in "
        "percentage points, or with a spread drawn from the prior; where jumps are shown, each revision has that "
        "chance of a spread five times as large. Truth: the final value. At the margin: the value is published as far "
        "below the threshold as just makes the verdict *below*, which is wrong if the final value reaches it. The bar "
        "is the 90% interval drawn with a verdict. The chance: the value is published so far below the threshold that "
        "the final one reaches it with a true chance of 2%; counted is how often that lies in the band of words that "
        "the one prior gives, and in what is printed: words where all priors agree, else the range of their chances. "
        "Violations: revisions that mostly go up, revisions that jump."
    ),
    "trend": (
        "Data: n years of a line with the slope shown, in units of the noise's standard deviation, and normal noise "
        "whose neighbouring years correlate by ρ. Truth: the slope. At slope 0 tests and verdicts that find a trend "
        "are false alarms, elsewhere they are power. The nominal size of the exact test is the largest attainable one "
        "at n. Violation: serial dependence, which the exact test and Theil and Sen's interval do not know."
    ),
    "trend families": (
        "Data: yearly values of 34 areas around lines, standard deviations log-normal over areas, neighbouring years "
        "correlated by ρ; or random walks; the first areas rise by one standard deviation a year where a number of "
        "sloping ones is shown. Truth: who has a slope; areas named without one are counted as a share of those "
        "named, so that a family without any counts whole. A family is judged together, as in the report: order and "
        "one assumed carry-over first, then a line under the carry-over that all series show together, or nobody "
        "where the series may as well drift. Violation: a random walk with steps of half a standard deviation beneath "
        "noise."
    ),
    "level trends": (
        "Data: levels of 34 areas that are random walks, their steps with standard deviations log-normal over areas "
        "and correlated by ρ; the first areas' steps have a mean of one standard deviation where a number of sloping "
        "ones is shown. Truth: whose steps have a mean. What Kendall's test would name on the levels themselves "
        "stands beside it."
    ),
    "score trends": (
        "Data: scores of 34 areas that keep their places while all scores draw together, to a third of their spread, "
        "with noise of the standard deviation shown. Truth: no area moves among the others, though every extreme one "
        "moves towards the mean."
    ),
    "panel": (
        "Data: areas by years, own levels and slopes, yearly shocks of standard deviation 2 common to all, normal "
        "noise of standard deviation 1; true slopes spread by the ratio shown, in standard errors of one slope. Truth: "
        "each slope's deviation from the mean of all. At ratio 0 rejections of equal slopes are false alarms, "
        "elsewhere they are power. Violation: noise whose standard deviation differs between areas (log-normal, "
        "uneven 1)."
    ),
    "mixed model": (
        "Data: as above with equal noise, each panel fitted by a mixed model with year effects beside the closed form, "
        "by the rules of the report. Truth: slopes spread by the ratio shown, in standard errors of one slope; at "
        "ratio 0 there is no spread to find. A fit on the boundary has a variance at zero or a level and slope tied "
        "to each other; a search failed where it raised an error, did not converge or ended without a likelihood."
    ),
    "exposed": (
        "Data: 34 areas, noise whose neighbouring years correlate by 0.3 and whose standard deviation differs between "
        "areas (log-normal); exposure normal, log-normal (skewed), or 1 in 11, 6 or 3 areas and 0 elsewhere; one year "
        "after the start; 399 bootstrap draws and permutations. Truth: the association shown, in percentage points "
        "per unit of exposure. At 0 rejections are false alarms, elsewhere they are power. The plain t test with "
        "standard errors clustered by area is shown for comparison only."
    ),
    "mean differences": (
        "Data: yearly differences of areas to a comparator, neighbouring years correlated by ρ; standard deviations "
        "of 1, log-normal over areas, or 3 for a quarter of them; true means all 0, half of them 1, or from −2 to 2, "
        "in standard deviations. Truth: the means; a discovery is false where the mean is 0 or has the other sign. "
        "Other processes: t with 5 degrees of freedom; half the variance shared by one of six regions; a comparator "
        "that contains the areas, with log-normal weights; a comparator with noise as large as an area's; one year in "
        "twenty revised by four standard deviations. Violations: each area with a carry-over of its own, from 0 to "
        "0.8; random walks, whose truth is their start."
    ),
    "ranks of means": ("Data: as the mean differences. Truth: the places that ties leave open to each area."),
    "ranks": (
        "Data: scores of as many areas as shown with known standard errors of 0.3 to 1.5, true scores all equal, "
        "equal in two halves, or one apart; or counts of lists of 25 to 200 tasks, all of one propensity (0.5 or "
        "0.95). Truth: the places that ties leave open to each area. Violation: tasks finish in groups (design effect "
        "2), which the standard errors do not know."
    ),
}
"""By kind of simulation, named as in the tables; a test checks that the table has no others."""
