"""Filters of templates for a province: its series and trends, what could not be answered, which notes concern it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from policyreport.data.frames import TASKS
from policyreport.figures.facts import listed, worst
from policyreport.publishing.finding_values import WIDE
from policyreport.publishing.provenance import Provenance
from policyreport.records.base import Finding, Flag, Refusal
from policyreport.records.markdown import in_english
from policyreport.records.notebooks import NotebookRecord, PanelValue
from policyreport.records.series import ComparedSeries, Ranks, SeriesPoint, Trend
from policyreport.statistics.scorecard.coverage import raised

FLAGS_OF_SCORES = ("ends-before-policy", "renormalised", "questions-revised")


def area_series_filters(provenance: Provenance) -> dict[str, Callable[..., object]]:
    """Return the filters; a score that is no indicator keeps its name."""
    named = provenance.indicators.by_id()

    def score_of(refusal: Refusal) -> str:
        key = refusal.subject.split()[0]
        return named[key].name if key in named else key

    return FILTERS | {"score_of": score_of}


def series_of(compared: Iterable[ComparedSeries], indicator: str) -> ComparedSeries | None:
    """Select the series of an indicator; None where the area has no value."""
    return next((series for series in compared if series.indicator == indicator), None)


def scores_of(compared: Iterable[ComparedSeries], indicators: Iterable[str]) -> list[ComparedSeries]:
    """Select the series of several indicators."""
    return [series for series in compared if series.indicator in set(indicators)]


def last_year(scores: Iterable[ComparedSeries]) -> int:
    """Return the newest year that any of several series has."""
    return max(point.year for series in scores for point in series.own)


def in_year(points: Iterable[SeriesPoint], year: int) -> SeriesPoint:
    """Return a series in one year."""
    return next(point for point in points if point.year == year)


def flags_of_scores(results: Iterable[Trend | Refusal]) -> list[Flag]:
    """List the flags of trends that the page states beside the scores."""
    done = [result for result in results if isinstance(result, Trend)]
    return [flag for result in done for flag in result.flags if flag.code in FLAGS_OF_SCORES]


def refusals_by_code(results: Iterable[object]) -> list[list[Refusal]]:
    """Group the refusals among results by their code, in order."""
    by_code: dict[str, list[Refusal]] = {}
    for result in results:
        if isinstance(result, Refusal):
            by_code.setdefault(result.code, []).append(result)
    return list(by_code.values())


def recalculated_scores(panel: Iterable[PanelValue], indicators: Sequence[str]) -> list[PanelValue]:
    """Select the newest scores that were recalculated on present boundaries, with their ranges."""
    rows = [
        value
        for value in panel
        if value.indicator in indicators and value.basis == "recalculated" and value.weight_low is not None
    ]
    newest = max((value.year for value in rows), default=0)
    return [value for value in rows if value.year == newest]


def widest(values: Iterable[PanelValue], low: str, high: str) -> PanelValue:
    """Select the value whose range is widest."""
    return max(values, key=lambda value: (getattr(value, high) or 0.0) - (getattr(value, low) or 0.0))


FILTERS: dict[str, Callable[..., object]] = {
    "flags_of_scores": flags_of_scores,
    "in_year": in_year,
    "last_year": last_year,
    "recalculated_scores": recalculated_scores,
    "refusals_by_code": refusals_by_code,
    "rounded_to": round,
    "scores_of": scores_of,
    "series_of": series_of,
    "widest": widest,
}


class AreaValues:
    """What the records of an area leave unanswered, and its findings as lines."""

    def __init__(self, provenance: Provenance) -> None:
        self._areas, self._facts = provenance.areas, provenance.english.facts
        self._language = provenance.edition.language
        self._lists = {task_list.title for task_list in provenance.policy.lists}

    def unanswered(self, record: NotebookRecord) -> list[dict[str, object]]:
        """Give each refused question once by method and code, with its `subjects`: `lists` of tasks, and `series`."""
        seen: dict[tuple[str, str], list[str]] = {}
        for method, subject, code, kind in raised(record):
            if kind == "refusal":
                seen.setdefault((method, code), []).append(subject)
        return [
            {
                "method": method,
                "code": code,
                "subjects": list(dict.fromkeys(subjects)),
                "lists": [subject for subject in dict.fromkeys(subjects) if subject in self._lists],
                "series": [each for each in dict.fromkeys(subjects) if each not in {*self._lists, TASKS, ""}],
            }
            for (method, code), subjects in sorted(seen.items())
        ]

    def notes_on(self, findings: Sequence[Finding], area: str) -> dict[str, object]:
        """Give the findings on an area and its parts as `lines`, and how many `wide` ones concern whole tables."""
        areas = self._areas
        named = [f for f in findings if area in {areas.successor(a) for a in f.areas if a in areas.table.index}]
        own = [self._own_gaps(finding, area) for finding in named if len(finding.areas) <= WIDE]
        return {
            "lines": [in_english(line, self._language, always=True) for line in self._alike(worst(own))],
            "wide": len(named) - len(own),
        }

    def _own_gaps(self, finding: Finding, area: str) -> Finding:
        """Of a table that lacks several provinces, only what it lacks of this one; any other finding as it is."""
        own = (area, *self._areas.parts(area))
        years = {gap.area: listed([str(year) for year in gap.years]) for gap in finding.gaps}
        gaps = dict.fromkeys(f"{self._areas.name(key)} in {years[key]}" for key in own if key in years)
        if not gaps:
            return finding
        return finding.model_copy(update={"message": f"{finding.subject}: no figure of {'; '.join(gaps)}."})

    def _alike(self, findings: Sequence[Finding]) -> list[str]:
        """Findings as lines; those alike on several figures share one."""
        groups: dict[tuple[str, str], list[Finding]] = {}
        for finding in findings:
            groups.setdefault((finding.rule, finding.message.partition(": ")[2] or finding.message), []).append(finding)
        lines = []
        for (rule, _), alike in groups.items():
            if len(alike) == 1 or rule == "corrected":
                lines += [self._facts.line(finding) for finding in alike]
                continue
            *heads, last = alike
            what = "; ".join(self._facts.write(finding.message.partition(": ")[0], finding.rows) for finding in heads)
            lines.append(f"{what}; {self._facts.line(last)}")
        return lines


def deviating(records: Iterable[NotebookRecord | None]) -> list[dict[str, object]]:
    """Give `notebook`, `deviation` (None: not compared) and `count` of what differs from the official method."""
    counts = Counter(
        (str(getattr(record, "kind", "")), deviation)
        for record in records
        if record is not None
        for deviation in ((None,) if record.differs is None else record.differs)
    )
    return [{"notebook": kind, "deviation": each, "count": count} for (kind, each), count in counts.items()]


def own_places(ranks: Iterable[Ranks], area: str) -> list[dict[str, object]]:
    """Give an area's `own` set of ranks in each family of `ranks` that holds one."""
    return [{"ranks": family, "own": own} for family in ranks for own in family.sets if own.area == area]


def by_reason(answers: Mapping[str, Iterable[object]]) -> list[dict[str, object]]:
    """Give each first reason of a refusal (`code`) with the `questions` it left open, each whole or `in_part`."""
    reasons: dict[str, list[dict[str, object]]] = {}
    for name, results in answers.items():
        every = list(results)
        if codes := [result.code for result in every if isinstance(result, Refusal)]:
            reasons.setdefault(codes[0], []).append({"name": name, "in_part": len(codes) < len(every)})
    return [{"code": code, "questions": questions} for code, questions in reasons.items()]


def area_filters(provenance: Provenance) -> dict[str, Callable[..., object]]:
    """Return the filters by name."""
    values = AreaValues(provenance)
    return {
        "by_reason": by_reason,
        "notes_on": values.notes_on,
        "deviating": deviating,
        "own_places": own_places,
        "unanswered": values.unanswered,
    }
