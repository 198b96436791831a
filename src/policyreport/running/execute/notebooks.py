"""A notebook before it runs, with the parameters it takes; and after, without what differs from run to run."""

import ast
import re
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat

from policyreport.errors import RunError, did_you_mean
from policyreport.running.execute.unit import Unit
from policyreport.running.store import UNSEALED
from warm_kernels.notebooks import python_tree

# ipykernel names a cell's file by its process id.
CELL_FILE = re.compile(r"\S*ipykernel_\d+[/\\]\d+\.py")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


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


def machine_prefixes(folder: Path) -> dict[str, str]:
    """Folders of this machine and what replaces them in a stored text, the longest first.

    A folder below the home also stands as ``~/…``.
    """
    package = Path(__file__).resolve().parents[2]
    home = str(Path.home())
    names = {
        str(folder / "work"): ".",
        str(folder.resolve() / "work"): ".",
        str(folder): "tmp",
        str(folder.resolve()): "tmp",
        str(package): package.name,
        sysconfig.get_path("purelib"): "site-packages",
        sysconfig.get_path("stdlib"): "python",
        sys.prefix: "environment",
        sys.base_prefix: "python",
    }
    # IPython shortens the home in tracebacks.
    names |= {"~" + path.removeprefix(home): name for path, name in names.items() if path.startswith(home + "/")}
    names[home] = "~"
    return dict(sorted(names.items(), key=lambda item: -len(item[0])))


def without_machine(text: str, prefixes: Mapping[str, str]) -> str:
    """Replace paths of this machine, and remove terminal colours."""
    text = CELL_FILE.sub("cell", COLOURS.sub("", text))
    for path, name in prefixes.items():
        # Only whole folders: "/tmp" must not eat into "/tmpfs".
        text = re.sub(re.escape(path) + r"(?![\w-])", lambda _: name, text)  # noqa: B023 # used at once
    return text


def reproducible(notebook: Any, source_ids: set[str], prefixes: Mapping[str, str]) -> bytes:
    """Serialise an executed notebook so that equal runs give equal bytes.

    Cells whose id is not among `source_ids` were added by papermill.
    """
    ran_with = notebook.metadata.pop("papermill", {}).get("parameters", {})
    notebook.metadata["policyreport"] = {"parameters": ran_with, **UNSEALED}
    notebook.metadata.pop("widgets", None)
    for position, cell in enumerate(notebook.cells):
        if cell.get("id") not in source_ids:
            cell["id"] = f"added-{position}"
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        for output in cell.get("outputs", []):
            _clean_output(output, prefixes)
    notebook.nbformat, notebook.nbformat_minor = 4, max(notebook.nbformat_minor, 5)
    # nbformat sorts the keys and indents by one.
    body: str = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    return (body + "\n").encode()


def _clean_output(output: Any, prefixes: Mapping[str, str]) -> None:
    """Rewrite the texts of one output in place; pictures carry no paths and stay."""
    if output.output_type == "stream":
        output["text"] = without_machine(output["text"], prefixes)
    elif output.output_type == "error":
        output["traceback"] = [without_machine(line, prefixes) for line in output["traceback"]]
        output["evalue"] = without_machine(output["evalue"], prefixes)
    elif "text/plain" in output.get("data", {}):
        output.data["text/plain"] = without_machine(output.data["text/plain"], prefixes)
