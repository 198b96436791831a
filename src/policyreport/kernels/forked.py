"""What a forked process does to become a kernel like any other."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib.util
import os
import random
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from ipykernel import ipkernel
from ipykernel.kernelapp import IPKernelApp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policyreport.kernels.server import Request

# prctl(2): the signal a process gets when its parent dies.
PR_SET_PDEATHSIG = 1
# Objects made before the garbage of a kernel is looked through: a figure alone makes thousands, all of them in use,
# and Python's own 700 spends a quarter of a notebook's time on finding nothing.
COLLECT_AFTER = 200_000
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class ModuleFile:
    """The file of a module, as ipykernel asks a module for it."""

    __file__: str


class ListedModules(dict[int, ModuleFile]):
    """The files of all modules, listed before a fork.

    A new kernel asks every module for its file, for a debugger. Modules lie scattered over the memory that is shared
    with the server: to touch two thousand of them copies their pages, which takes a fifth of a kernel's start.
    """

    def __init__(self) -> None:
        files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
        # Copies, which lie side by side.
        super().__init__(enumerate(ModuleFile(str(file)[:1] + str(file)[1:]) for file in files if file))


@contextlib.contextmanager
def _modules_listed(listed: ListedModules) -> Iterator[None]:
    """Show ipykernel the list in place of the modules."""
    vars(ipkernel)["sys"] = SimpleNamespace(**vars(sys) | {"modules": listed})
    try:
        yield
    finally:
        vars(ipkernel)["sys"] = sys


def run_kernel(request: Request, listed: ListedModules) -> None:
    """Run an IPython kernel in this process until it ends.

    Parameters
    ----------
    request : Request
        Arguments as for ``python -m ipykernel_launcher``, environment, folder and standard streams.
    listed : ListedModules
        Made before the fork.
    """
    server = os.getppid()
    os.setsid()
    _end_with(server)
    _move(request, server)
    _draw_fresh_seeds()
    gc.set_threshold(COLLECT_AFTER)
    launcher = importlib.util.find_spec("ipykernel_launcher")
    sys.argv = [str(launcher.origin if launcher else "ipykernel_launcher"), *request.argv]
    # It joins the shell when it is imported; imported before there was one, it has not.
    sys.modules.pop("matplotlib_inline.backend_inline", None)
    # Its default was read from the environment when the class was made, in the server.
    app: Any = IPKernelApp.instance(parent_handle=server)
    with _modules_listed(listed):
        app.initialize(request.argv)
    _show_figures()
    request.say_ready()
    app.start()


def _end_with(server: int) -> None:
    """Die when the server dies; ipykernel's own watch does the same, a second later, where prctl is missing."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != server:
        os._exit(1)


def _move(request: Request, server: int) -> None:
    """Take over streams, environment and folder."""
    for target, stream in enumerate(request.streams):
        os.dup2(stream, target)
        os.close(stream)
    os.environ.clear()
    os.environ.update(request.env)
    # ipykernel's own watch over its parent.
    os.environ["JPY_PARENT_PID"] = str(server)
    time.tzset()
    tempfile.tempdir = None
    if request.cwd:
        os.chdir(request.cwd)


def _draw_fresh_seeds() -> None:
    """Seed the global generators from the system, as importing them in each kernel would have."""
    random.seed()
    # numpy's legacy state is the only other one that is drawn at import.
    numpy = sys.modules.get("numpy.random")
    if numpy is not None:
        numpy.seed()


def _show_figures() -> None:
    """Join matplotlib to the shell where a module made it look for one before there was any."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    hook = getattr(pyplot, "_REPL_DISPLAYHOOK", None)
    if pyplot is not None and hook is not None and hook.name != "NONE":
        pyplot.uninstall_repl_displayhook()
        pyplot.install_repl_displayhook()
