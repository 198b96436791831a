"""One line a page on what its methods could not give, in place of sections that only refuse."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from policyreport.data.inputs import Inputs
from policyreport.figures.exhibits import Exhibit, Exhibits
from policyreport.figures.present.voice import Voice, listed
from policyreport.params.phrases import inside
from policyreport.records.base import Refusal
from policyreport.records.notebooks import EvaluationRecord, SeriesRecord
from policyreport.records.shares import Revisions


def not_given(record: EvaluationRecord, series: SeriesRecord, inputs: Inputs) -> Exhibits:
    """List what each national page leaves out, by reason.

    Gives "tasks-not-given", "shares-not-given", "series-not-given": one line each, empty where nothing is left out.
    """
    voice = Voice(inputs)
    asked = voice.question
    revisions = [result for result in record.revisions if isinstance(result, Revisions)]
    on_tasks: dict[str, Sequence[object]] = {
        asked("flow"): record.flow,
        asked("outlook"): record.outlook,
        "how earlier outlooks fared": [record.calibration],
        asked("pooling"): [record.pooling],
        asked("funnel"): [record.funnel],
        "sets of ranks of completed shares": [record.count_ranks],
    }
    on_shares: dict[str, Sequence[object]] = {
        "whether the mean revision is zero": [result.bias_test for result in revisions],
        "whether revisions are news or noise": [result.news_noise for result in revisions],
    }
    published = [rank for rank in series.ranks if isinstance(rank, Refusal) or rank.basis != "model-based"]
    on_series: dict[str, Sequence[object]] = {
        "steps at known dates": series.steps,
        "sets of ranks of published figures": published,
    }
    return Exhibits(
        Exhibit(f"{page}-not-given", _line(voice, results))
        for page, results in (("tasks", on_tasks), ("shares", on_shares), ("series", on_series))
    )


def _line(voice: Voice, results: Mapping[str, Sequence[object]]) -> str:
    """What was refused for every list, measure or date, or for some of them, by the first reason."""
    by_reason: dict[str, list[str]] = {}
    for name, answers in results.items():
        if codes := list(_refused(answers)):
            part = "" if len(codes) == len(answers) else ", in part"
            by_reason.setdefault(voice.short(codes[0]), []).append(f"{inside(name)}{part}")
    if not by_reason:
        return ""
    reasons = "; ".join(f"{listed(names)} ({reason})" for reason, names in by_reason.items())
    return f"Not given, for want of figures: {reasons}. [What cannot be said](data-quality.html)."


def _refused(answers: Iterable[object]) -> Iterable[str]:
    return (item.code for item in answers if isinstance(item, Refusal))
