"""A cold kernel that adopts its orphans: ``python -m policyreport.kernels.adopting`` for ``-m ipykernel_launcher``.

A daemon that a notebook starts stays below its kernel, and can be found and ended with it.
"""

import runpy

from policyreport.kernels.orphans import adopt_orphans

if __name__ == "__main__":
    adopt_orphans()
    runpy.run_module("ipykernel_launcher", run_name="__main__", alter_sys=True)
