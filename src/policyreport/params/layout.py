"""Where a project's files lie, and which of them an edition brings itself."""

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

    Parameters
    ----------
    root : Path
        The project's folder.
    data : str
        The folder below it with the edition's raw/, corrections/ and params/: ``data/teaching``.
    simulated : bool
        Whether its figures were drawn and not observed.
    """

    root: Path
    data: str
    simulated: bool = False


Root = Path | Layout
"""A project's folder, or the project seen by an edition with its own data."""


def project_folder(root: Root) -> Path:
    """Give the project's folder.

    Parameters
    ----------
    root : Path or Layout
        The project.

    Returns
    -------
    Path
        Its top folder.
    """
    return root.root if isinstance(root, Layout) else root


def data_folder(root: Root, name: str) -> str:
    """Say where a folder of data/ lies for an edition.

    Parameters
    ----------
    root : Path or Layout
        The project.
    name : str
        ``raw`` or ``corrections``.

    Returns
    -------
    str
        Below the project's folder: ``data/raw``, ``data/teaching/raw``.
    """
    return f"{root.data if isinstance(root, Layout) else DATA}/{name}"


def is_simulated(root: Root) -> bool:
    """Tell whether an edition's figures were drawn and not observed.

    Parameters
    ----------
    root : Path or Layout
        The project.

    Returns
    -------
    bool
        True for a simulated edition only.
    """
    return isinstance(root, Layout) and root.simulated


def own_parameters(root: Root) -> tuple[str, ...]:
    """List the parameter files of an edition's own data folder.

    Parameters
    ----------
    root : Path or Layout
        The project.

    Returns
    -------
    tuple of str
        Paths below the project's folder, sorted; none for the project's own data.

    Raises
    ------
    ParamsError
        If a file there is none that a data folder may change.
    """
    if not isinstance(root, Layout):
        return ()
    found = sorted((root.root / root.data / "params").glob("*.yaml"))
    for path in found:
        if path.stem not in OVERLAID:
            todo = did_you_mean(path.stem, OVERLAID)
            raise ParamsError(str(path), f"one of {', '.join(OVERLAID)}", path.stem, todo)
    return tuple(f"{root.data}/params/{path.name}" for path in found)


def load_parameters(root: Root, name: str) -> tuple[Path, Any]:
    """Load a parameter file with what an edition's data folder changes in it.

    Parameters
    ----------
    root : Path or Layout
        The project.
    name : str
        ``policy`` for params/policy.yaml.

    Returns
    -------
    Path
        The file a mistake is looked for in first: the edition's own where it has one.
    object
        What the files hold: mappings merged key by key, anything else of the edition's own in place of the
        project's.

    Raises
    ------
    ParamsError
        If a file is missing or is not YAML.
    """
    path = project_folder(root) / "params" / f"{name}.yaml"
    body = load_yaml(path)
    for own in own_parameters(root):
        if Path(own).stem == name:
            path = project_folder(root) / own
            body = _merged(body, load_yaml(path))
    return path, body


def _merged(body: Any, own: Any) -> Any:
    """Mappings key by key; of anything else the edition's own."""
    if not (isinstance(body, dict) and isinstance(own, dict)):
        return own
    return body | {key: _merged(body[key], value) if key in body else value for key, value in own.items()}
