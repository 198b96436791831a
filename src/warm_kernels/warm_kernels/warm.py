"""Warm kernels for programs that run notebooks through jupyter_client: papermill, nbclient, nbconvert and others."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from jupyter_client.provisioning.factory import KernelProvisionerFactory

from warm_kernels.forkserver import NAME, ForkServer
from warm_kernels.notebooks import imports_of
from warm_kernels.provisioner import given_server, use_server
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
        server = ForkServer([*imports_of(notebooks), *modules])
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
