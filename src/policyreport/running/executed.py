"""What a run left behind: executed notebooks, each with the record that holds its numbers."""

from __future__ import annotations

from collections.abc import Container, Iterator
from pathlib import Path

import nbformat
from pydantic import ValidationError

from policyreport.errors import RenderError
from policyreport.figures.simulated import unmarked_name
from policyreport.records.base import misfit
from policyreport.records.own import record_type
from policyreport.running.seal import broken_seal
from policyreport.running.store import notebook_path, record_path


def read_executed(store: Path, failed: Container[tuple[str, str]]) -> Iterator[tuple[str, str, nbformat.NotebookNode]]:
    """Read every notebook that ran to its end, with its area and name, in the order of their paths.

    What a notebook in `failed` showed before it failed has no record behind it, and is left out.

    Raises
    ------
    RenderError
        A notebook is not one, or its record is missing, does not fit its schema or was changed since the run: the
        pages would show numbers that neither the downloads nor `policyreport trace` know. Or a record has no notebook.
    """
    for path in sorted((store / "records").glob("*/*.json")):
        notebook = notebook_path(store, path.parent.name, path.stem)
        if not notebook.is_file():
            raise RenderError(str(notebook), "the executed notebook of a record", "no such file", _again(store))
    for path in sorted((store / "notebooks").glob("*/*.ipynb")):
        area, name = path.parent.name, path.stem
        if (area, name) not in failed:
            executed = _read_notebook(path, store)
            _check_record(store, area, name)
            yield area, name, executed


def _read_notebook(path: Path, store: Path) -> nbformat.NotebookNode:
    try:
        notebook: nbformat.NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    # nbformat passes on the errors of JSON, its schema and the encoding.
    except Exception as error:
        raise RenderError(str(path), "an executed notebook", _first_line(error), _again(store)) from error
    return notebook


def _check_record(store: Path, area: str, name: str) -> None:
    """Require a notebook's record, and that it fits its schema."""
    path = record_path(store, area, name)
    try:
        body = path.read_bytes()
    except OSError as error:
        got = "no such file" if isinstance(error, FileNotFoundError) else str(error)
        raise RenderError(str(path), "the record of the executed notebook", got, _again(store)) from error
    kind = unmarked_name(name)
    try:
        record_type(kind).from_json(body)
    except ValidationError as error:
        raise RenderError(str(path), f"a record of notebook {kind}", misfit(error), _again(store)) from error
    notebook = notebook_path(store, area, name)
    if changed := broken_seal(notebook.read_bytes(), body):
        place = path if changed == "record" else notebook
        raise RenderError(str(place), f"the {changed} as the run wrote it", "another content", _again(store))


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _again(store: Path) -> str:
    return f"Run `policyreport run {store.name}` again."
