"""What must be the same on the runner and on a worker for both to make the same bytes."""

from __future__ import annotations

import platform
import sys
from collections.abc import Collection, Mapping

from policyreport.running.cache.ingredients import KERNELS, PACKAGE, installed_versions, source_digest

SOURCE = "policyreport's source"
# Enough of a hash to distinguish two in a message.
SHOWN = 10
# Entirely different environments differ in dozens of packages.
NAMED = 4


def describe_environment(names: Collection[str] | None) -> dict[str, str]:
    """Python, machine, source (`warm_kernels` too), and versions of `names` or of all packages, in this process."""
    return {
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "machine": f"{sys.platform} {platform.machine()}",
        SOURCE: source_digest(PACKAGE, KERNELS),
        **installed_versions(names),
    }


def differences(here: Mapping[str, str], there: Mapping[str, str]) -> str:
    """What differs between the runner's and a worker's environment; empty where they are alike.

    ``pandas 3.0.1 (here 3.0.2), no seaborn (here 0.13.2)``
    """
    names = [name for name in (*here, *sorted(there.keys() - here.keys())) if here.get(name) != there.get(name)]
    named = [_difference(name, here.get(name), there.get(name)) for name in names[:NAMED]]
    return ", ".join(named) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")


def _difference(name: str, here: str | None, there: str | None) -> str:
    if name == SOURCE:
        return f"{name} {str(there)[:SHOWN]} (here {str(here)[:SHOWN]})"
    if there is None:
        return f"no {name} (here {here})"
    return f"{there if name == 'Python' else f'{name} {there}'} (here {here or 'none'})"
