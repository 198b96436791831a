"""A cluster on this machine, for this run: a scheduler here, workers in processes of their own."""

import contextlib
import logging
import os
import signal
from multiprocessing import forkserver
from typing import Any

from policyreport.running.interrupts import interrupts_ignored
from policyreport.running.pool import scratch_folder, sweep

SETTINGS = {
    # Forked from a process that has imported the runner once; `spawn` would import it in each.
    "distributed.worker.multiprocessing-method": "forkserver",
    # A notebook that takes two workers down runs alone; see `policyreport.running.runs`.
    "distributed.scheduler.allowed-failures": 1,
    # No status pages on the port that every node opens.
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}


class LocalWorkers:
    """Dask workers on this machine, each with one notebook at a time.

    A scheduler runs code for whoever can connect to it, and a port on loopback is open to every user of the
    machine: both ends use TLS with a certificate made for this run.
    """

    def __init__(self, number: int) -> None:
        # The extra `cluster`.
        import dask
        import distributed

        library: Any = distributed
        self.scratch = scratch_folder()
        dask.config.set(SETTINGS | {"temporary-directory": str(self.scratch)})
        self.cluster: Any = None
        try:
            self.cluster = self._start(library, number)
        except BaseException:
            self.close()
            raise

    def _start(self, library: Any, number: int) -> Any:
        # It sets its own preload, once; ours follows.
        library.utils.get_mp_context()
        forkserver.set_forkserver_preload(["distributed", "policyreport.running.cluster.worker"])
        with interrupts_ignored():
            forkserver.ensure_running()
        return library.LocalCluster(
            n_workers=number,
            threads_per_worker=1,
            host="127.0.0.1",
            protocol="tls://",
            security=library.Security.temporary(),
            dashboard_address="127.0.0.1:0",
            # Kernels are separate processes: a worker's memory says nothing about theirs.
            memory_limit=0,
            local_directory=str(self.scratch),
            silence_logs=logging.CRITICAL + 1,
        )

    def kill(self) -> None:
        """End the workers now, whatever they are doing."""
        with interrupts_ignored():
            for nanny in self.cluster.workers.values():
                nanny.auto_restart = False
                # None where it has no process at the moment.
                with contextlib.suppress(OSError, TypeError):
                    os.kill(nanny.pid, signal.SIGKILL)

    def close(self) -> None:
        """End workers, kernels and folders."""
        with interrupts_ignored():
            if self.cluster is not None:
                self.cluster.close(timeout=5)
            sweep(self.scratch)
