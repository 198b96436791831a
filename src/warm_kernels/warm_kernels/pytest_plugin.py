"""For pytest: ``--warm-kernels`` runs a suite's notebooks in warm kernels; the summary counts forked and cold ones."""

from __future__ import annotations

import sys
from typing import Any

import pytest

# pytest loads this in every session: no heavy import before a kernel is started.
COUNTS = "warm-kernel-counts"


def pytest_addoption(parser: Any) -> None:
    """Add the option."""
    parser.addoption(
        "--warm-kernels",
        nargs="?",
        const="",
        metavar="MODULES",
        help="fork IPython kernels from a process that has imported these modules (commas between)",
    )


def pytest_configure(config: Any) -> None:
    """Start the fork server where it is asked for."""
    modules = config.getoption("--warm-kernels", None)
    if modules is not None:
        from warm_kernels.warm import warm_kernels

        warm = warm_kernels(modules=tuple(filter(None, modules.split(","))))
        config.add_cleanup(warm.close)


def pytest_sessionfinish(session: Any) -> None:
    """Hand a worker's counts to the session that shows them (pytest-xdist)."""
    output = getattr(session.config, "workeroutput", None)
    lines = _lines()
    if output is not None and lines:
        output[COUNTS] = lines


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Show the counts, of each process that started kernels."""
    for line in [*_lines(), *_workers]:
        terminalreporter.write_line(f"warm {line}")


_workers: list[str] = []


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take a worker's counts (a hook of pytest-xdist)."""
    _workers.extend(getattr(node, "workeroutput", {}).get(COUNTS, ()))


def _lines() -> list[str]:
    module = sys.modules.get("warm_kernels.counts")
    counts = module.kernel_counts() if module else None
    return [str(counts)] if counts is not None and (counts.forked or counts.cold) else []
