"""Events as text: lines for people, JSON for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policyreport.running.events import Event, Finished, Planned, Retrying, Started, WorkerLost, WorkerSlow

if TYPE_CHECKING:
    from policyreport.records.base import Failure


def event_words(event: Event) -> dict[str, Any]:
    """An event as JSON for another program: ``event`` and its facts."""
    if isinstance(event, Planned):
        return {"event": "planned", "units": dict(event.areas)}
    if isinstance(event, Started):
        return {"event": "started", "area": event.area, "notebook": event.notebook}
    if isinstance(event, Retrying):
        unit = {"area": event.area, "notebook": event.notebook}
        return {"event": "retrying", **unit, "left": event.left, "failure": _failure_words(event.failure)}
    if isinstance(event, WorkerLost):
        return {"event": "worker-lost", "worker": event.worker, "units": ["/".join(unit) for unit in event.units]}
    if isinstance(event, WorkerSlow):
        unit = {} if event.unit is None else {"unit": "/".join(event.unit)}
        return {"event": "worker-slow", "worker": event.worker, "ratio": round(event.ratio, 1), **unit}
    facts: dict[str, Any] = {
        "event": "finished",
        "area": event.area,
        "notebook": event.notebook,
        "state": event.state,
        "seconds": round(event.seconds, 3),
        "timing": dict(event.timing),
        "kept": str(event.kept),
    }
    if event.cold:
        facts["cold"] = event.cold
    if event.failure is not None:
        facts["failure"] = _failure_words(event.failure)
    return facts


def _failure_words(failure: Failure) -> dict[str, str]:
    return {name: getattr(failure, name) for name in ("reason", "error", "message")}


def failure_line(event: Finished) -> str:
    """``n40/trend failed: ValueError: …``; empty for a unit that is done."""
    if event.failure is None:
        return ""
    verb = {"refused": "was refused", "not-run": "could not be run"}.get(event.state, event.state)
    return f"{event.area}/{event.notebook} {verb}: {_reason(event.failure)}"


def news_line(event: Retrying | WorkerLost | WorkerSlow) -> str:
    """``n40/trend failed and is tried again, 1 try left: …``; ``worker tcp://… is gone; n40/trend runs again …``."""
    if isinstance(event, Retrying):
        left = f"{event.left} {'try' if event.left == 1 else 'tries'} left"
        return f"{event.area}/{event.notebook} failed and is tried again, {left}: {_reason(event.failure)}"
    if isinstance(event, WorkerLost):
        units = ", ".join("/".join(unit) for unit in event.units)
        tail = f"; {units} {'runs' if len(event.units) == 1 else 'run'} again elsewhere" if units else ""
        return f"worker {event.worker} is gone{tail}"
    what = "is slow" if event.unit is None else f"is slow with {'/'.join(event.unit)}"
    return f"worker {event.worker} {what}: {event.ratio:.1f} times as long as usual"


def _reason(failure: Failure) -> str:
    return f"{failure.error}: {' '.join(failure.message.split())}"


def duration(seconds: float) -> str:
    """``40 s``, ``2 min 05 s``, ``1 h 10 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"
