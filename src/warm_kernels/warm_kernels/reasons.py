"""Why a kernel starts cold where warm ones were asked for."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """The kinds of reason; docs/warm-kernels.md explains them."""

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
