"""Import modules before the notebooks do, as if a notebook's cell did it."""

import builtins
import contextlib
import importlib
import io
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from warm_kernels.process_state import difference, process_state
from warm_kernels.watching import ImportsAhead

# What every kernel imports while it starts, whatever its notebook imports.
KERNEL_MODULES = (
    "warm_kernels.forked",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.extensions.storemagic",
    "tornado.platform.asyncio",
)
PRINTS = "prints or warns"


def import_modules(modules: Sequence[str], rehearsal: Sequence[str] = ()) -> tuple[ImportsAhead, dict[str, str]]:
    """Import modules, then rehearse; one that cannot be imported is left to the notebook, whose cell will say why.

    Returns
    -------
    ImportsAhead
        What the modules read from their process.
    dict of str to str
        Side effects by module: a notebook would miss them. This process has them and must not be forked.
    """
    # ipykernel does the same before a notebook can import matplotlib.
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    ahead, unfit = ImportsAhead(), dict[str, str]()
    with ahead.watch():
        for name in KERNEL_MODULES:
            importlib.import_module(name)
        ahead.begin()
        with _as_in_a_notebook():
            for name in modules:
                if effect := _import(name):
                    unfit[name] = effect
            if rehearsal and not unfit:
                _rehearse(*rehearsal)
    return ahead, unfit


def _import(name: str) -> str:
    """Import a module and describe its side effect; empty for none."""
    before, loaded = process_state(), len(sys.modules)
    output = io.StringIO()
    # A module may raise anything; in the notebook it will raise again, visibly.
    with _output_to(output), contextlib.suppress(Exception, SystemExit):
        _load(name)
    if output.getvalue():
        return PRINTS
    return difference(before, process_state()) if len(sys.modules) != loaded else ""


def _load(name: str) -> None:
    """Import a module, or the name inside one: a package may load what stands behind its names when they are used."""
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        parent, _, attribute = name.rpartition(".")
        getattr(importlib.import_module(parent), attribute)


def _rehearse(module: str, function: str, *arguments: str) -> None:
    # What fails here fails in the notebooks too, or was not needed.
    with _output_to(io.StringIO()), contextlib.suppress(Exception):
        getattr(importlib.import_module(module), function)(*arguments)


@contextlib.contextmanager
def _output_to(output: io.StringIO) -> Iterator[None]:
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        yield


@contextlib.contextmanager
def _as_in_a_notebook() -> Iterator[None]:
    """Give modules that ask for IPython's shell an empty one.

    pandas decides at import how wide a table is printed, tqdm which bar it draws. A module that needs more than the
    shell's class finds no attribute; its import fails here and is done in the kernel.
    """
    # Only the server calls this: importing ipykernel slows nothing else down.
    from ipykernel.zmqshell import ZMQInteractiveShell
    from traitlets.config import Config

    classes: list[Any] = list(ZMQInteractiveShell._walk_mro())
    shell = ZMQInteractiveShell.__new__(ZMQInteractiveShell)
    shell.config = Config(IPKernelApp={"parent_handle": 0})
    for shell_class in classes:
        shell_class._instance = shell
    builtins.get_ipython = lambda: shell  # type: ignore[attr-defined]
    try:
        yield
    finally:
        del builtins.get_ipython  # type: ignore[attr-defined]
        for shell_class in classes:
            shell_class._instance = None
