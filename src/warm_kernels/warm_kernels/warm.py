"""Warm kernels for programs that run notebooks through jupyter_client: papermill, nbclient, nbconvert and others."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jupyter_client.provisioning.factory import KernelProvisionerFactory

from warm_kernels.counts import LOG, logged_counts
from warm_kernels.forkserver import ForkServer
from warm_kernels.notebooks import find_notebooks, imported_modules
from warm_kernels.provisioner import DEFAULT_PROVISIONER, NAME, SERVER, given_server, use_server
from warm_kernels.request import ForkRefusedError

_log = logging.getLogger(__name__)


@contextmanager
def warm_kernels(*notebooks: str | Path, modules: Sequence[str] = ()) -> Iterator[ForkServer | None]:
    """Fork this process's IPython kernels from a server that has imported what the notebooks import.

    Parameters
    ----------
    *notebooks : str or Path
        Notebooks, patterns such as ``reports/**/*.ipynb``, or folders, whose imports the server makes.
    modules : sequence of str
        Further modules to import.

    Yields
    ------
    ForkServer or None
        The server; None where this platform has no safe fork, and kernels start cold.

    Notes
    -----
    Each kernel is still a process of its own. A kernel that cannot be forked (another language, another interpreter,
    another environment variable that counts when Python starts) starts as it would have, and the log says why.
    """
    try:
        server = ForkServer(modules_of(notebooks, modules))
    except ForkRefusedError as error:
        _log.warning("Kernels start cold: %s.", error)
        yield None
        return
    factory = KernelProvisionerFactory.instance()
    name, address = factory.default_provisioner_name, given_server()
    factory.default_provisioner_name = NAME
    use_server(server.address)
    try:
        with server:
            yield server
    finally:
        factory.default_provisioner_name = name
        use_server(address)


def modules_of(notebooks: Sequence[str | Path], modules: Sequence[str] = ()) -> list[str]:
    """What a server for these notebooks imports."""
    return [*imported_modules(path.read_bytes() for path in find_notebooks(notebooks)), *modules]


@dataclass(frozen=True)
class SharedServer:
    """A server for the processes that are started with its `environment`."""

    environment: Mapping[str, str]
    # Where they log each kernel.
    log: Path
    # Why there is no server.
    reason: str = ""

    def __str__(self) -> str:
        return f"warm kernels: none; {self.reason}" if self.reason else f"warm {logged_counts(self.log)}"


@contextmanager
def shared_server(modules: Sequence[str]) -> Iterator[SharedServer]:
    """Keep a server for other processes, whatever Jupyter program they run; as text, what it was good for."""
    try:
        server = ForkServer(modules)
    except ForkRefusedError as error:
        yield SharedServer({}, Path(os.devnull), str(error))
        return
    with server:
        log = server.folder / "kernels.jsonl"
        yield SharedServer({DEFAULT_PROVISIONER: NAME, SERVER: server.address, LOG: str(log)}, log)
