"""A cold kernel that adopts its orphans, so that a daemon started by a notebook can be ended with its kernel."""

import runpy

from warm_kernels.orphans import adopt_orphans

if __name__ == "__main__":
    adopt_orphans()
    runpy.run_module("ipykernel_launcher", run_name="__main__", alter_sys=True)
