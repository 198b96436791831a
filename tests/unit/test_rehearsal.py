"""What is done before kernels are forked leaves no trace; tests/notebooks/test_identity.py holds results against it."""

import random
import threading
import warnings
from pathlib import Path

import numpy as np
import pytest

from policyreport.data import inputs
from policyreport.params.edition import read_edition
from policyreport.running.plan import first_units
from policyreport.running.rehearsal import rehearse

ROOT = Path(__file__).parents[2]
EDITION = "2025Q4"
AREA = "n40"


def lay_out(files: dict[str, bytes], folder: Path) -> Path:
    for name, body in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    return folder


def test_a_rehearsal_draws_nothing_at_random_and_starts_no_thread() -> None:
    before = random.getstate(), np.random.get_state()[1].tolist(), threading.active_count()  # noqa: NPY002 # to see that it stays
    rehearse(str(ROOT), EDITION)
    after = random.getstate(), np.random.get_state()[1].tolist(), threading.active_count()  # noqa: NPY002
    assert before == after


def test_a_rehearsal_uses_up_no_warning() -> None:
    before = list(warnings.filters)
    rehearse(str(ROOT), EDITION)
    assert warnings.filters == before


def test_a_notebook_finds_the_parameters_that_were_rehearsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "_decisions", {})
    rehearse(str(ROOT), EDITION)
    monkeypatch.setattr(inputs, "_checked_decisions", lambda *_: pytest.fail("they were read again"))
    slice_ = first_units(ROOT, EDITION, [AREA], tmp_path)[1].slice
    assert inputs.read_inputs(lay_out(slice_, tmp_path / "slice")).edition.id == EDITION


def test_parameters_are_read_again_where_a_file_differs(tmp_path: Path) -> None:
    files = inputs.decision_files(ROOT, read_edition(ROOT, EDITION))
    before = inputs.read_decisions(lay_out(files, tmp_path / "before"), EDITION)
    name = "params/methods.yaml"
    changed = files | {name: files[name] + b"# a comment\n"}
    after = inputs.read_decisions(lay_out(changed, tmp_path / "after"), EDITION)
    assert before["roles"] == after["roles"]
    assert before["settings"] is not after["settings"]
