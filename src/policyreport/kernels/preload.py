"""Import modules ahead of the notebooks that will, as if a notebook's cell did it."""

from __future__ import annotations

import builtins
import contextlib
import importlib
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

# What every kernel imports while it starts, whatever its notebook imports.
KERNEL_MODULES = (
    "policyreport.kernels.forked",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.extensions.storemagic",
    "tornado.platform.asyncio",
)


def import_modules(modules: Iterable[str], rehearsal: Sequence[str] = ()) -> None:
    """Import modules; one that cannot be imported is left to the notebook, whose cell will say why.

    Parameters
    ----------
    modules : iterable of str
        Dotted names; of ``a.b`` where ``b`` is no module, ``a`` is imported.
    rehearsal : sequence of str
        Module, function and words to call it with, once the imports are made.
    """
    for name in KERNEL_MODULES:
        importlib.import_module(name)
    # As ipykernel does before a notebook can import matplotlib.
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    # What a module prints when it is imported belongs to no notebook.
    with _as_in_a_notebook(), contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for name in modules:
            # A module may raise anything; in the notebook it will do so again, in the open.
            with contextlib.suppress(Exception, SystemExit):
                importlib.import_module(name)
        if rehearsal:
            module, function, *words = rehearsal
            # What fails here fails in the notebooks too, or was not needed.
            with contextlib.suppress(Exception):
                getattr(importlib.import_module(module), function)(*words)


@contextlib.contextmanager
def _as_in_a_notebook() -> Iterator[None]:
    """Show modules that ask for IPython's shell the hull of one.

    pandas decides at import how wide a table is printed, tqdm which bar it draws. Whatever wants more of the
    shell than its kind finds no attribute; its import fails here and is done in the kernel.
    """
    # Only the server imports this module, so this is not in the way of anything light.
    from ipykernel.zmqshell import ZMQInteractiveShell
    from traitlets.config import Config

    classes: list[Any] = list(ZMQInteractiveShell._walk_mro())
    shell = ZMQInteractiveShell.__new__(ZMQInteractiveShell)
    shell.config = Config(IPKernelApp={"parent_handle": 0})
    for each in classes:
        each._instance = shell
    builtins.get_ipython = lambda: shell  # type: ignore[attr-defined]
    try:
        yield
    finally:
        del builtins.get_ipython  # type: ignore[attr-defined]
        for each in classes:
            each._instance = None
