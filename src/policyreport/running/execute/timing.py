"""Where the time of one execution went, from what papermill noted in the executed notebook."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from warm_kernels.notebooks import imported_modules


def read_timing(path: Path) -> dict[str, float]:
    """Seconds of the kernel's ``start``, the first ``import`` cell, all other ``cells``, and ``stop``.

    Empty where the notebook did not run to its end.
    """
    try:
        notebook = json.loads(path.read_bytes())
        whole = notebook["metadata"]["papermill"]
        cells = [cell for cell in notebook["cells"] if cell["metadata"].get("papermill", {}).get("end_time")]
        begin, first = _time(whole["start_time"]), _time(cells[0]["metadata"]["papermill"]["start_time"])
        last, end = _time(cells[-1]["metadata"]["papermill"]["end_time"]), _time(whole["end_time"])
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        return {}
    importing = next((_seconds(cell) for cell in cells if _imports(cell)), 0.0)
    return {
        "start": _rounded(first - begin),
        "import": _rounded(importing),
        "cells": _rounded(sum(_seconds(cell) for cell in cells) - importing),
        "stop": _rounded(end - last),
    }


def _imports(cell: dict[str, Any]) -> bool:
    return bool(imported_modules([json.dumps({"cells": [cell]}).encode()]))


def _seconds(cell: dict[str, Any]) -> float:
    return float(cell["metadata"]["papermill"]["duration"] or 0)


def _time(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _rounded(seconds: float) -> float:
    """Milliseconds are as fine as a run repeats."""
    return round(seconds, 3)
