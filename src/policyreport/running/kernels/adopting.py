"""A cold kernel that adopts its orphans, started as ``python -m policyreport.running.kernels.adopting``.

A daemon that a notebook starts stays below its kernel, and can be found and ended with it.
"""

import runpy

from policyreport.running.kernels.orphans import adopt_orphans

if __name__ == "__main__":
    adopt_orphans()
    runpy.run_module("ipykernel_launcher", run_name="__main__", alter_sys=True)
