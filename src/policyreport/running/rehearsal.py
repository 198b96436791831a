"""What all notebooks of an edition have in common, done once in the process that their kernels are forked from.

Libraries are slow when they are first used: fonts are found, figures' back ends loaded, schemas read. A kernel
forked afterwards need not repeat that. Nothing here is a result, and nothing is drawn at random.
"""

import importlib
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

from policyreport.data.inputs import decision_files, read_decisions
from policyreport.figures.frame import Frame
from policyreport.figures.series import Line, growth, small_multiples
from policyreport.params.edition import read_edition
from policyreport.records.series import SeriesPoint

# pandas, pyarrow and IPython import these on first use. Reading a table here would import most of them too, but start
# Arrow's threads, and a process with threads cannot be forked.
USED_LATER = (
    "IPython.core.logger",
    "matplotlib.backends.backend_svg",
    "pandas.core.arrays.arrow.extension_types",
    "pandas.core.methods.to_dict",
    "pandas.io.formats.html",
    "pandas.io.formats.string",
    "pyarrow.dataset",
    "pyarrow.parquet",
)


def rehearse(root: str, edition_id: str) -> None:
    """Read an edition's parameters and draw figures that nobody sees."""
    for name in USED_LATER:
        importlib.import_module(name)
    # A warning shown here once would be missing in the notebooks.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _draw()
        _read(Path(root), edition_id)


def _read(root: Path, edition_id: str) -> None:
    """Read the parameters as a notebook does, from the files of a slice."""
    with TemporaryDirectory() as folder:
        for name, body in decision_files(root, read_edition(root, edition_id)).items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
        read_decisions(Path(folder), edition_id)


def _draw() -> None:
    """Draw a series and small multiples of it."""
    points = tuple(
        SeriesPoint(
            year=2020 + i, value=float(i), status="estimate" if i == 4 else "observed", low=i - 0.5, high=i + 0.5
        )
        for i in range(5)
    )
    lines = [Line("accent", points, "accent"), Line("context", points, "context")]
    growth(lines, Frame("rehearsal", "1,000"), "%")
    small_multiples([("panel", lines)], Frame("rehearsal", "1,000"))
