"""For pytest: ``--warm-kernels`` runs a suite's notebooks in warm kernels; the summary counts forked and cold ones.

Workers of pytest-xdist, and programs that tests start, take their kernels from the same server by the environment.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from warm_kernels.forkserver import SharedServer

# pytest loads this in every session: no heavy import unless it is asked for.
SHARED: pytest.StashKey[SharedServer] = pytest.StashKey()


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
    if modules is None or hasattr(config, "workerinput"):
        return
    from warm_kernels.forkserver import shared_server

    stack = ExitStack()
    config.add_cleanup(stack.close)
    config.stash[SHARED] = stack.enter_context(shared_server([name for name in modules.split(",") if name]))
    patch = stack.enter_context(pytest.MonkeyPatch.context())
    for name, value in config.stash[SHARED].environment.items():
        patch.setenv(name, value)


def pytest_terminal_summary(terminalreporter: Any, config: Any) -> None:
    """Show the counts."""
    if shared := config.stash.get(SHARED, None):
        terminalreporter.write_line(str(shared))
