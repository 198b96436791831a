"""How long a stage of a run will still take."""

from __future__ import annotations

from collections import Counter, defaultdict

from policyreport.running.events import Finished, Planned


class TimeLeft:
    """The times that a stage's notebooks have taken so far, by notebook, and an estimate for the rest."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.remaining: Counter[str] = Counter()
        self.taken: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])

    def expect(self, stage: Planned) -> None:
        """Begin a stage."""
        self.remaining = Counter(stage.notebooks)

    def note(self, unit: Finished) -> None:
        """Add a unit that ended; one that did not run took no time."""
        self.remaining[unit.notebook] -= 1
        if unit.executed:
            taken = self.taken[unit.notebook]
            taken[0] += unit.seconds
            taken[1] += 1

    def seconds(self) -> float | None:
        """Estimate the rest from each notebook's mean so far, or the mean of all; None before a notebook has run."""
        ended = sum(count for _, count in self.taken.values())
        if not ended:
            return None
        overall = sum(seconds for seconds, _ in self.taken.values()) / ended
        means = {name: seconds / count for name, (seconds, count) in self.taken.items() if count}
        return sum(count * means.get(name, overall) for name, count in self.remaining.items()) / self.workers
