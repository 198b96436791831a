"""How a notebook's kernel is started and found again: cold, or forked from a server that has its imports.

`warm_kernels` is for a program of Python that runs notebooks; ``warm-kernels run`` for any other.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from warm_kernels.counts import kernel_counts
    from warm_kernels.warm import warm_kernels

__all__ = ["kernel_counts", "warm_kernels"]
_WHERE = {"warm_kernels": "warm", "kernel_counts": "counts"}


def __getattr__(name: str) -> Any:
    """Import a name on first use: Jupyter comes with it, which reading a notebook's imports does not need."""
    if name in _WHERE:
        return getattr(importlib.import_module(f"{__name__}.{_WHERE[name]}"), name)
    raise AttributeError(name)
