"""Put a finished folder in the place of another at once."""

import ctypes
import os
import shutil
import sys
from pathlib import Path

# Of renameat2 on Linux and renamex_np on macOS.
_AT_FDCWD, _EXCHANGE, _SWAP = -100, 2, 2


def put_in_place(draft: Path, target: Path) -> None:
    """Move a folder to `target`, on the same file system; what stood there is removed.

    Linux and macOS exchange two folders in one step. Elsewhere the place is empty for a moment.
    """
    if not target.exists():
        draft.rename(target)
    elif _exchange(draft, target):
        shutil.rmtree(draft, ignore_errors=True)
    else:
        earlier = draft.with_name("earlier")
        target.rename(earlier)
        try:
            draft.rename(target)
        except OSError:
            earlier.rename(target)
            raise


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders; False where the system or the file system cannot."""
    if sys.platform not in ("linux", "darwin"):
        return False
    library = ctypes.CDLL(None, use_errno=True)
    paths = [os.fsencode(path) for path in (one, other)]
    try:
        if sys.platform == "linux":
            return bool(library.renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _EXCHANGE) == 0)
        return bool(library.renamex_np(*paths, _SWAP) == 0)
    except AttributeError:
        return False
