"""Do the headlines survive other sensible choices (METHODS §16)? Full grids, declared in params/methods.yaml."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

from policyreport.data.inputs import Inputs
from policyreport.params.methods import ThresholdSettings
from policyreport.records.base import NEVER_ESTIMATED, Observation, Refusal
from policyreport.records.digits import as_computed, as_published
from policyreport.records.shares import NotYearly, Pace, Threshold
from policyreport.statistics.common.intervals import wilson
from policyreport.statistics.common.sensitivity import Answer, Axes, Choices, Grid, resting_on, run
from policyreport.statistics.ranks.specifications import exposure_specifications, peers_specifications
from policyreport.statistics.series.specifications import trend_specifications
from policyreport.statistics.shares import pace as pace_method
from policyreport.statistics.shares import threshold as threshold_method
from policyreport.statistics.shares.frame import Shares, read_shares, year_of, yearly
from policyreport.statistics.shares.pace import read_targets
from policyreport.statistics.shares.prior_cells import mean_of
from policyreport.statistics.shares.revision_error import RevisionPrior, flat_prior, prior_grid
from policyreport.statistics.shares.revisions import history
from policyreport.statistics.tasks.counts import TaskCount
from policyreport.statistics.tasks.frame import read_lists

Goal = dict[str, Any]


def headline_specifications(inputs: Inputs) -> tuple[Grid, ...]:
    """Answer each headline of the report under every declared choice.

    Completion, threshold, pace, trend, peers, exposure; a refused headline gives its refusal.
    """
    return (
        completion_specifications(inputs),
        threshold_specifications(inputs),
        pace_specifications(inputs),
        trend_specifications(inputs),
        peers_specifications(inputs),
        exposure_specifications(inputs),
    )


def completion_specifications(inputs: Inputs) -> Grid:
    """Compare every national list, under every design effect, with the newest list's completed share.

    Estimates are shares of 1; *cannot tell apart* where the interval includes the headline's share. The headline's own
    list has no verdict and is not counted: nothing is compared with itself.
    """
    # The newest date of each list comes last.
    published = read_lists(inputs.tasks).of_one_area()
    counts = {count.list: count for count in published if count.total and count.completed is not None}
    lists = [key for key in inputs.roles.tasks.national_lists if key in counts] or list(counts)
    if not lists:
        return _not_published("completion", inputs.roles.tasks.completed)
    effects = inputs.settings.sensitivity.completion_design_effects
    factors = {f"design effect {as_published(effect)}": effect for effect in effects}
    headline = {"list": lists[-1], "clustering": next(iter(factors))}
    last = _share(counts[lists[-1]])

    def estimate(choices: Choices) -> Answer:
        count = counts[choices["list"]]
        done, total = count.completed or 0, count.total or 0
        if total < inputs.settings.completion.minimum_tasks:
            return Refusal(code="list-too-short", method="completion", subject=count.list)
        factor = factors[choices["clustering"]]
        low, high = wilson(done / factor, total / factor)
        if count.list == lists[-1]:
            return _share(count), ""
        return _share(count), "above" if low > last else "below" if high < last else "cannot tell apart"

    axes = {"list": lists, "clustering": list(factors)}
    grid = run("completion", inputs.roles.tasks.completed, axes, headline, estimate)
    if isinstance(grid, Refusal):
        return grid
    others = [row for row in grid.specifications if not row.refused and row.choices["list"] != lists[-1]]
    alike = sum(row.verdict == "cannot tell apart" for row in others)
    rows = (row for key in lists for row in counts[key].inputs)
    return resting_on(grid.model_copy(update={"agree": alike, "of": len(others)}), rows)


def threshold_specifications(inputs: Inputs) -> Grid:
    """Judge the newest share of every national measure by either vintage, under every prior and without one.

    Estimates are the published values; the verdict is that against the threshold.
    """
    role, settings = inputs.roles.share, inputs.settings.sensitivity
    shares = read_shares(inputs.shares)
    vintages = {measure: _estimated(shares.vintages(measure)) for measure in role.measures}
    estimated = {measure: figures for measure, figures in vintages.items() if figures}
    if role.headline_measure not in estimated:
        return _not_published("threshold", role.indicator)
    own = shares.prior(inputs.settings.threshold)
    every = _prior_choices(own, inputs.settings.threshold)

    def judge(choices: Choices) -> Threshold | Refusal:
        figures = estimated[choices["measure"]]
        newest = [figure for figure in figures if figure.period == figures[-1].period]
        judged = threshold_method.judge_vintage(
            newest[-1] if choices["vintage"] == "newest" else newest[0],
            history(shares.vintages(choices["measure"]), inputs.settings.threshold),
            inputs.settings.threshold,
            threshold=inputs.policy.threshold.value,
            prior=every[choices["mean"], choices["scale"], choices["prior"]],
        )
        if isinstance(judged, NotYearly):
            raise TypeError(f"{judged.period} among calendar years")
        return judged

    def estimate(choices: Choices) -> Answer:
        judged = judge(choices)
        return judged if isinstance(judged, Refusal) else (judged.observation.value, judged.verdict)

    def basis(choices: Choices) -> Hashable:
        """One vintage and one revision error: newest and first are the same figure where there is one vintage."""
        judged = judge(choices)
        if isinstance(judged, Refusal):
            return tuple(choices.items())
        return judged.observation.id, judged.scale, judged.degrees, choices["mean"]

    rows = [
        {"measure": measure, "vintage": vintage, "mean": mean, "scale": scale, "prior": weight}
        for measure, vintage, (mean, scale, weight) in product(estimated, settings.threshold_vintages, every)
    ]
    headline = {"measure": role.headline_measure, "vintage": "newest"} | dict(
        zip(("mean", "scale", "prior"), _prior_key(own, own), strict=True)
    )
    grid = run("threshold", role.indicator, rows, headline, estimate, basis)
    return resting_on(grid, (vintage.id for vintages in estimated.values() for vintage in _judged_by(vintages)))


def _prior_choices(own: RevisionPrior, settings: ThresholdSettings) -> dict[tuple[str, str, str], RevisionPrior]:
    """Priors by mean, scale and weight: those of the report's grid, and two without a scale."""
    grid = prior_grid(own, factors=settings.prior_factors, mean_weight=settings.prior_mean_weight)
    none = replace(own, degrees=0.0)
    return {_prior_key(own, choice): choice for choice in (*grid, none, flat_prior(own))}


