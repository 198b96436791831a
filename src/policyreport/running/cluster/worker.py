"""The worker's end: the same task as in a local process, once its environment is compared."""

from __future__ import annotations

import dataclasses
import tempfile
import threading
from collections.abc import Collection
from dataclasses import dataclass

from policyreport.errors import RunError
from policyreport.running.cache.ingredients import KERNELS, PACKAGE, source_digest
from policyreport.running.cluster.environment import SOURCE, describe_environment, differences
from policyreport.running.execute import Outcome, Unit, execute_unit
from policyreport.running.janitor import watch_folder
from policyreport.running.kernels import batch_environment
from warm_kernels.forkserver import ForkServer
from warm_kernels.provisioner import use_server
from warm_kernels.request import ForkRefusedError

# The source this process runs, even if the files change while it lives.
LOADED = source_digest(PACKAGE, KERNELS)
_lock = threading.Lock()
_ready: set[Order] = set()
_servers: dict[tuple[str, ...], ForkServer] = {}


@dataclass(frozen=True)
class Order:
    """What a run asks of its workers."""

    # The runner's, from `describe_environment`.
    environment: tuple[tuple[str, str], ...]
    # What a worker's fork server imports.
    modules: tuple[str, ...] = ()
    cold: bool = False
    # For workers on the runner's machine: its fork server, and the folder for the notebooks' folders.
    server: str = ""
    scratch: str = ""


def describe_worker(names: Collection[str]) -> dict[str, str]:
    """As `describe_environment`, with the source that this process has loaded."""
    here = describe_environment(names)
    return here | {SOURCE: LOADED if here[SOURCE] == LOADED else f"{LOADED[:4]}, edited since the worker started"}


def execute_there(unit: Unit, order: Order) -> Outcome:
    """Execute one notebook in this worker, whose address is added to the outcome.

    Raises
    ------
    RunError
        If this worker is not like the runner; it may have joined the cluster after the run began.
    """
    from distributed import get_worker  # only workers call this, and they have it

    worker = get_worker()
    with _lock:
        if order not in _ready:
            _compare(order, worker.address)
            _ready.add(order)
        use_server(order.server or ("" if order.cold else _own_server(order.modules)))
        if order.scratch:
            tempfile.tempdir = order.scratch
    return dataclasses.replace(execute_unit(unit), worker=worker.address)


def _compare(order: Order, address: str) -> None:
    """Refuse to work where the results might differ from the runner's."""
    here = dict(order.environment)
    differs = differences(here, describe_worker(here.keys()))
    if differs:
        raise RunError(f"worker {address}", "the runner's environment", differs, "Make them alike and restart it.")


def _own_server(modules: tuple[str, ...]) -> str:
    """Address of this worker's fork server, started if it is not running; empty where kernels start cold."""
    if modules not in _servers or not _servers[modules].running:
        if modules in _servers:
            _servers.pop(modules).close()
        try:
            _servers[modules] = ForkServer(list(modules), batch_environment(), tidy=True)
            watch_folder(_servers[modules].folder)
        except ForkRefusedError:
            return ""
        # A fork server ends with its worker, however that ends, and removes this folder.
        tempfile.tempdir = str(_servers[modules].folder)
    return _servers[modules].address
