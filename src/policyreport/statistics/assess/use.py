"""Which methods an edition used, and how often each answered or refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from policyreport.data.inputs import Inputs
from policyreport.params.registry import Registry
from policyreport.records.base import Refusal, Result, parts_of
from policyreport.records.notebooks import NotebookRecord

HARMONISED = "harmonise"
"""The method whose results are values of the panel and not records."""


def method_use(record: NotebookRecord, inputs: Inputs) -> dict[str, tuple[int, int]]:
    """Count results and refusals of every method that was used, in the registry's order.

    Recalculation on present boundaries is counted in values. A method without records of its own has zeros where a
    method that uses it was used.
    """
    counted = Counter(_answers([record, *inputs.records.values()], inputs.registry))
    methods = inputs.registry.methods
    own = {id: (counted[id, "result"], counted[id, "refusal"]) for id in methods}
    own[HARMONISED] = (recalculated(inputs), own[HARMONISED][1])
    return {
        id: own[id] for id, method in methods.items() if any(own[id]) or any(own[other][0] for other in method.part_of)
    }


def recalculated(inputs: Inputs) -> int:
    """Count the provinces' annual values that were recalculated from former provinces."""
    panel, areas = inputs.panel, inputs.provinces
    again = panel[panel["area"].isin(areas) & (panel["basis"] == "recalculated")]
    return int(again["value"].notna().sum())


def _answers(records: Iterable[NotebookRecord], registry: Registry) -> Iterator[tuple[str, str]]:
    """Method and kind of answer, as often as one occurs in a record."""
    for record in records:
        for value in parts_of(record):
            if isinstance(value, Refusal):
                yield registry.of_result(value.method), "refusal"
            elif isinstance(value, Result) and (kind := str(getattr(value, "kind", None) or "")):
                yield registry.of_result(kind), "result"
