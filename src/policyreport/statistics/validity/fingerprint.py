"""The state of the code that produced a cell of the study, so that no kept result passes for a newer one."""

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeGuard

PACKAGE = Path(__file__).resolve().parents[2]
COMPUTING = "policyreport.statistics."
"""Modules that compute; records and errors only carry their results."""


@cache
def fingerprint(module: str, package: Path = PACKAGE) -> str:
    """Hash the code that a module of the study runs, its own and all computing modules it imports (16 hex digits).

    Names and places of modules do not count, so that a module that only moved makes no kept result stale; nor do
    comments, docstrings and empty lines.
    """
    code: dict[str, str] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in code:
            code[name], imported = _read(_path(name, package).read_text(encoding="utf-8"))
            waiting += [name for name in imported if _path(name, package).is_file()]
    return hashlib.sha256("\f".join(sorted(code.values())).encode()).hexdigest()[:16]


@cache
def _read(source: str) -> tuple[str, tuple[str, ...]]:
    """A module's code, and the names it imports from the package's computing modules."""
    return code_lines(source), tuple(_imports(source))


def code_lines(source: str) -> str:
    """Remove docstrings, comment lines, empty lines and imports from the package.

    The names imported from the package come first.
    """
    # By lines and not by the parsed tree, whose text differs between versions of Python.
    left_out: set[int] = set()
    names: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if _is_own(node):
            names += [f"{alias.name} {alias.asname or ''}" for alias in node.names]
        elif not (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        ):
            continue
        left_out.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    lines = (line for at, line in enumerate(source.splitlines(), start=1) if at not in left_out)
    code = (line.rstrip() for line in lines if line.strip() and not line.lstrip().startswith("#"))
    return "\n".join([*sorted(names), *code])


def _path(module: str, package: Path) -> Path:
    inside = package.parent.joinpath(*module.split("."))
    return inside / "__init__.py" if inside.is_dir() else inside.with_suffix(".py")


def _is_own(node: ast.AST) -> TypeGuard[ast.ImportFrom]:
    return isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "policyreport"


def _imports(source: str) -> Iterator[str]:
    """Names that a file imports from the package's computing modules: modules, or names inside them."""
    for node in ast.walk(ast.parse(source)):
        if _is_own(node) and f"{node.module}.".startswith(COMPUTING):
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
