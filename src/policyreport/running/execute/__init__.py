"""Notebook + parameters + its slice of data → executed notebook + record: one pure, picklable task."""

import sys

from policyreport.running.execute.unit import Outcome, Unit

__all__ = ["Outcome", "Unit", "execute_unit", "load_engine"]

# jsonschema uses it to check addresses in schemas; a notebook's schema has none. It builds its grammar when it is
# imported, which takes twice as long as all the rest of papermill.
GRAMMAR = "rfc3987_syntax"


def execute_unit(unit: Unit) -> Outcome:
    """As `task.execute_unit`, imported with the first unit: planning and handing out units need no papermill."""
    load_engine()
    from policyreport.running.execute.task import execute_unit as execute

    return execute(unit)


def load_engine() -> None:
    """Import papermill and its dependencies, as a process does before its first unit."""
    if "policyreport.running.execute.task" in sys.modules:
        return
    hidden = GRAMMAR not in sys.modules
    if hidden:
        sys.modules[GRAMMAR] = None  # type: ignore[assignment] # which makes its import fail
    try:
        import policyreport.running.execute.task  # noqa: F401 # for its effect
    finally:
        if hidden:
            del sys.modules[GRAMMAR]
