"""Remove from an executed notebook what differs from run to run: times, random ids, machine paths."""

import re
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat

from policyreport.running.store import UNSEALED

# ipykernel names a cell's file by its process id.
CELL_FILE = re.compile(r"\S*ipykernel_\d+[/\\]\d+\.py")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


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
