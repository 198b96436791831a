"""The state of the code that a cell of the study was made by, so that no kept result passes for a newer one."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
COMPUTING = ("policyreport.methods.", "policyreport.validity.")
"""Modules that compute; records and errors only carry what these found."""


@cache
def fingerprint(module: str, package: Path = PACKAGE) -> str:
    """Hash the code that a module of the study runs: its own, and all that it imports of what computes.

    Parameters
    ----------
    module : str
        ``policyreport.validity.series``.
    package : Path
        Where the package's files are.

    Returns
    -------
    str
        First 16 hexadecimal digits of SHA-256; comments, docstrings and empty lines do not count.

    Raises
    ------
    FileNotFoundError
        If the package has no such module.
    """
    found = {module: code_lines(_path(module, package).read_text(encoding="utf-8"))}
    waiting = [module]
    while waiting:
        for name in _imports(_path(waiting.pop(), package)):
            if name not in found and _path(name, package).is_file():
                found[name] = code_lines(_path(name, package).read_text(encoding="utf-8"))
                waiting.append(name)
    whole = hashlib.sha256()
    for name in sorted(found):
        whole.update(f"{name}\n{found[name]}\n".encode())
    return whole.hexdigest()[:16]


def code_lines(source: str) -> str:
    """Leave out what does not run.

    Parameters
    ----------
    source : str
        A module's source.

    Returns
    -------
    str
        Its lines without docstrings, lines of comments and empty lines.

    Raises
    ------
    SyntaxError
        If the source is not Python.
    """
    # By lines and not by the parsed tree, whose text differs between versions of Python.
    told = {
        line
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    lines = (line for at, line in enumerate(source.splitlines(), start=1) if at not in told)
    return "\n".join(line.rstrip() for line in lines if line.strip() and not line.lstrip().startswith("#"))


def _path(module: str, package: Path) -> Path:
    inside = package.parent.joinpath(*module.split("."))
    return inside / "__init__.py" if inside.is_dir() else inside.with_suffix(".py")


def _imports(path: Path) -> Iterator[str]:
    """Names of the package's modules that a file imports; parents are left out, they hold no code."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(COMPUTING):
            yield str(node.module)
