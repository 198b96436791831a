"""The worker's end: the same task as in a local process, once its environment is the runner's."""

from __future__ import annotations

import dataclasses
import platform
import sys
import tempfile
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from policyreport.errors import RunError
from policyreport.running.cache.ingredients import KERNELS, PACKAGE, installed_versions, source_digest
from policyreport.running.endings import make_folder
from policyreport.running.execute import Outcome, Unit, execute_unit
from policyreport.running.kernels import batch_environment
from warm_kernels.forkserver import ForkServer
from warm_kernels.provisioner import use_server
from warm_kernels.request import ForkRefusedError

SOURCE = "policyreport's source"
# Enough of a hash to distinguish two in a message.
SHOWN = 10
# Entirely different environments differ in dozens of packages.
NAMED = 4
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


def describe_environment(names: Collection[str] | None) -> dict[str, str]:
    """Python, machine, source (`warm_kernels` too), and versions of `names` or of all packages, in this process."""
    return {
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "machine": f"{sys.platform} {platform.machine()}",
        SOURCE: source_digest(PACKAGE, KERNELS),
        **installed_versions(names),
    }


def differences(here: Mapping[str, str], there: Mapping[str, str]) -> str:
    """What differs between the runner's and a worker's environment; empty where they are alike.

    ``pandas 3.0.1 (here 3.0.2), no seaborn (here 0.13.2)``
    """
    names = [name for name in (*here, *sorted(there.keys() - here.keys())) if here.get(name) != there.get(name)]
    named = [_difference(name, here.get(name), there.get(name)) for name in names[:NAMED]]
    return ", ".join(named) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")


def _difference(name: str, here: str | None, there: str | None) -> str:
    if name == SOURCE:
        return f"{name} {str(there)[:SHOWN]} (here {str(here)[:SHOWN]})"
    if there is None:
        return f"no {name} (here {here})"
    return f"{there if name == 'Python' else f'{name} {there}'} (here {here or 'none'})"


def describe_worker(names: Collection[str]) -> dict[str, str]:
    """As `describe_environment`, with the source that this process has loaded."""
    here = describe_environment(names)
    return here | {SOURCE: LOADED if here[SOURCE] == LOADED else f"{LOADED[:4]}, edited since the worker started"}


def execute_there(unit: Unit, order: Order) -> Outcome:
    """Execute one notebook in this worker, whose address is added to the outcome.

    A `RunError` if it is not like the runner; it may have joined the cluster after the run began.
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
            _servers[modules] = ForkServer(list(modules), batch_environment(), tidy=True, make_folder=make_folder)
        except ForkRefusedError:
            return ""
        # A fork server ends with its worker, however that ends, and removes this folder.
        tempfile.tempdir = str(_servers[modules].folder)
    return _servers[modules].address
