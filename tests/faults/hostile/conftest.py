"""Hostile texts: what is tried, what became of it, and the counts at the end of the run."""

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from hostile_project import Raw

NAMES = ("trials", "refused", "inert", "live")


@pytest.fixture
def raw(tmp_path: Path) -> Raw:
    """A folder data/raw of one publisher."""
    return Raw(tmp_path)


@pytest.fixture
def count(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """Keep how many trials there were and what became of them, for the summary."""

    def keep(**found: int) -> None:
        for name in NAMES:
            record_property(f"hostile {name}", found.get(name, 0))

    return keep


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the counts of all tests of this folder."""
    total: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, number in getattr(report, "user_properties", ()):
                if getattr(report, "when", "") == "call" and str(name).startswith("hostile "):
                    total[name.removeprefix("hostile ")] += number
    if total:
        said = ", ".join(f"{total[name]} {name}" for name in NAMES)
        terminalreporter.write_line(f"hostile input: {said} (control texts are counted in none of these)")
