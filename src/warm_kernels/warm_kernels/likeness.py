"""Whether a kernel forked here would be what a cold one is: what the fork server compares before it forks."""

import os
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from warm_kernels.process_state import resource_limits, threads
from warm_kernels.request import ForkRefusedError, Reason, Request
from warm_kernels.resets import SINGLE_THREADED, VARIABLES
from warm_kernels.watching import ImportsAhead

# Read when Python starts, or by libraries in C, unseen.
AT_START = (
    "PYTHON", "LC_", "LANG", "LD_", "OMP_", "GOMP_", "KMP_", "OPENBLAS_", "GOTO_", "MKL_",
    "BLIS_", "VECLIB_", "JE_ARROW_", "ARROW_", "NPY_",
)  # fmt: skip
# Set by Jupyter for each kernel, and read by every kernel itself.
SET_PER_KERNEL = {"JPY_PARENT_PID", "JPY_INTERRUPT_EVENT", "JPY_SESSION_NAME", "IPYTHONDIR", "TMPDIR"}
# What the server adds to its environment; the last keeps ipykernel's debugger from warning of frozen modules.
FORCED = {**SINGLE_THREADED, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
# Read from the notebook's folder when the package is imported.
FOLDERS_FILES = {"matplotlibrc": "matplotlib"}


class Likeness:
    """The state of the server once its imports are made."""

    def __init__(self, ahead: ImportsAhead, environment: Mapping[str, str]) -> None:
        self.ahead, self.environment = ahead, dict(environment)
        self._forced = {name for name, value in FORCED.items() if environment.get(name) == value}
        self._names = {name.partition(".")[0] for name in sys.modules.keys() - ahead.modules_before}
        self._files = {path: _stamp(path) for path in _own_files()}

    def check(self, request: Request) -> None:
        """Refuse a request whose kernel would differ from a cold one; `ForkRefusedError` names the first difference."""
        if names := threads():
            raise ForkRefusedError(Reason.THREADS, f"the fork server has threads ({', '.join(names)})")
        self._check_environment(request.env)
        if missed := self.ahead.missed(request.steps):
            raise ForkRefusedError(Reason.NOTEBOOK, f"the notebook {missed}")
        self._check_folder(Path(request.cwd))
        if request.follows_edits:
            self._check_files()
        own = resource_limits()
        if os.geteuid() and any(_exceeds(limit[1], own[number][1]) for number, limit in request.limits.items()):
            raise ForkRefusedError(Reason.LIMITS, "the kernel is to have higher resource limits than the fork server")

    def _check_environment(self, wanted: Mapping[str, str]) -> None:
        beginnings = (*AT_START, *self.ahead.beginnings)
        names = {name for name in wanted.keys() | self.environment.keys() if name.startswith(beginnings)}
        for name in sorted((names | self.ahead.readers.keys()) - SET_PER_KERNEL - VARIABLES):
            there, here = wanted.get(name), self.environment.get(name)
            if there != here and not (there is None and name in self._forced):
                message = f"the kernel wants {name} otherwise than the fork server was started with"
                raise ForkRefusedError(Reason.ENVIRONMENT, message)

    def _check_folder(self, folder: Path) -> None:
        """Look for modules in the notebook's own folder named like one that is imported already."""
        try:
            entries = list(os.scandir(folder))
        except OSError:
            return
        for entry in entries:
            name, _, ending = entry.name.partition(".")
            module = ending in ("py", "so") or ending.endswith(".so")
            package = Path(entry.path, "__init__.py")
            if name in self._names and (module or (not ending and package.is_file())):
                loaded = getattr(sys.modules[name], "__file__", None)
                if loaded and os.path.realpath(loaded) == os.path.realpath(entry.path if module else package):
                    continue
                raise ForkRefusedError(Reason.FOLDER, f"the notebook's folder has a module {name} of its own")
            if FOLDERS_FILES.get(entry.name) in self._names:
                raise ForkRefusedError(Reason.FOLDER, f"the notebook's folder has a {entry.name} of its own")

    def _check_files(self) -> None:
        for path, stamp in self._files.items():
            if _stamp(path) != stamp:
                message = f"{path} has changed since the fork server imported it"
                raise ForkRefusedError(Reason.EDITED, message)


def _exceeds(limit: int, other: int) -> bool:
    """Whether a resource limit is above another; a negative one means unlimited."""
    return limit != other and other >= 0 and (limit < 0 or limit > other)


def _own_files() -> list[str]:
    """Files that may change while the server runs: modules that are not installed, and folders of installed ones."""
    installed = {str(sysconfig.get_path(name)) for name in ("purelib", "platlib")}
    fixed = {*installed, str(sysconfig.get_path("stdlib")), str(sysconfig.get_path("platstdlib"))}
    files = {str(getattr(module, "__file__", None) or "") for module in list(sys.modules.values())}
    ends = tuple(f"{path}{os.sep}" for path in fixed)
    return [*sorted(installed), *sorted(path for path in files if path.endswith(".py") and not path.startswith(ends))]


def _stamp(path: str) -> object:
    """What changes with a file, or with the distributions installed in a folder."""
    try:
        if path.endswith(".py"):
            status = Path(path).stat()
            return status.st_mtime_ns, status.st_size
        return sorted(name for name in os.listdir(path) if name.endswith((".dist-info", ".pth")))  # noqa: PTH208
    except OSError:
        return None
