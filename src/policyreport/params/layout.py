"""Where a project's files are, and which of them an edition brings itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policyreport.errors import ParamsError, did_you_mean
from policyreport.params.reading import load_yaml

DATA = "data"
OVERLAID = ("indicators", "methods", "policy", "report")
"""Parameter files that a data folder may change; the others, and data/boundaries, hold for every edition."""


@dataclass(frozen=True)
class Layout:
    """A project seen by an edition that has a data folder of its own.

    `data` is the folder below `root` with the edition's raw/, corrections/ and params/: ``data/teaching``; `simulated`
    means that its figures were drawn and not observed.
    """

    root: Path
    data: str
    simulated: bool = False


Root = Path | Layout
"""A project's folder, or the project seen by an edition with its own data."""


def project_folder(root: Root) -> Path:
    """Return the project's top folder."""
    return root.root if isinstance(root, Layout) else root


def data_folder(root: Root, name: str) -> str:
    """Return where ``raw`` or ``corrections`` is below the project's folder: ``data/raw``, ``data/teaching/raw``."""
    return f"{root.data if isinstance(root, Layout) else DATA}/{name}"


def is_simulated(root: Root) -> bool:
    """Return whether an edition's figures were drawn and not observed."""
    return isinstance(root, Layout) and root.simulated


def own_parameters(root: Root) -> tuple[str, ...]:
    """List the parameter files of an edition's own data folder, as paths below the project's, sorted.

    Raises ParamsError for a file that is not among `OVERLAID`.
    """
    if not isinstance(root, Layout):
        return ()
    paths = sorted((root.root / root.data / "params").glob("*.yaml"))
    for path in paths:
        if path.stem not in OVERLAID:
            todo = did_you_mean(path.stem, OVERLAID)
            raise ParamsError(str(path), f"one of {', '.join(OVERLAID)}", path.stem, todo)
    return tuple(f"{root.data}/params/{path.name}" for path in paths)


def load_parameters(root: Root, name: str) -> tuple[Path, Any]:
    """Load a parameter file merged with what an edition's data folder changes in it.

    Mappings are merged key by key; anything else is replaced. The path returned is for messages: the edition's own file
    where it has one.
    """
    path = project_folder(root) / "params" / f"{name}.yaml"
    body = load_yaml(path)
    for own in own_parameters(root):
        if Path(own).stem == name:
            path = project_folder(root) / own
            body = _merged(body, load_yaml(path))
    return path, body


def _merged(body: Any, own: Any) -> Any:
    if not (isinstance(body, dict) and isinstance(own, dict)):
        return own
    return body | {key: _merged(body[key], value) if key in body else value for key, value in own.items()}
