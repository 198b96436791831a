"""A kernel's watch over environment variables that modules imported before its notebook have already read."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from warm_kernels.thread_counts import VARIABLES, set_thread_counts
from warm_kernels.watching import ImportsAhead

# Exit code of a kernel that has to start cold.
EXIT_CODE = 75


def guard_environment(ahead: ImportsAhead, note: str) -> None:
    """Check every change of the environment from here on.

    Where a change would come too late, the reason is written into the file `note` and the process ends; without a
    file the notebook shows it.
    """
    plain_put, plain_unset = os.putenv, os.unsetenv
    noted: set[str] = set()
    modules_before = frozenset(sys.modules)

    def look(name: Any, value: str | None) -> None:
        variable = os.fsdecode(name)
        if variable in noted or os.environ._data.get(os.environ.encodekey(variable)) == (value and os.fsencode(value)):  # type: ignore[attr-defined]
            return
        noted.add(variable)
        if reader := ahead.unread(variable, ahead.imported_with(_imported_since(modules_before))):
            if variable in VARIABLES:
                set_thread_counts(os.environ | {variable: value or ""})
            else:
                _tell(variable, reader, note)

    # os.environ looks these functions up in their module.
    def putenv(name: Any, value: Any) -> None:
        plain_put(name, value)
        look(name, os.fsdecode(value))

    def unsetenv(name: Any) -> None:
        plain_unset(name)
        look(name, None)

    os.putenv, os.unsetenv = putenv, unsetenv


def _imported_since(before: frozenset[str]) -> set[str]:
    """Modules that the notebook, and what it has imported, use."""
    spaces = [vars(module) for name, module in list(sys.modules.items()) if name not in before and module is not None]
    used = {name for name in sys.modules if name not in before}
    main = sys.modules.get("__main__")
    for space in [*spaces, vars(main) if main else {}]:
        for thing in list(space.values()):
            if isinstance(thing, ModuleType):
                used.add(thing.__name__)
            elif isinstance(thing, (type, FunctionType)):
                used.add(str(thing.__module__))
    return used


def _tell(name: str, reader: str, note: str) -> None:
    """Say that a variable is set too late, or leave a note and end."""
    if note:
        Path(note).write_text(f"the notebook sets {name}, which {reader} looked at when it was imported", "utf-8")
        os._exit(EXIT_CODE)
    sys.stderr.write(
        f"{name} is set too late for {reader}: this kernel was forked from a process that has imported it already.\n"
        "Set the variable before that process starts, or start this kernel cold.\n"
    )
