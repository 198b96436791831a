"""What notebooks import, read from their code cells."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable


def imported_modules(notebooks: Iterable[bytes]) -> list[str]:
    """List the modules that notebooks import anywhere in their cells, sorted.

    What is not a notebook is skipped; its run will say so. ``from a import b`` gives ``a`` and ``a.b``: whether ``b``
    is a module shows when it is imported.
    """
    modules: set[str] = set()
    for notebook in notebooks:
        for source in code_cells(notebook):
            tree = python_tree(source)
            for node in ast.walk(tree) if tree else ():
                modules |= set(imported_by(node))
    return sorted(modules)


def code_cells(notebook: bytes) -> list[str]:
    """Sources of a notebook's code cells; none where it is not a notebook."""
    try:
        cells = json.loads(notebook)["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError):
        return []


def python_tree(source: str) -> ast.Module | None:
    """Parse a cell, with IPython's own syntax (``%magic``, ``!shell``) turned into the calls it stands for."""
    if source.lstrip().startswith("%%"):
        # %%time, %%capture and others run the rest as Python; what does not parse is in another language.
        source = "\n" + source.lstrip().partition("\n")[2]
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        pass
    # Importing it takes a tenth of a second, which plain Python need not pay.
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return ast.parse(TransformerManager().transform_cell(source))  # type: ignore[no-untyped-call]
    except (SyntaxError, ValueError):
        return None


def imported_by(node: ast.AST) -> list[str]:
    """Dotted names that a statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names if alias.name != "*")]
    return []
