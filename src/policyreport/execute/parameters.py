"""Read a notebook and hold a unit's parameters against what it takes."""

from __future__ import annotations

import ast
from typing import Any

import nbformat

from policyreport.errors import RunError, did_you_mean
from policyreport.execute.unit import Unit


def read_notebook(body: bytes) -> Any:
    """Read a notebook file's bytes, of any version 4.

    Parameters
    ----------
    body : bytes
        Content of an ``.ipynb`` file.

    Returns
    -------
    NotebookNode
        The notebook.

    Raises
    ------
    RunError
        If the bytes are not a notebook.
    """
    try:
        return nbformat.reads(body.decode(), as_version=4)  # type: ignore[no-untyped-call]
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, UnicodeDecodeError) as error:
        what = " ".join(str(error).split())[:100]
        raise RunError("notebook", "a Jupyter notebook", what, "Open and save it in JupyterLab.") from None


class UnknownParameterError(RunError):
    """A unit passes a parameter that its notebook does not have."""


def check_parameters(unit: Unit) -> None:
    """Refuse a parameter that the notebook's ``parameters`` cell does not assign; papermill only warns.

    Parameters
    ----------
    unit : Unit
        Notebook and parameters.

    Raises
    ------
    RunError
        If the source is not a notebook.
    UnknownParameterError
        If a parameter is unknown, with the nearest known one.
    """
    notebook = read_notebook(unit.source)
    known: set[str] = set()
    for cell in notebook.cells:
        if cell.cell_type == "code" and "parameters" in cell.metadata.get("tags", []):
            known |= _assigned(cell.source)
    for name in unit.parameters:
        if name not in known:
            place = f"notebook {unit.notebook}, area {unit.area}"
            expected = "parameters that its `parameters` cell assigns"
            raise UnknownParameterError(place, expected, f'"{name}"', did_you_mean(name, known))


def _assigned(source: str) -> set[str]:
    """Names assigned at the top level of a cell, annotated or not."""
    names: set[str] = set()
    for statement in ast.parse(source).body:
        targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
        names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names
