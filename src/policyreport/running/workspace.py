"""Where a notebook finds its slice: put into its folder by the runner, or made again when run by hand."""

from __future__ import annotations

from pathlib import Path

from policyreport.data.inputs import Inputs, read_inputs
from policyreport.figures.simulated import mark_displays


def open_inputs(notebook: str, area: str, edition: str, workspace: str = "") -> Inputs:
    """Open a notebook's slice: the one in the folder `workspace`, or, where that is empty, a new one from the project.

    Parameters
    ----------
    notebook : str
        "clean", "trend", "compare", "series" or "evaluation".
    area, edition : str
        Keys of the area and the edition.
    workspace : str, optional
        Folder holding the slice; empty when the notebook is run by hand.

    Returns
    -------
    Inputs
        What the notebook reads, and where its record goes. In a simulated edition every exhibit shown from here on
        carries its mark.

    Raises
    ------
    PolicyReportError
        By hand only: if there is no project here, or its data or parameters break their rules.
    """
    inputs = read_inputs(Path(workspace) if workspace else _by_hand(notebook, area, edition))
    if inputs.edition.simulated:
        mark_displays(inputs.edition.language)
    return inputs


def _by_hand(notebook: str, area: str, edition: str) -> Path:
    # Loads the runner and the whole ledger, which a notebook in the batch never needs.
    from policyreport.running.plan import slice_by_hand

    return slice_by_hand(notebook, area, edition)
