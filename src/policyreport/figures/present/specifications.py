"""Whether headlines survive other choices: a row per headline, the figures, every specification in a fold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from policyreport.data.inputs import Inputs
from policyreport.figures.checks import specification_plot
from policyreport.figures.exhibits import Exhibit, Exhibits, join
from policyreport.figures.present.side_by_side import exposure_name
from policyreport.figures.present.voice import Voice, folded, listed, refusals_by_code
from policyreport.figures.tables import table
from policyreport.params.phrases import capitalised
from policyreport.records.base import Refusal
from policyreport.records.markdown import escape
from policyreport.records.series import Sensitivity, Specification

QUESTIONS: Mapping[str, str] = {
    "completion": "Tasks completed",
    "threshold": "Share against the threshold",
    "pace": "Pace towards the nearest target",
    "trend": "Growth trends singled out",
    "peers": "Mean growth told apart from peers",
    "exposure": "Growth and exposure",
}

UNITS: Mapping[str, str] = {
    "completion": "% of the list",
    "threshold": "% of GDP",
    "pace": "observed to required pace",
    "trend": "provinces",
    "peers": "provinces",
    "exposure": "percentage points",
}


COUNTED = (
    "Holds in: of the distinct combinations that have an answer. Refused ones have none; repeats rest on the same figures "
    "and settings as another, such as the first vintage of a figure that was published once. A description, not a test."
)

ALIKE = "cannot tell apart"
"""The verdict on another list whose interval contains the headline's share."""

AXES: Mapping[str, str] = {
    "post": "years after the start",
    "control": "held fixed",
    "inference": "how p is found",
    "form": "form of growth",
    "base": "base year",
    "clustering": "tasks that finish together",
    "scale": "size of revisions expected",
    "prior": "weight of that expectation",
    "mean": "direction of revisions expected",
}
"""Names of the axes of choice, where readers would not understand the method's own."""


def sensitivity(
    results: Sequence[Sensitivity | Refusal], scores: Sequence[Sensitivity | Refusal], inputs: Inputs
) -> Exhibits:
    """Show how many specifications agree with each headline, and which differs most.

    From `headline_specifications` and `score_specifications`: "sensitivity", "specifications",
    "score-specifications".
    """
    voice = Voice(inputs)
    done = [_named(voice, result) for result in results if isinstance(result, Sensitivity)]
    refused = [
        voice.refusal(result.model_copy(update={"detail": ""}), f"Other choices: {_asked(voice, result)}")
        for result in results
        if isinstance(result, Refusal)
    ]
    # A headline that comes out the same number everywhere needs no picture.
    drawn = [_figure(voice, result) for result in done if result.low != result.high]
    return Exhibits(
        [
            join("sensitivity", _summary(voice, done) if done else "", *dict.fromkeys(refused)),
            join("specifications", *drawn, _every(voice, done)),
            _scores(voice, scores),
        ]
    )


def _scores(voice: Voice, results: Sequence[Sensitivity | Refusal]) -> Exhibit:
    """The same for the trends of each governance score: the series that are long enough for estimated errors."""
    done = [_named(voice, result) for result in results if isinstance(result, Sensitivity)]
    if not done:
        return Exhibit("score-specifications", "")
    firm = sum(result.agree == result.of for result in done)
    needed = voice.inputs.settings.trend.hac_from_points
    reasons = []
    for group in refusals_by_code(results).values():
        scores = listed([voice.indicator(refusal.subject.split()[-1]) for refusal in group])
        reasons.append(voice.refusal(group[0].model_copy(update={"detail": ""}), f"Other choices: {scores}"))
    summary = _table(
        voice,
        "score-specifications",
        done,
        f"Scores whose provinces' trends come out alike in every specification: {firm} of {len(done)}. *Provinces singled out, with "
        "the direction of most of them, under all combinations of years, series and serial dependence declared before the run; estimated errors (HAC, "
        f"GLSAR) are refused below {needed} years. {COUNTED}*",
    )
    return join("score-specifications", summary, *reasons, _every(voice, done))


def _asked(voice: Voice, refused: Refusal) -> str:
    """What a refused headline was about: its question, or its indicator."""
    word = refused.subject.split()[0]
    indicator = voice.inputs.indicators.by_id().get(word)
    return QUESTIONS.get(word) or escape(indicator.name if indicator else word)


def _summary(voice: Voice, done: Sequence[Sensitivity]) -> Exhibit:
    judged = [result for result in done if _headline(result).verdict]
    agree = sum(figure.agree == figure.of for figure in judged)
    unjudged = "" if len(judged) == len(done) else (
        " The completed share is a count without a verdict: only other lists are set against it, and since they hold other "
        "tasks they say how far lists lie apart, not whether the count holds."
    )  # fmt: skip
    return _table(
        voice,
        "sensitivity",
        done,
        f"Headlines that hold in every specification: {agree} of {len(judged)}. *All combinations of the choices declared before the run. "
        f"{COUNTED}{unjudged}*",
    )


