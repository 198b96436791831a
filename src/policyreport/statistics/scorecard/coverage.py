"""What was published for each province and topic, and what was refused or flagged, counted."""

import re
from collections.abc import Iterator, Sequence

from policyreport.data.frames import TASKS
from policyreport.data.inputs import Inputs
from policyreport.records.base import Flag, Frozen, Observation, Refusal, Result
from policyreport.records.notebooks import CleanRecord, CodeCount, CoverageCell, NotebookRecord, PanelValue
from policyreport.records.tasks import Flow, Outlook, QuarterOnQuarter

OF_YEAR = re.compile(r"^(\w+(?: \([\w-]+\))?) \d{4}$")
"""A refusal's subject that ends in a year: ``digital_economy_share (nso) 2025``."""
PARTS = (Frozen, tuple, list)
"""What may contain results."""
WITHOUT_RESULTS = (Flag, Observation, PanelValue)
"""What contains none, and is numerous."""


def count_published(data: Inputs) -> tuple[CoverageCell, ...]:
    """List what was published for every province and topic of params/indicators.yaml."""
    topic_of = {key: indicator.topic for key, indicator in data.indicators.by_id().items()}
    cells = []
    for (area, notebook), record in sorted(data.records.items()):
        if notebook != "clean" or not isinstance(record, CleanRecord):
            continue
        for topic in sorted(set(topic_of.values())):
            inside = [entry for entry in record.topics if topic_of.get(entry.indicator) == topic]
            cells.append(
                CoverageCell(
                    area=area,
                    topic=topic,
                    rows=sum(entry.rows for entry in inside),
                    newest=max((entry.newest for entry in inside), default=None),
                    refusal="" if inside else "not-published",
                )
            )
    return tuple(cells)


def count_codes(
    data: Inputs, joint: Sequence[Result | Refusal] = (), national: Sequence[object] = ()
) -> tuple[CodeCount, ...]:
    """Count the provinces that each refusal and flag concerns, by method, and mark those that concern the country.

    What a `joint` result over all provinces refuses or flags concerns every one of them. `national` are results, or
    sequences of them, on the country. A refusal next to a printed value, as a flag, is still counted as a refusal.
    """
    provinces = [(area, record) for (area, _), record in data.records.items() if area != data.area]
    every = {area for area, _ in provinces}
    areas: dict[tuple[str, str, str], set[str]] = {}
    for area, record in provinces:
        for method, subject, code, _ in raised(record):
            areas.setdefault((method, subject, code), set()).add(area)
    for method, subject, code, _ in _walk(tuple(joint), "", ""):
        areas.setdefault((method, subject, code), set()).update(every)
    own = {(method, subject, code) for method, subject, code, _ in _walk(tuple(national), "", "") if method}
    return tuple(
        CodeCount(
            method=key[0],
            subject=key[1],
            code=key[2],
            kind=data.wording.codes[key[2]].kind,
            areas=len(areas.get(key, ())),
            of=len(every),
            nation=key in own,
        )
        for key in sorted({*areas, *own})
    )


def raised(record: NotebookRecord) -> Iterator[tuple[str, str, str, str]]:
    """Yield every refusal and flag of a record once: method, subject (may be empty), code, "refusal" or "flag"."""
    # A difference is also in the record by itself, but is counted with the comparison it is part of.
    yield from dict.fromkeys(item for item in _walk(record, "", "") if item[0])


def _walk(value: Frozen | Sequence[object], method: str, subject: str) -> Iterator[tuple[str, str, str, str]]:
    if isinstance(value, Refusal):
        yield value.method, _subject(value.subject), value.code, "refusal"
        for flag in value.flags:
            yield value.method, _subject(value.subject), flag.code, "flag"
        return
    if isinstance(value, Result):
        method = getattr(value, "kind", "") or method
        subject = _of(value) or subject
        for flag in value.flags:
            yield method, subject, flag.code, "flag"
    parts = [getattr(value, name) for name in type(value).model_fields] if isinstance(value, Frozen) else value
    for part in parts:
        if isinstance(part, PARTS) and not isinstance(part, WITHOUT_RESULTS):
            yield from _walk(part, method, subject)


def _of(result: Result) -> str:
    """What a result is about: its indicator, or the tasks."""
    about = TASKS if isinstance(result, (Flow, Outlook, QuarterOnQuarter)) else ""
    return str(getattr(result, "indicator", "") or getattr(result, "outcome", "") or about)


def _subject(text: str) -> str:
    """An indicator and its measure without the year, so that its codes are counted together; a list by its name."""
    return OF_YEAR.sub(r"\1", text)
