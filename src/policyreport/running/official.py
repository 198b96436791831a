"""Whether a record was made as its edition requires: by which estimators, from which data, with which settings.

What notebooks import from `policyreport` notes each call. `compared` compares the calls behind a record with those of
params/official.yaml; no result is computed a second time.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar, cast

import pandas as pd

from policyreport.data.inputs import Inputs
from policyreport.errors import ParamsError
from policyreport.params.reading import Strict
from policyreport.records.base import Frozen, parts_of
from policyreport.records.notebooks import Deviation, NotebookRecord

Record = TypeVar("Record", bound=NotebookRecord)
FILE = "params/official.yaml"
READERS = frozenset({"national_record"})
"""What only looks up a result; it is called."""
NOTHING = "nothing"
BY_HAND = "a value from no estimator"


@dataclass(frozen=True)
class Given:
    """An argument of a call: what it says to people, and what tells it from another."""

    text: str
    identity: tuple[str, ...]


@dataclass(frozen=True)
class Call:
    """A call of an estimator; settings stand field by field among its arguments."""

    estimator: str
    arguments: Mapping[str, Given]

    @functools.cached_property
    def identity(self) -> str:
        """What tells this call from another."""
        return f"{self.estimator}({', '.join(f'{name}={given.identity}' for name, given in self.arguments.items())})"


_results: dict[int, tuple[Frozen, Call]] = {}
_calls: dict[str, int] = {}
"""How many results each call gave."""
_plain: dict[str, Any] = {}
"""What each call gave that gave numbers or texts instead of results."""


def noted(estimator: Callable[..., Any]) -> Callable[..., Any]:
    """Return an estimator that notes what each of its results was made from."""

    @functools.wraps(estimator)
    def run(*args: Any, **keywords: Any) -> Any:
        call = describe(estimator, *args, **keywords)
        result = estimator(*args, **keywords)
        if call is not None:
            items = _results_in(result)
            _results.update((id(item), (item, call)) for item in items)
            _calls[call.identity] = len(items)
            if not items and isinstance(result, (int, float, str, tuple)):
                _plain[call.identity] = result
        return result

    return run


def describe(estimator: Callable[..., Any], *args: Any, **keywords: Any) -> Call | None:
    """Describe a call; None where the arguments do not fit, which the estimator itself reports best."""
    try:
        given = inspect.signature(estimator).bind(*args, **keywords).arguments
    except TypeError:
        return None
    arguments: dict[str, Given] = {}
    for name, value in given.items():
        if isinstance(value, Strict):
            arguments |= {f"{name}.{key}": Given(repr(field), (repr(field),)) for key, field in _flat(value)}
        else:
            arguments[name] = _given(value)
    return Call(estimator.__name__, arguments)


def compared(record: Record, data: Inputs, estimator_named: Callable[[str], Callable[..., Any]]) -> Record:
    """Note in a record what differs from the official calls: see `policyreport.official`.

    `estimator_named` finds an estimator by the name that the calls give it; AttributeError where there is none.
    """
    names: dict[str, Any] = {"data": data, "settings": data.settings, "start": data.policy.date, "__builtins__": {}}
    for name in data.official.estimators(data.notebook):
        try:
            function = estimator_named(name)
        except AttributeError as error:
            raise _wrong(data.notebook, error) from None
        names[name] = function if name in READERS else partial(_plan, function)
    plans = {field: _planned(field, calls, names) for field, calls in data.official.calls(data.notebook).items()}
    differs = tuple(deviation for field, plan in plans.items() for deviation in _compare(record, field, plan))
    return record.model_copy(update={"differs": differs})


def _planned(field: str, expressions: list[str], names: dict[str, Any]) -> Any:
    """The calls of a field, none of them made; or its plain value."""
    try:
        # Nothing but calls of estimators gets here: params/official.py.
        values = [eval(expression, names) for expression in expressions]
    except (TypeError, NameError, AttributeError, KeyError) as error:
        raise _wrong(f"{names['data'].notebook}.{field}", error) from None
    plain = tuple(values[0]) if isinstance(values[0], list) else values[0]
    return [leaf for leaf in _leaves(values) if isinstance(leaf, Call)] or plain


def _wrong(what: str, error: Exception) -> ParamsError:
    todo = "Correct the call; its names are `data`, `settings`, `start` and the estimators."
    return ParamsError(f"{FILE}: {what}", "calls that can be made", str(error), todo)


def _plan(estimator: Callable[..., Any], *args: Any, **keywords: Any) -> Call:
    inspect.signature(estimator).bind(*args, **keywords)  # raises where they do not fit
    return cast("Call", describe(estimator, *args, **keywords))


def _compare(record: NotebookRecord, field: str, plan: Any) -> Iterator[Deviation]:
    """What of a field of the record was not made as planned."""
    value = getattr(record, field)
    if not (isinstance(plan, list) and plan and isinstance(plan[0], Call)):
        if value != plan:
            yield Deviation(field=field, estimator="", argument="value", official=str(plan), used=str(value))
        return
    if len(plan) == 1 and plan[0].identity in _plain:
        made = _plain[plan[0].identity]
        if value != made and not (isinstance(made, tuple) and value in made):
            yield _deviation(field, plan[0], "result", str(made), f"{BY_HAND}, {value}")
        return
    makers = [_maker(item, plan) for item in _results_in(value)]
    counts = Counter(call.identity for call in makers if call is not None)
    used = {call.identity: call for call in makers if call is not None}
    planned = {call.identity for call in plan}
    for call in plan:
        made, there = _calls.get(call.identity), counts[call.identity]
        if made is not None and there >= made:
            continue
        others = [each for key, each in used.items() if key not in planned and each.estimator == call.estimator]
        if there:
            yield _deviation(field, call, "result", f"{made} results", f"{there} of them")
        elif others:
            del used[others[0].identity]
            yield from _differences(field, call, others[0])
        else:
            yield _deviation(field, call, "result", call.estimator, BY_HAND if None in makers else NOTHING)
    for call in used.values():
        if call.identity not in planned:
            yield _deviation(field, call, "result", NOTHING, call.estimator)
    if None in makers and all(call.identity in used for call in plan):
        yield _deviation(field, plan[0], "result", NOTHING, BY_HAND)


def _differences(field: str, call: Call, other: Call) -> Iterator[Deviation]:
    """The arguments in which two calls of one estimator differ."""
    nothing = Given(NOTHING, ())
    for name in dict.fromkeys([*call.arguments, *other.arguments]):
        planned, made = call.arguments.get(name, nothing), other.arguments.get(name, nothing)
        if planned.identity != made.identity:
            same = planned.text == made.text
            yield _deviation(field, call, name, planned.text, f"other {made.text}" if same else made.text)


def _deviation(field: str, call: Call, argument: str, planned: str, used: str) -> Deviation:
    return Deviation(field=field, estimator=call.estimator, argument=argument, official=planned, used=used)


def _maker(item: Frozen, plan: Sequence[Call] = ()) -> Call | None:
    """The call that made a result, or the planned one that made what it is a part of."""
    if (made := _results.get(id(item))) is not None:
        return made[1]
    return next((call for whole, call in _results.values() if call in plan and _has(whole, item)), None)


def _has(whole: Frozen, part: Frozen) -> bool:
    return any(each is part for each in parts_of(whole))


def _leaves(value: Any) -> Iterator[Frozen | Call]:
    """The results, or the planned calls of them, in a value."""
    if isinstance(value, (Frozen, Call)):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _leaves(item)


def _results_in(value: Any) -> list[Frozen]:
    return [leaf for leaf in _leaves(value) if isinstance(leaf, Frozen)]


def _given(value: Any) -> Given:
    """What an argument is: a table by its content, a result by the call that made it, anything else by its value."""
    if isinstance(value, pd.DataFrame):
        return Given(f"{len(value)} rows", (_digest(value),))
    if isinstance(value, Inputs):
        return Given("the edition's data", (str(id(value)),))
    leaves = list(_leaves(value))
    if not leaves and value not in ((), []):
        return Given(repr(value) if isinstance(value, str) else str(value), (repr(value),))
    calls = [leaf if isinstance(leaf, Call) else _maker(leaf) for leaf in leaves]
    # Of a call that gave no result, nothing is handed on.
    behind = {
        call.identity if call else repr(value): call.estimator if call else BY_HAND
        for call in calls
        if call is None or _calls.get(call.identity) != 0
    }
    return Given(", ".join(dict.fromkeys(behind.values())) or NOTHING, tuple(behind))


def _flat(settings: Strict, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The fields of settings, those of settings inside them by ``inner.field``."""
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, Strict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _digest(frame: pd.DataFrame) -> str:
    """A hash of a table's columns, values and attributes, whatever its index."""
    values = frame.to_json(orient="values", date_format="iso", double_precision=15, default_handler=str)
    about = repr((list(frame.columns), sorted(frame.attrs.items())))
    return hashlib.sha256(f"{about}\n{values}".encode()).hexdigest()
