"""How a notebook's process is started and found again: cold, or forked from a server that has its imports.

`warm_kernels` is for any program that runs notebooks; this project's own runner uses `batch`.
"""

from policyreport.kernels.warm import warm_kernels

__all__ = ["warm_kernels"]
