"""Part of the set-up: try once to install Quarto, and say in one line which renderer will be used."""

import subprocess
import sys
from pathlib import Path

from policyreport.publishing.renderers.quarto import find_program, run_program

PACKAGE = "quarto-cli"
# Pins version and hash; an installed Quarto is used whatever its version.
LOCK = Path(__file__).resolve().parents[4] / "requirements-quarto.lock"
# Seconds. The package downloads the program (some 120 MB) while it is installed; a network that never answers must
# not hang the set-up.
PATIENCE = 120


def obtain() -> str:
    """Look for a Quarto of the machine, else install the package that the lock pins; returns a line for the user."""
    program = find_program()
    if program and Path(program).parent != Path(sys.executable).parent:
        return f"Quarto found ({Path(program).name}): it renders the report."
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    reason = "could not be installed"
    try:
        run_program([*command, "--retries", "0", "--require-hashes", "-r", str(LOCK)], PATIENCE)
    except subprocess.TimeoutExpired:
        reason = "no answer"
    if find_program():
        return "Quarto is installed: it renders the report."
    return f"Quarto is not available here ({PACKAGE}: {reason}); pandoc and Typst render the report."


if __name__ == "__main__":
    sys.stdout.write(obtain() + "\n")
