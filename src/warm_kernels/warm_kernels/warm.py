"""Warm kernels for any program that runs notebooks through jupyter_client: papermill, nbclient and others."""

from __future__ import annotations

import atexit
import glob
import logging
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Self

from jupyter_client.provisioning.factory import KernelProvisionerFactory

from warm_kernels.forkserver import ForkServer
from warm_kernels.imports import imported_modules
from warm_kernels.provisioner import NAME, WarmProvisioner, use_server
from warm_kernels.reasons import ForkRefusedError

_log = logging.getLogger(__name__)


def register() -> None:
    """Register the provisioner, even where the installed metadata is older than the source."""
    where = f"{WarmProvisioner.__module__}:{WarmProvisioner.__qualname__}"
    entry = EntryPoint(NAME, where, KernelProvisionerFactory.GROUP_NAME)
    KernelProvisionerFactory.provisioners.setdefault(NAME, entry)


class WarmKernels:
    """Kernels of this process are forked until this is closed; `server` is None where they start cold."""

    def __init__(self, server: ForkServer | None) -> None:
        self.server = server
        factory = KernelProvisionerFactory.instance()
        self._default = factory.default_provisioner_name
        if server is not None:
            factory.default_provisioner_name = NAME
            use_server(server.address)
            atexit.register(self.close)

    def close(self) -> None:
        """End the server and the kernels forked from it; later kernels start cold."""
        if self.server is None:
            return
        atexit.unregister(self.close)
        KernelProvisionerFactory.instance().default_provisioner_name = self._default
        use_server("")
        self.server.close()
        self.server = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def warm_kernels(*notebooks: str | Path, modules: tuple[str, ...] = ()) -> WarmKernels:
    """Fork this process's IPython kernels from a server that has imported what the notebooks import.

    Parameters
    ----------
    *notebooks : str or Path
        Notebooks, or patterns such as ``reports/**/*.ipynb``, whose imports the server makes.
    modules : tuple of str
        Further modules to import.

    Returns
    -------
    WarmKernels
        To close, or to use in a ``with`` block; closed by itself when the process ends.

    Notes
    -----
    Call it once, before the notebooks run. Each kernel is still a process of its own. A kernel that cannot be
    forked (another language, another interpreter, another environment variable that counts when Python
    starts, a platform without a safe fork) starts as it would have, and the log says why.
    """
    register()
    # pathlib's patterns must be relative.
    paths = {Path(path) for pattern in notebooks for path in glob.glob(str(pattern), recursive=True)}  # noqa: PTH207
    imported = imported_modules(path.read_bytes() for path in sorted(paths))
    try:
        return WarmKernels(ForkServer([*imported, *modules]))
    except ForkRefusedError as error:
        _log.warning("Kernels start cold: %s.", error)
        return WarmKernels(None)