def _table(voice: Voice, label: str, done: Sequence[Sensitivity], caption: str) -> Exhibit:
    """A row per question: its headline, in how many specifications it holds, and the answer that differs most."""
    body = []
    for result in done:
        head = _headline(result)
        body.append(
            [
                _question(voice, result),
                _answered(voice, result, head),
                _agreement(result),
                str(result.refused),
                str(result.repeated),
                _range(voice, result),
                escape(result.most_different) or "none differs",
            ]
        )
    columns = ["Question", "Headline", "Holds in", "Refused", "Repeats", "Median (range)", "Most different answer"]
    return table(label, columns, body, caption, align="llrrrrl", wide=True)


def _answered(voice: Voice, grid: Sensitivity, head: Specification) -> str:
    """The headline's verdict; of a score how many provinces are singled out, and which way most of them go."""
    if not head.verdict:
        return _number(voice, grid, head.estimate)
    if _is_score(voice, grid) and head.estimate:
        return f"{_number(voice, grid, head.estimate)}, {voice.verdict(head.verdict)}"
    return voice.verdict(head.verdict)


def _is_score(voice: Voice, grid: Sensitivity) -> bool:
    """Whether a grid is about the trends of a governance score."""
    return grid.method == "trend" and grid.subject in voice.inputs.roles.governance.indicators


def _figure(voice: Voice, grid: Sensitivity) -> Exhibit:
    """Estimates of all specifications, sorted, above the choices behind each."""
    declined = f"; {grid.refused} more are refused" if grid.refused else ""
    finding = f"{_question(voice, grid)}: the headline holds in {grid.agree} of {grid.of} specifications{declined}"
    measured = f"Estimate, {UNITS.get(grid.method, '')}, of every distinct combination of choices, sorted; the headline is marked"
    line = voice.inputs.policy.threshold.value if grid.method == "threshold" else 0.0
    scaled = grid.model_copy(update={"specifications": _shown(grid)})
    if grid.method == "completion":
        others = _others(grid)
        apart = sum(not row.refused and row.verdict != ALIKE for row in others)
        finding = f"{_question(voice, grid)}: {apart} of {len(others)} specifications of other lists differ{declined}"
        measured = (
            "Completed share, % of the list, of the newest count of each central list, sorted; other lists hold other tasks "
            "and are no alternatives to the newest, which is marked; line: its share"
        )
        scaled = grid.model_copy(update={"specifications": tuple(_in_percent(row) for row in _shown(grid))})
        line = 100 * (_headline(grid).estimate or 0.0)
    frame = voice.frame(f"sensitivity-{grid.method}", finding, f"{measured}; beneath, the choices of each", grid.inputs)
    return specification_plot(scaled, frame, UNITS.get(grid.method, ""), line=line)


def _in_percent(row: Specification) -> Specification:
    return row.model_copy(update={"estimate": None if row.estimate is None else 100 * row.estimate})


def _shown(grid: Sensitivity) -> tuple[Specification, ...]:
    """Every row except those that only repeat another."""
    return tuple(row for row in grid.specifications if not row.repeats)


def _headline(grid: Sensitivity) -> Specification:
    """The row behind the printed figure."""
    return next(row for row in grid.specifications if row.headline)


def _others(grid: Sensitivity) -> list[Specification]:
    """Rows of lists other than the headline's: what a count can be compared with."""
    own = _headline(grid).choices["list"]
    return [row for row in _shown(grid) if row.choices["list"] != own]


def _agreement(grid: Sensitivity) -> str:
    """In how many specifications the headline's verdict holds; of a count, how many other lists agree with it."""
    if grid.method != "completion":
        return f"{grid.agree} of {grid.of}"
    return f"{grid.agree} of {grid.of} of other lists" if grid.of else "no other list"


def _question(voice: Voice, grid: Sensitivity) -> str:
    """The question; of a count also what the others are compared with: its share and day."""
    asked = QUESTIONS.get(grid.method, grid.method)
    if _is_score(voice, grid):
        return capitalised(voice.indicator(grid.subject))
    if grid.method != "completion":
        return asked
    head, rows = _headline(grid), voice.inputs.newest
    keys = [task_list.id for task_list in voice.inputs.policy.lists if task_list.title == head.choices["list"]]
    days = rows.loc[
        rows["list"].isin(keys) & (rows["indicator"] == voice.inputs.roles.tasks.completed), "reference_date"
    ]
    day = days.max()
    when = f"“{escape(head.choices['list'])}”" if pd.isna(day) else voice.date(day.date())
    return f"{asked}, against {_number(voice, grid, head.estimate)} of {when}"


