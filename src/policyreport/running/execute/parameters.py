"""Read a notebook and compare a unit's parameters with those it takes."""

import ast
from typing import Any

import nbformat

from policyreport.errors import RunError, did_you_mean
from policyreport.running.execute.unit import Unit
from warm_kernels.notebooks import python_tree


def read_notebook(body: bytes) -> Any:
    """Read a notebook of any version 4; `RunError` if the bytes are not one."""
    try:
        return nbformat.reads(body.decode(), as_version=4)  # type: ignore[no-untyped-call]
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, UnicodeDecodeError) as error:
        what = " ".join(str(error).split())[:100]
        raise RunError("notebook", "a Jupyter notebook", what, "Open and save it in JupyterLab.") from None


class UnknownParameterError(RunError):
    """A unit passes a parameter that its notebook does not have."""


def check_parameters(unit: Unit) -> None:
    """Refuse a parameter that the notebook's ``parameters`` cell does not assign; papermill only warns.

    An `UnknownParameterError` names the nearest known one; a `RunError` says that the source is not a notebook, or the
    cell not Python.
    """
    notebook = read_notebook(unit.source)
    place = f"notebook {unit.notebook}, area {unit.area}"
    names: set[str] = set()
    for number, cell in enumerate(notebook.cells, start=1):
        if "parameters" in cell.metadata.get("tags", []):
            names = _assigned(cell.source, f"{place}, cell {number}") if cell.cell_type == "code" else set()
            # papermill puts its own cell after the first one; in a later one the default would win.
            break
    for name in unit.parameters:
        if name not in names:
            expected = "parameters that its `parameters` cell assigns"
            todo = did_you_mean(name, names) if names else "Tag the code cell that assigns them with `parameters`."
            raise UnknownParameterError(place, expected, f'"{name}"', todo)


def _assigned(source: str, place: str) -> set[str]:
    """Names assigned at the top level of a cell, annotated or not."""
    tree = python_tree(source)
    if tree is None:
        raise _not_python(source, place)
    names: set[str] = set()
    for statement in tree.body:
        targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
        for target in targets:
            names |= {node.id for node in ast.walk(target) if isinstance(node, ast.Name)} if target else set()
    return names


def _not_python(source: str, place: str) -> RunError:
    """Where a cell breaks off; lines in IPython's own syntax are assumed to be correct."""
    plain = "\n".join("pass" if line.startswith(("%", "!")) else line for line in source.splitlines())
    try:
        ast.parse(plain)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        text = (source.splitlines() or [""])[min(line, len(source.splitlines())) - 1].strip()
        got = f"{getattr(error, 'msg', None) or error}: `{text}`"
        return RunError(f"{place}, line {line}", "a `parameters` cell in Python", got, "Correct the cell.")
    return RunError(place, "a `parameters` cell in Python", "what cannot be read", "Correct the cell.")
