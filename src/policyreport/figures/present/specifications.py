"""Whether headlines survive other choices: a row per headline, the figures, every specification in a fold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from policyreport.data.inputs import Inputs
from policyreport.figures.checks import specification_plot
from policyreport.figures.exhibits import Exhibit, Exhibits, join
from policyreport.figures.present.names import heading
from policyreport.figures.present.side_by_side import exposure_name
from policyreport.figures.present.voice import Voice, folded, listed, refusals_by_code
from policyreport.figures.tables import table
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
"""The verdict on another list whose interval holds the headline's share."""

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
"""What is chosen between, where the method's own name would not be understood."""


def sensitivity(
    results: Sequence[Sensitivity | Refusal], scores: Sequence[Sensitivity | Refusal], inputs: Inputs
) -> Exhibits:
    """Show how many specifications agree with each headline, and which differs most.

    From `assess.sensitivity` and `assess.score_specifications`: "sensitivity", "specifications",
    "score-specifications".
    """
    voice = Voice(inputs)
    done = [_named(voice, each) for each in results if isinstance(each, Sensitivity)]
    refused = [
        voice.refusal(each.model_copy(update={"detail": ""}), f"Other choices: {_asked(voice, each)}")
        for each in results
        if isinstance(each, Refusal)
    ]
    # A headline that comes out the same number everywhere needs no picture.
    drawn = [_figure(voice, each) for each in done if each.low != each.high]
    return Exhibits(
        [
            join("sensitivity", _summary(voice, done) if done else "", *dict.fromkeys(refused)),
            join("specifications", *drawn, _every(voice, done)),
            _scores(voice, scores),
        ]
    )


def _scores(voice: Voice, results: Sequence[Sensitivity | Refusal]) -> Exhibit:
    """The same for the trends of each governance score: the series that are long enough for estimated errors."""
    done = [_named(voice, each) for each in results if isinstance(each, Sensitivity)]
    if not done:
        return Exhibit("score-specifications", "")
    firm = sum(each.agree == each.of for each in done)
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
    known = voice.inputs.indicators.by_id().get(word)
    return QUESTIONS.get(word) or escape(known.name if known else word)


def _summary(voice: Voice, done: Sequence[Sensitivity]) -> Exhibit:
    judged = [each for each in done if _headline(each).verdict]
    agree = sum(each.agree == each.of for each in judged)
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
    for each in done:
        head = _headline(each)
        body.append(
            [
                _question(voice, each),
                _answered(voice, each, head),
                _agreement(each),
                str(each.refused),
                str(each.repeated),
                _range(voice, each),
                escape(each.most_different) or "none differs",
            ]
        )
    columns = ["Question", "Headline", "Holds in", "Refused", "Repeats", "Median (range)", "Most different answer"]
    return table(label, columns, body, caption, align="llrrrrl", wide=True)


def _answered(voice: Voice, each: Sensitivity, head: Specification) -> str:
    """The headline's verdict; of a score how many provinces are singled out, and which way most of them go."""
    if not head.verdict:
        return _number(voice, each, head.estimate)
    if _is_score(voice, each) and head.estimate:
        return f"{_number(voice, each, head.estimate)}, {voice.verdict(head.verdict)}"
    return voice.verdict(head.verdict)


def _is_score(voice: Voice, each: Sensitivity) -> bool:
    """Whether a grid is about the trends of a governance score."""
    return each.method == "trend" and each.subject in voice.inputs.roles.governance.indicators


def _figure(voice: Voice, each: Sensitivity) -> Exhibit:
    """Estimates of all specifications, sorted, above the choices behind each."""
    declined = f"; {each.refused} more are refused" if each.refused else ""
    finding = f"{_question(voice, each)}: the headline holds in {each.agree} of {each.of} specifications{declined}"
    measured = f"Estimate, {UNITS.get(each.method, '')}, of every distinct combination of choices, sorted; the headline is marked"
    line = voice.inputs.policy.threshold.value if each.method == "threshold" else 0.0
    scaled = each.model_copy(update={"specifications": _shown(each)})
    if each.method == "completion":
        others = _others(each)
        apart = sum(not row.refused and row.verdict != ALIKE for row in others)
        finding = f"{_question(voice, each)}: {apart} of {len(others)} specifications of other lists differ{declined}"
        measured = (
            "Completed share, % of the list, of the newest count of each central list, sorted; other lists hold other tasks "
            "and are no alternatives to the newest, which is marked; line: its share"
        )
        scaled = each.model_copy(update={"specifications": tuple(_in_percent(row) for row in _shown(each))})
        line = 100 * (_headline(each).estimate or 0.0)
    frame = voice.frame(f"sensitivity-{each.method}", finding, f"{measured}; beneath, the choices of each", each.inputs)
    return specification_plot(scaled, frame, UNITS.get(each.method, ""), line=line)


def _in_percent(row: Specification) -> Specification:
    return row.model_copy(update={"estimate": None if row.estimate is None else 100 * row.estimate})


