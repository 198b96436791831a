"""How long a stage of a run will still take."""

from __future__ import annotations

from collections import Counter, defaultdict

from policyreport.running.events import Finished, Planned


class TimeLeft:
    """The time that a stage's notebooks have taken so far, by notebook, and what that means for the rest.

    Parameters
    ----------
    workers : int
        Notebooks at work at a time.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.remaining: Counter[str] = Counter()
        self.taken: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])

    def expect(self, stage: Planned) -> None:
        """Begin a stage.

        Parameters
        ----------
        stage : Planned
            What it has to run.
        """
        self.remaining = Counter(stage.notebooks)

    def note(self, unit: Finished) -> None:
        """Take in a unit that ended.

        Parameters
        ----------
        unit : Finished
            One that did not run took no time.
        """
        self.remaining[unit.notebook] -= 1
        if unit.executed:
            taken = self.taken[unit.notebook]
            taken[0] += unit.seconds
            taken[1] += 1

    def seconds(self) -> float | None:
        """Estimate the rest: the mean of each notebook so far, of all where one has not ended yet.

        Returns
        -------
        float or None
            None before a notebook has run.
        """
        ended = sum(count for _, count in self.taken.values())
        if not ended:
            return None
        overall = sum(seconds for seconds, _ in self.taken.values()) / ended
        means = {name: seconds / count for name, (seconds, count) in self.taken.items() if count}
        return sum(each * means.get(name, overall) for name, each in self.remaining.items()) / self.workers
