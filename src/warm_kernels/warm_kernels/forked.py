"""What a forked process does to become a kernel like any other."""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import signal
import sys
import tempfile
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

from ipykernel import ipkernel
from ipykernel.kernelapp import IPKernelApp

from warm_kernels.orphans import adopt_orphans
from warm_kernels.process_state import processors, resource_limits
from warm_kernels.resets import VARIABLES, set_thread_counts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from warm_kernels.request import Request
    from warm_kernels.resets import Generators
    from warm_kernels.watching import ImportsAhead

# Exit code of a kernel that has to start cold.
EXIT_CODE = 75
# prctl(2): the signal a process gets when its parent dies.
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class ModuleFile:
    """The file of a module, as ipykernel asks a module for it."""

    __file__: str


class ListedModules(dict[int, ModuleFile]):
    """The files of all modules, listed before a fork.

    A new kernel asks every module for its file, for a debugger. Modules lie scattered over the memory that is shared
    with the server: touching two thousand of them copies their pages, which takes a fifth of a kernel's start.
    """

    def __init__(self) -> None:
        files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
        # Copies, which lie next to each other in memory.
        super().__init__(enumerate(ModuleFile(str(file)[:1] + str(file)[1:]) for file in files if file))


@contextlib.contextmanager
def _modules_listed(listed: ListedModules) -> Iterator[None]:
    """Give ipykernel the list instead of the modules."""
    vars(ipkernel)["sys"] = SimpleNamespace(**vars(sys) | {"modules": listed})
    try:
        yield
    finally:
        vars(ipkernel)["sys"] = sys


class Inheritance:
    """What a kernel takes over from the server, and has to reset."""

    def __init__(self, ahead: ImportsAhead, generators: Generators, tidy: bool) -> None:
        self.ahead, self.generators, self.tidy = ahead, generators, tidy
        self._filters = [entry for entry in warnings.filters if entry not in ahead.filters_before]

    def settle(self, request: Request) -> None:
        """Make this process what the request asks for."""
        # The kernel adopts a daemon that its notebook starts, so that the server knows whose it was.
        if self.tidy:
            adopt_orphans()
        _take_streams(request)
        _take_environment(request, self.ahead.changes)
        _take_limits(request)
        _take_command(request.command)
        _set_filters(self.ahead.filters_before)
        self.generators.seed_anew()
        set_thread_counts()

    def finish(self, request: Request) -> None:
        """Put the modules' warning filters before the shell's, as if imported after it; guard the environment."""
        _set_filters([*self._filters, *warnings.filters])
        guard_environment(self.ahead, request.note)


def run_kernel(request: Request, listed: ListedModules, inheritance: Inheritance) -> None:
    """Run an IPython kernel in this process until it ends; `listed` and `inheritance` were made before the fork."""
    server = os.getppid()
    os.setsid()
    _end_with(server)
    # ipykernel's own watch over its parent.
    request.env["JPY_PARENT_PID"] = str(server)
    inheritance.settle(request)
    launcher = importlib.util.find_spec("ipykernel_launcher")
    sys.argv = [str(launcher.origin if launcher else "ipykernel_launcher"), *request.argv]
    # It registers with the shell when it is imported; the server had no shell.
    sys.modules.pop("matplotlib_inline.backend_inline", None)
    # The handle's default was read from the environment when the class was made, in the server.
    app: Any = IPKernelApp.instance(parent_handle=server)
    with _modules_listed(listed):
        app.initialize(request.argv)
    _show_figures()
    inheritance.finish(request)
    request.say_ready()
    app.start()


def _end_with(server: int) -> None:
    """Die when the server dies; ipykernel's own watch does the same, a second later, where prctl is missing."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != server:
        os._exit(1)


def _take_command(command: Sequence[str]) -> None:
    """Show the command line of a cold kernel, with the interpreter's own options."""
    sys.orig_argv[:] = command
    options = [argument[2:].partition("=") for argument in command[1:] if argument.startswith("-X")]
    sys._xoptions.clear()
    sys._xoptions.update({name: value or True for name, _, value in options})


def _set_filters(filters: Sequence[Any]) -> None:
    """Replace the filters for warnings in place, as `warnings.filterwarnings` does."""
    present: Any = warnings.filters
    present[:] = filters
    warnings._filters_mutated()  # type: ignore[attr-defined]


def _take_streams(request: Request) -> None:
    for target, stream in enumerate(request.streams):
        os.dup2(stream, target)
        os.close(stream)


def _take_environment(request: Request, changes: dict[str, tuple[str | None, str | None]]) -> None:
    """Take over environment and folder, and what the imports changed in the environment."""
    os.environ.clear()
    os.environ.update(request.env)
    for name, (before, after) in changes.items():
        if after is not None and request.env.get(name) == before:
            os.environ[name] = after
    time.tzset()
    tempfile.tempdir = None
    os.chdir(request.cwd)


def _take_limits(request: Request) -> None:
    """Take over what a child process inherits."""
    os.umask(request.umask)
    if request.processors and request.processors != processors():
        os.sched_setaffinity(0, request.processors)
    if request.nice > os.getpriority(os.PRIO_PROCESS, 0):
        os.setpriority(os.PRIO_PROCESS, 0, request.nice)
    own = resource_limits()
    for number, limit in request.limits.items():
        if own[number] != limit:
            import resource  # not on Windows, which has no limits either

            resource.setrlimit(number, limit)


def _show_figures() -> None:
    """Join matplotlib to the shell where a module made it look for one before there was any."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    hook = getattr(pyplot, "_REPL_DISPLAYHOOK", None)
    if pyplot is not None and hook is not None and hook.name != "NONE":
        pyplot.uninstall_repl_displayhook()
        pyplot.install_repl_displayhook()


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
