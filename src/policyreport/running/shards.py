"""Parts of an edition's first stage, for machines that share nothing."""

from __future__ import annotations

import heapq
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from policyreport.errors import UsageError
from policyreport.running.cache.results import Cache
from policyreport.running.execute.unit import Unit, keys_of, only


@dataclass(frozen=True)
class Shard:
    """The `number`-th of `of` parts of the notebooks that read no other's record."""

    number: int
    of: int

    @classmethod
    def read(cls, text: str) -> Shard:
        """Read ``2/3``; a `UsageError` for anything else."""
        match = re.fullmatch(r"0*(\d{1,6})/0*(\d{1,6})", text, re.ASCII)
        if match is None or not 1 <= int(match[1]) <= int(match[2]):
            raise UsageError(
                f"--shard {text}", "I/N, I from 1 to N", f'"{text}"', "The second of three is --shard 2/3."
            )
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        """``2 of 3``."""
        return f"{self.number} of {self.of}"

    def store(self, root: Path, edition: str) -> Path:
        """Where its results go; not into build/EDITION, which other shards may share."""
        return root / "build" / "shards" / f"{self.number}-of-{self.of}" / edition

    def file(self, root: Path, edition: str) -> Path:
        """The bundle, unless the user names another."""
        return root / "build" / "shards" / f"{edition}-{self.number}-of-{self.of}.zip"

    def part(self, units: Sequence[Unit], seconds: Mapping[str, float]) -> Sequence[Unit]:
        """Its units: the longest first, each to the shard with the least to do; one second each without `seconds`.

        It depends on the names of the units and on `seconds`, not on their order. A notebook's areas are dealt out in
        turn, because they take alike.
        """
        keys = keys_of(units)
        known = [seconds[name] for key in keys if (name := "/".join(key)) in seconds]
        usual = sum(known) / len(known) if known else 1.0
        cost = {key: seconds.get("/".join(key), usual) for key in keys}
        own: set[tuple[str, str]] = set()
        # Seconds, units and number of each shard.
        loads = [(0.0, 0, number) for number in range(1, self.of + 1)]
        for key in sorted(keys, key=lambda key: (-cost[key], key[1], key[0])):
            load, count, number = heapq.heappop(loads)
            heapq.heappush(loads, (load + cost[key], count + 1, number))
            if number == self.number:
                own.add(key)
        return only(units, own)


def kept_seconds(cache: Cache, edition: str) -> dict[str, float]:
    """How long notebooks took when they last ran here, by ``area/notebook``; empty where that is not known."""
    noted = cache.noted(f"seconds/{edition}") or {}
    return {name: float(value) for name, value in noted.items() if isinstance(value, int | float) and value > 0}


def keep_seconds(cache: Cache, edition: str, seconds: Mapping[str, float]) -> None:
    """Keep new durations, and the old ones of what did not run."""
    if seconds:
        rounded = {name: round(value, 2) for name, value in seconds.items()}
        cache.note(f"seconds/{edition}", kept_seconds(cache, edition) | rounded)
