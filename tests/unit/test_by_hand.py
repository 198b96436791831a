"""A record made by hand next to that of the edition's last run, and what a notebook shows of both."""

import dataclasses
import json
import shutil
from pathlib import Path

import pytest

from policyreport import compare_with_official
from policyreport.data.inputs import Inputs, read_inputs
from policyreport.errors import UsageError
from policyreport.running import plan
from policyreport.running.store import record_path


@pytest.fixture(scope="module")
def project(tiny, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose tables and parameters are read once."""
    root = tmp_path_factory.mktemp("by-hand")
    for part in ("params", "data"):
        (root / part).symlink_to(tiny.root / part)
    return root


@pytest.fixture
def data(tiny, project: Path, monkeypatch: pytest.MonkeyPatch) -> Inputs:
    """The slice of `trend` as a person opens it, in a project that has run."""
    shutil.rmtree(project / "build", ignore_errors=True)
    shutil.copytree(tiny.store / "records", project / "build" / "tiny" / "records")
    monkeypatch.chdir(project)
    return read_inputs(plan.slice_by_hand("trend", "n40", "tiny"))


def official(data: Inputs) -> Path:
    return record_path(data.folder.parents[2], data.area, data.notebook)


def save(data: Inputs, **changes: object) -> None:
    """Save by hand the record of the run with changes of its fields."""
    body = json.loads(official(data).read_bytes()) | changes
    (data.folder / "record.json").write_text(json.dumps(body), encoding="utf-8")


def test_equal_records_are_said_to_be_equal_in_one_line(data: Inputs) -> None:
    save(data)
    assert compare_with_official(data).summary() == "The record by hand equals the record of the run."


def test_every_value_that_differs_stands_with_both(data: Inputs) -> None:
    growth = json.loads(official(data).read_bytes())["growth"]
    old = growth[1]["slope"]
    growth[1] |= {"slope": 0.25, "flags": []}
    save(data, growth=growth)
    compared = compare_with_official(data)
    table = compared.to_frame().set_index("field")
    assert table.loc["growth[1].slope"].tolist() == [0.25, old]
    assert {field.partition(".")[0].partition("[")[0] for field in table.index} == {"growth"}
    assert f"{len(table)} of " in compared.sentence
    assert "growth[1].slope" in compared._repr_html_()


def test_a_result_that_only_one_of_them_has_is_there_with_a_dash(data: Inputs) -> None:
    growth = json.loads(official(data).read_bytes())["growth"]
    save(data, growth=growth[:1])
    table = compare_with_official(data).to_frame().set_index("field")
    assert table.loc["growth[1].slope", "by hand"] == "–"


def test_without_a_run_it_says_in_one_line_how_to_make_one(data: Inputs) -> None:
    save(data)
    official(data).unlink()
    text = compare_with_official(data).summary()
    assert text == "n40/trend has no record of a run yet: `policyreport run tiny --areas n40` makes one."


def test_without_a_record_by_hand_it_names_the_cell_to_run(data: Inputs) -> None:
    with pytest.raises(UsageError, match=r"data\.save\(record\)"):
        compare_with_official(data)


def test_the_batch_has_nothing_to_compare_with(data: Inputs) -> None:
    with pytest.raises(UsageError, match="a notebook run by hand"):
        compare_with_official(dataclasses.replace(data, folder=Path()))


def test_a_saved_record_shows_its_place_below_the_project(data: Inputs) -> None:
    record = data.record(**dict.fromkeys(("completion", "flow", "share", "share_pace", "growth", "income"), ()),
                         governance=(), indices=(), outlook=())  # fmt: skip
    assert "build/tiny/by-hand/n40/trend/record.json" in repr(data.save(record))
