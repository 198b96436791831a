"""Which methods an edition used, and how often each answered or declined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from policyreport.inputs import Inputs
from policyreport.params.registry import Registry
from policyreport.records.base import Frozen, Observation, Refusal, Result
from policyreport.records.notebooks import NotebookRecord


def method_use(record: NotebookRecord, inputs: Inputs) -> dict[str, tuple[int, int]]:
    """Count results and refusals of every method that was used.

    Parameters
    ----------
    record : NotebookRecord
        The national record.
    inputs : Inputs
        The national slice with the province records.

    Returns
    -------
    dict of str to (int, int)
        Results and refusals by method, in the registry's order. A method without records of
        its own stands with zeros where a method that uses it was used.
    """
    counted = Counter(_answers([record, *inputs.records.values()], inputs.registry))
    methods = inputs.registry.methods
    own = {id: (counted[id, "result"], counted[id, "refusal"]) for id in methods}
    return {
        id: own[id] for id, method in methods.items() if any(own[id]) or any(own[other][0] for other in method.part_of)
    }


def _answers(records: Iterable[NotebookRecord], registry: Registry) -> Iterator[tuple[str, str]]:
    """Method and kind of answer, as often as one stands in a record."""
    for record in records:
        for value in _values(record):
            if isinstance(value, Refusal):
                yield registry.of_result(value.method), "refusal"
            elif isinstance(value, Result) and (kind := str(getattr(value, "kind", None) or "")):
                yield registry.of_result(kind), "result"


def _values(value: object) -> Iterator[Frozen]:
    """Every part of a record; published figures, which are many, hold none."""
    if isinstance(value, Frozen) and not isinstance(value, Observation):
        yield value
        for name in type(value).model_fields:
            yield from _values(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from _values(item)
