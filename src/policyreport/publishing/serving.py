"""Serve a folder to this machine alone."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from policyreport.errors import UsageError


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files and prints nothing of it."""

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""


def open_server(folder: Path, port: int) -> ThreadingHTTPServer:
    """Open a server of a folder on the loopback address; raises UsageError where the port is taken."""
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), partial(_Quiet, directory=str(folder)))
    except OSError as error:
        got = error.strerror or str(error)
        raise UsageError(f"--port {port}", "a free port", got, "Name another, or 0 for any.") from None
