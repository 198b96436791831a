"""How a notebook's process is started and found again: cold, or forked from a server that has its imports.

`warm_kernels` is for any program that runs notebooks; this project's own runner uses `batch`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from policyreport.kernels.warm import warm_kernels

__all__ = ["warm_kernels"]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is: Jupyter comes with it, which reading a notebook's imports does not need."""
    if name == "warm_kernels":
        from policyreport.kernels.warm import warm_kernels

        return warm_kernels
    raise AttributeError(name)
