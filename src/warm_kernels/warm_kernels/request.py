"""What a client of a fork server asks for, as it crosses the socket, and why it may be refused."""

import contextlib
import json
import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from warm_kernels.notebooks import Step
from warm_kernels.process_state import processors, resource_limits, umask

# A request is small; a client that takes longer to send one is not ours.
REQUEST_SECONDS = 10.0
LENGTH = 4
STREAMS = 3


class Reason(StrEnum):
    """The kinds of reason; README.md explains them."""

    PLATFORM = "platform"
    NO_SERVER = "no server"
    PROGRAM = "other program"
    INTERPRETER = "other Python"
    INDEPENDENT = "independent"
    OPTIONS = "start options"
    LIMITS = "resource limits"
    ENVIRONMENT = "environment"
    NOTEBOOK = "notebook"
    FOLDER = "folder"
    EDITED = "edited module"
    THREADS = "threads"


class ForkRefusedError(Exception):
    """The server does not fork this kernel; it can be started cold."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass
class Request:
    """A kernel to be started: its arguments, environment and folder, and the state of the process that asks for it."""

    # As for ``python -m ipykernel_launcher``.
    argv: list[str]
    env: dict[str, str]
    cwd: str
    # What a cold kernel's process would be started with.
    command: list[str] = field(default_factory=list)
    # What the notebook does that earlier imports may not see.
    steps: list[Step] = field(default_factory=list)
    # Where a kernel that had to start cold writes why before it ends; empty to show it in the notebook instead.
    note: str = ""
    # Whether a module edited since the server imported it matters.
    follows_edits: bool = True
    umask: int = 0o022
    limits: dict[int, tuple[int, int]] = field(default_factory=dict)
    processors: list[int] = field(default_factory=list)
    nice: int = 0
    streams: list[int] = field(default_factory=list)
    client: socket.socket | None = None

    def say_ready(self) -> None:
        """Tell the client that it can connect: one that tries too early tries again only after a tenth of a second."""
        if self.client is not None:
            send(self.client, {"ready": True})
            self.client.close()
            self.client = None


def request_from_here(argv: Sequence[str], env: Mapping[str, str], cwd: str, **options: Any) -> Request:
    """Build a request of this process, with what a child of it would inherit."""
    return Request(
        list(argv), dict(env), cwd, umask=umask(), limits=resource_limits(), processors=processors(),
        nice=os.getpriority(os.PRIO_PROCESS, 0), **options,
    )  # fmt: skip


def send_request(connection: socket.socket, request: Request, streams: Sequence[int]) -> None:
    """Send a request: its length with the standard streams, then JSON."""
    fields = {name: value for name, value in vars(request).items() if name not in ("streams", "client")}
    body = json.dumps(fields).encode()
    socket.send_fds(connection, [len(body).to_bytes(LENGTH, "big")], list(streams))
    connection.sendall(body)


def receive_request(connection: socket.socket) -> Request:
    """Read a request; `ValueError` if it is none, `OSError` if the client is gone or too slow."""
    head, streams, _, _ = socket.recv_fds(connection, LENGTH, STREAMS)
    try:
        length = int.from_bytes(head, "big")
        body = b""
        while len(body) < length:
            part = connection.recv(length - len(body))
            if not part:
                raise ValueError("half a request")
            body += part
        fields = json.loads(body)
        if len(streams) != STREAMS:
            raise ValueError("no standard streams")
        fields["limits"] = {int(number): (soft, hard) for number, (soft, hard) in fields["limits"].items()}
        fields["steps"] = [(kind, name) for kind, name in fields["steps"]]
        return Request(**fields, streams=streams)
    except BaseException:
        for stream in streams:
            os.close(stream)
        raise


def send(connection: socket.socket, message: dict[str, Any]) -> None:
    """Write a line to the other end; if that is gone, its closed connection shows it."""
    with contextlib.suppress(OSError):
        connection.sendall(json.dumps(message).encode() + b"\n")
