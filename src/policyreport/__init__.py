"""policyreport: the reproducible evaluation report on a public policy.

What notebooks and other people's scripts use stands here by name, and is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from policyreport.records.base import Results as Results
    from policyreport.running.workspace import open_edition as open_edition

__version__ = "0.1.0"

_PUBLIC = {
    "Results": "policyreport.records.base",
    "open_edition": "policyreport.running.workspace",
}


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'policyreport' has no attribute {name!r}; it has {', '.join(sorted(_PUBLIC))}")
    return getattr(import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    return sorted(["__version__", *_PUBLIC])
