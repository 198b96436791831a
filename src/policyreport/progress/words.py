"""Events in words: lines for people, JSON for programs."""

from __future__ import annotations

from typing import Any

from policyreport.events import Event, Finished, Planned, Started, WorkerLost, WorkerSlow


def event_words(event: Event) -> dict[str, Any]:
    """Write an event for another program.

    Parameters
    ----------
    event : Event
        What happened.

    Returns
    -------
    dict
        ``event`` and its facts, ready for JSON.
    """
    if isinstance(event, Planned):
        return {"event": "planned", "units": dict(event.units)}
    if isinstance(event, Started):
        return {"event": "started", "area": event.area, "notebook": event.notebook}
    if isinstance(event, WorkerLost):
        return {"event": "worker-lost", "worker": event.worker, "units": ["/".join(unit) for unit in event.units]}
    if isinstance(event, WorkerSlow):
        unit = {} if event.unit is None else {"unit": "/".join(event.unit)}
        return {"event": "worker-slow", "worker": event.worker, "ratio": round(event.ratio, 1), **unit}
    words: dict[str, Any] = {
        "event": "finished",
        "area": event.area,
        "notebook": event.notebook,
        "state": event.state,
        "seconds": round(event.seconds, 3),
        "timing": dict(event.timing),
        "kept": str(event.kept),
    }
    if event.failure is not None:
        words["failure"] = {name: getattr(event.failure, name) for name in ("reason", "error", "message")}
    return words


def failure_line(event: Finished) -> str:
    """Say in one line what failed and why.

    Parameters
    ----------
    event : Finished
        A unit that gave no record.

    Returns
    -------
    str
        ``n40/trend failed: ValueError: …``; empty for a unit that is done.
    """
    if event.failure is None:
        return ""
    message = " ".join(event.failure.message.split())
    said = {"refused": "was refused", "not-run": "could not be run"}.get(event.state, event.state)
    return f"{event.area}/{event.notebook} {said}: {event.failure.error}: {message}"


def worker_line(event: WorkerLost | WorkerSlow) -> str:
    """Say in one line what happened to a worker of a cluster.

    Parameters
    ----------
    event : WorkerLost or WorkerSlow
        What happened.

    Returns
    -------
    str
        ``worker tcp://… is gone; n40/trend runs again elsewhere``.
    """
    if isinstance(event, WorkerLost):
        units = ", ".join("/".join(unit) for unit in event.units)
        tail = f"; {units} {'runs' if len(event.units) == 1 else 'run'} again elsewhere" if units else ""
        return f"worker {event.worker} is gone{tail}"
    what = "is slow" if event.unit is None else f"is slow with {'/'.join(event.unit)}"
    return f"worker {event.worker} {what}: {event.ratio:.1f} times as long as usual"


def duration(seconds: float) -> str:
    """Write a time span the way people say it.

    Parameters
    ----------
    seconds : float
        The span.

    Returns
    -------
    str
        ``40 s``, ``2 min 05 s``, ``1 h 10 min``.
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"
