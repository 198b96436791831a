"""What notebooks import, read from their code cells."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable


def imported_modules(notebooks: Iterable[bytes]) -> list[str]:
    """List the modules that notebooks import at the top of their cells or deeper.

    Parameters
    ----------
    notebooks : iterable of bytes
        Contents of ``.ipynb`` files; what is no notebook is passed over, its run will say so.

    Returns
    -------
    list of str
        Dotted names, each once, sorted. ``from a import b`` gives ``a`` and ``a.b``: whether ``b`` is a
        module shows when it is imported.
    """
    found: set[str] = set()
    for notebook in notebooks:
        for source in _code_cells(notebook):
            found |= _imported(source)
    return sorted(found)


def _code_cells(notebook: bytes) -> list[str]:
    """Sources of the code cells."""
    try:
        cells = json.loads(notebook)["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError):
        return []


def _imported(source: str) -> set[str]:
    """Modules imported by one cell; lines in IPython's own language (``%magic``, ``!shell``) are left out."""
    lines = ("" if line.lstrip().startswith(("%", "!", "?")) else line for line in source.splitlines())
    try:
        tree = ast.parse("\n".join(lines))
    except SyntaxError:
        return set()
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{each.name}" for each in node.names if each.name != "*"}
    return found