def _every(voice: Voice, done: Sequence[Sensitivity]) -> str:
    """Every specification of every headline, on the site only."""
    lists = "\n\n".join(
        f"**{_question(voice, result)}**\n\n"
        + "\n".join([_line(voice, result, row) for row in _shown(result)] + _repeated(result))
        for result in done
    )
    count = sum(len(_shown(result)) for result in done)
    return folded(f"All {count} distinct specifications", lists)


def _repeated(grid: Sensitivity) -> list[str]:
    """How many declared combinations rest on the same figures and settings as a listed one."""
    if not grid.repeated:
        return []
    return [f"- {grid.repeated} more combinations rest on the same figures and settings as one of these"]


def _line(voice: Voice, grid: Sensitivity, row: Specification) -> str:
    choices = escape(", ".join(row.choices.values()))
    whole = UNITS[grid.method].removeprefix("%") if grid.method in ("completion", "threshold") else ""
    judged = f", {voice.verdict(row.verdict)}" if row.verdict else "" if row.headline else ", the same count"
    answer = voice.short(row.refused) if row.refused else f"{_number(voice, grid, row.estimate)}{whole}{judged}"
    return f"- {choices}: {answer}" + (" **(headline)**" if row.headline else "")


def _range(voice: Voice, grid: Sensitivity) -> str:
    if grid.median is None or grid.low is None or grid.high is None:
        return "no number"
    if grid.low == grid.high:
        return _number(voice, grid, grid.median)
    return (
        f"{_number(voice, grid, grid.median)} ({_number(voice, grid, grid.low)} to {_number(voice, grid, grid.high)})"
    )


def _number(voice: Voice, grid: Sensitivity, value: float | None) -> str:
    """An estimate in its unit."""
    if value is None:
        return "no number"
    if grid.method == "completion":
        return voice.formats.percent(value)
    if grid.method in ("trend", "peers"):
        # A median of an even number of counts may lie between two of them.
        return voice.formats.number(value, 0 if value == round(value) else 1)
    if grid.method == "threshold":
        return voice.percent_as_published(value)
    return voice.formats.number(value, 2, signed=grid.method == "exposure")


def _named(voice: Voice, grid: Sensitivity) -> Sensitivity:
    """The same table with choices as readers see them."""
    rows = tuple(
        row.model_copy(
            update={"choices": {AXES.get(axis, axis): _choice(voice, axis, pick) for axis, pick in row.choices.items()}}
        )
        for row in grid.specifications
    )
    picks = [part.partition(" ") for part in grid.most_different.split(", ") if part]
    head = _headline(grid).choices
    # `head` has the methods' names of the choices, `rows` those that readers see.
    choices = ", ".join(_choice(voice, axis, pick) for axis, _, pick in picks if axis in head)
    return grid.model_copy(update={"specifications": rows, "most_different": choices})


def _choice(voice: Voice, axis: str, pick: str) -> str:
    if axis == "measure":
        return voice.plain_measure(pick)
    if axis == "exposure":
        return exposure_name(voice, pick)
    if axis == "list":
        return voice.inputs.policy.list_named(pick).title
    name = {
        ("control", "none"): "no control",
        ("control", "merged"): "merger held fixed",
        ("post", "all"): "every year after the start",
        ("post", "first"): "the first year after the start alone",
        ("form", "cagr"): "compound",
        ("form", "pp"): "straight line",
        ("vintage", "newest"): "newest vintage",
        ("vintage", "first"): "first vintage",
        ("mean", "zero"): "mean revision zero",
        ("mean", "normal"): "mean revision about zero",
        ("mean", "flat"): "mean revision as in the past",
        ("scale", "none"): "no prior scale",
        ("prior", "0 degrees"): "no prior",
        ("base", "earliest"): "from the earliest year",
        ("base", "shortest"): "from the latest base allowed",
        ("base", "one year"): "one-year pace",
        ("dependence", "learnt"): "carry-over learnt from all provinces",
        ("carry-over", "learnt"): "carry-over learnt from all provinces",
        ("carry-over", "none"): "years independent",
        ("window", "all"): "all years",
        ("likeness", "all"): "all variables",
        ("dependence", "HAC"): "estimated errors (HAC)",
        ("dependence", "GLSAR"): "fitted dependence (GLSAR)",
        ("inference", "WCR"): "wild cluster bootstrap (WCR)",
        ("inference", "RI-t"): "permuted exposures (RI-t)",
        ("inference", "CRV1"): "textbook clustered error (CRV1)",
        ("weight", "plain"): "plain mean",
        ("weight", "output"): "weighted by output",
    }.get((axis, pick), pick)
    if axis == "scale":
        return name.replace("s0", "× prior scale")
    if axis == "prior" and name == pick:
        worth = float(pick.removesuffix(" degrees"))
        return f"prior worth {voice.as_published(worth)} revision{'' if worth == 1 else 's'}"
    return f"{name} peers" if axis == "peers" else name
