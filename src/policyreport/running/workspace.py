"""Where a notebook finds its slice: put into its folder by the runner, or made again when run by hand."""

from pathlib import Path

from policyreport.data.inputs import Inputs, read_inputs
from policyreport.figures.simulated import mark_displays
from policyreport.records import base


def open_edition(edition: str, area: str = "", *, notebook: str = "", workspace: str = "") -> Inputs:
    """Open what was known of an area on an edition's date: tidy frames, settings, areas.

    Parameters
    ----------
    edition : str
        Name of a file in params/editions/.
    area : str
        Key or name of a province, or of the country (default).
    notebook : str
        Name of the notebook whose slice is opened, ``trend``; default: all figures, for scripts, which save no record.
    workspace : str
        Folder that holds the slice, as the runner lays it out; empty when run by hand.

    Returns
    -------
    Inputs
        In a simulated edition every picture shown from here on carries its mark.

    Raises
    ------
    PolicyReportError
        By hand only: if there is no project here, no such area, or its data or parameters break their rules.

    Examples
    --------
    >>> data = open_edition("2025Q4", "Nghệ An")  # doctest: +SKIP
    >>> data.newest.query("indicator == 'tasks_completed'")  # doctest: +SKIP
    """
    data = read_inputs(Path(workspace) if workspace else _by_hand(notebook, area, edition))
    language = data.edition.language
    base.SENTENCES.update({code: entry.sentence[language] for code, entry in data.wording.codes.items()})
    if data.edition.simulated:
        mark_displays(language)
    return data


def _by_hand(notebook: str, area: str, edition: str) -> Path:
    # Loads the runner and the whole ledger, which a notebook in the batch never needs.
    from policyreport.running.plan import slice_by_hand

    return slice_by_hand(notebook, area, edition)