def _shown(each: Sensitivity) -> tuple[Specification, ...]:
    """Every row except those that only repeat another."""
    return tuple(row for row in each.specifications if not row.repeats)


def _headline(each: Sensitivity) -> Specification:
    """The row behind the printed figure."""
    return next(row for row in each.specifications if row.headline)


def _others(each: Sensitivity) -> list[Specification]:
    """Rows of lists other than the headline's: what a count can be compared with."""
    own = _headline(each).choices["list"]
    return [row for row in _shown(each) if row.choices["list"] != own]


def _agreement(each: Sensitivity) -> str:
    """In how many specifications the headline's verdict holds; of a count, how many other lists agree with it."""
    if each.method != "completion":
        return f"{each.agree} of {each.of}"
    return f"{each.agree} of {each.of} of other lists" if each.of else "no other list"


def _question(voice: Voice, each: Sensitivity) -> str:
    """The question; of a count also what the others are compared with: its share and day."""
    asked = QUESTIONS.get(each.method, each.method)
    if _is_score(voice, each):
        return heading(voice.indicator(each.subject))
    if each.method != "completion":
        return asked
    head, rows = _headline(each), voice.inputs.newest
    keys = [known.id for known in voice.inputs.policy.lists if known.title == head.choices["list"]]
    days = rows.loc[
        rows["list"].isin(keys) & (rows["indicator"] == voice.inputs.roles.tasks.completed), "reference_date"
    ]
    day = days.max()
    when = f"“{escape(head.choices['list'])}”" if pd.isna(day) else voice.date(day.date())
    return f"{asked}, against {_number(voice, each, head.estimate)} of {when}"


def _every(voice: Voice, done: Sequence[Sensitivity]) -> str:
    """Every specification of every headline, on the site only."""
    lists = "\n\n".join(
        f"**{_question(voice, each)}**\n\n"
        + "\n".join([_line(voice, each, row) for row in _shown(each)] + _repeated(each))
        for each in done
    )
    count = sum(len(_shown(each)) for each in done)
    return folded(f"All {count} distinct specifications", lists)


def _repeated(each: Sensitivity) -> list[str]:
    """How many declared combinations rest on the same figures and settings as a listed one."""
    if not each.repeated:
        return []
    return [f"- {each.repeated} more combinations rest on the same figures and settings as one of these"]


def _line(voice: Voice, each: Sensitivity, row: Specification) -> str:
    choices = escape(", ".join(row.choices.values()))
    whole = UNITS[each.method].removeprefix("%") if each.method in ("completion", "threshold") else ""
    judged = f", {voice.verdict(row.verdict)}" if row.verdict else "" if row.headline else ", the same count"
    said = voice.short(row.refused) if row.refused else f"{_number(voice, each, row.estimate)}{whole}{judged}"
    return f"- {choices}: {said}" + (" **(headline)**" if row.headline else "")


def _range(voice: Voice, each: Sensitivity) -> str:
    if each.median is None or each.low is None or each.high is None:
        return "no number"
    if each.low == each.high:
        return _number(voice, each, each.median)
    return (
        f"{_number(voice, each, each.median)} ({_number(voice, each, each.low)} to {_number(voice, each, each.high)})"
    )


def _number(voice: Voice, each: Sensitivity, value: float | None) -> str:
    """An estimate in its unit."""
    if value is None:
        return "no number"
    if each.method == "completion":
        return voice.formats.percent(value)
    if each.method in ("trend", "peers"):
        # A median of an even number of counts may lie between two of them.
        return voice.formats.number(value, 0 if value == round(value) else 1)
    if each.method == "threshold":
        return voice.percent_as_published(value)
    return voice.formats.number(value, 2, signed=each.method == "exposure")


def _named(voice: Voice, each: Sensitivity) -> Sensitivity:
    """The same table with choices as readers see them."""
    rows = tuple(
        row.model_copy(
            update={"choices": {AXES.get(axis, axis): _choice(voice, axis, pick) for axis, pick in row.choices.items()}}
        )
        for row in each.specifications
    )
    words = [part.partition(" ") for part in each.most_different.split(", ") if part]
    head = _headline(each).choices
    # `head` has the methods' names of the choices, `rows` those that readers see.
    told = ", ".join(_choice(voice, axis, pick) for axis, _, pick in words if axis in head)
    return each.model_copy(update={"specifications": rows, "most_different": told})


def _choice(voice: Voice, axis: str, pick: str) -> str:
    if axis == "measure":
        return voice.plain_measure(pick)
    if axis == "exposure":
        return exposure_name(voice, pick)
    if axis == "list":
        return voice.inputs.policy.list_named(pick).title
    said = {
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
        return said.replace("s0", "× prior scale")
    if axis == "prior" and said == pick:
        worth = float(pick.removesuffix(" degrees"))
        return f"prior worth {voice.as_published(worth)} revision{'' if worth == 1 else 's'}"
    return f"{said} peers" if axis == "peers" else said