def _prior_key(own: RevisionPrior, choice: RevisionPrior) -> tuple[str, str, str]:
    """What distinguishes a prior from others; where it has no weight its scale does not count."""
    if choice.degrees <= 0:
        return mean_of(choice), "none", "0 degrees"
    scale = f"{as_computed(choice.scale / own.scale)} s0"
    return mean_of(choice), scale, f"{as_published(choice.degrees)} degrees"


def pace_specifications(inputs: Inputs) -> Grid:
    """Compare the pace of every measure, from every base and in both forms, with the nearest target.

    Estimates are ratios of observed to required pace; the verdict is the band of the form.
    """
    role, settings = inputs.roles.share, inputs.settings.sensitivity
    shares, goals = read_shares(inputs.shares), read_targets(inputs.targets)
    if not goals:
        return _not_published("pace", role.indicator)
    goal = min(goals, key=lambda goal: int(goal["target_year"]))

    @cache
    def record(measure: str, base: str) -> Pace | Refusal:
        return _pace(inputs, shares, measure, base, goal)

    def estimate(choices: Choices) -> Answer:
        pace = record(choices["measure"], choices["base"])
        if isinstance(pace, Refusal):
            return pace
        return (pace.ratio_cagr, pace.band) if choices["form"] == "cagr" else (pace.ratio_pp, pace.band_pp)

    def basis(choices: Choices) -> Hashable:
        """One measure from one year on in one form: the earliest year may be the shortest base too."""
        pace = record(choices["measure"], choices["base"])
        years = () if isinstance(pace, Refusal) else (pace.base_period, pace.latest_period)
        return choices["measure"], years, choices["form"]

    headline = {"measure": role.headline_measure, "base": "earliest", "form": "cagr"}
    main = _pace_record(inputs, shares, role.headline_measure, None, goal)
    if isinstance(main, Refusal):
        return main
    # Where the two forms disagree the worse one is the headline.
    headline["form"] = "cagr" if main.headline_bands[:1] in ((main.band,), ()) else "pp"
    axes: Axes = {
        "measure": list(role.pace_measures),
        "base": list(settings.pace_bases),
        "form": list(settings.pace_forms),
    }
    used = (vintage for measure in role.pace_measures for vintage in _estimated(shares.vintages(measure)))
    return resting_on(run("pace", role.indicator, axes, headline, estimate, basis), (vintage.id for vintage in used))


def _share(count: TaskCount) -> float:
    """Completed tasks as a share of 1."""
    return (count.completed or 0) / (count.total or 1)


def _estimated(vintages: Sequence[Observation]) -> list[Observation]:
    """Vintages that are figures for what happened in a calendar year, by year and date."""
    return [vintage for vintage in yearly(vintages) if vintage.status not in NEVER_ESTIMATED]


def _judged_by(vintages: Sequence[Observation]) -> list[Observation]:
    """Vintages of the newest period, and of revised periods, which show how far the newest may yet move."""
    times = Counter(vintage.period for vintage in vintages)
    return [vintage for vintage in vintages if vintage.period == vintages[-1].period or times[vintage.period] > 1]


def _pace_record(inputs: Inputs, shares: Shares, measure: str, base: int | None, goal: Goal) -> Pace | Refusal:
    vintages = shares.vintages(measure)
    if not vintages:
        return _not_published("pace", measure)
    return pace_method.estimate_pace(
        vintages,
        history(vintages, inputs.settings.threshold),
        inputs.settings.pace,
        **goal,
        prior=shares.prior(inputs.settings.threshold),
        base_year=base,
    )


def _pace(inputs: Inputs, shares: Shares, measure: str, base: str, goal: Goal) -> Pace | Refusal:
    """The pace of one measure from one of the declared bases."""
    settings = inputs.settings.pace
    years = sorted({year_of(vintage) for vintage in _estimated(shares.vintages(measure))})
    if not years:
        return _not_published("pace", measure)
    bases = {
        "earliest": None,
        "shortest": years[-1] - settings.minimum_base_years,
        # The last year whose figure is not after the day: the one that contains it.
        "one year": inputs.policy.date.year,
    }
    return _pace_record(inputs, shares, measure, bases[base], goal)


def _not_published(method: str, subject: str) -> Refusal:
    return Refusal(code="not-published", method=method, subject=subject)
