"""Run a program to its end, and never leave it running."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


def run_program(
    command: Sequence[str], timeout: float, folder: Path | None = None, settings: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program with `settings` added to the environment; end it and all it started after `timeout` seconds.

    `quarto` is a script that starts the program, and pip starts others to build a package. Those hold the pipes, so
    ending the first alone, as `subprocess.run` does, would wait for the others. Raises OSError or
    subprocess.TimeoutExpired.
    """
    with subprocess.Popen(
        command, cwd=folder, env=os.environ | dict(settings or {}), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", errors="replace", start_new_session=True,
    ) as process:  # fmt: skip
        try:
            output, errors = process.communicate(timeout=timeout)
        except BaseException:  # Ctrl-C too: the session of its own does not get it
            os.killpg(process.pid, signal.SIGKILL)
            raise
    return subprocess.CompletedProcess(command, process.returncode, output, errors)
