"""Two builds are compared byte for byte, and the first difference is shown where a person finds it."""

import json
import shutil

import nbformat
import pytest
from typer.testing import CliRunner

from policyreport.cli.main import app
from policyreport.errors import ExitCode, UsageError
from policyreport.publishing.differences import compare_builds


def notebook(*cells: tuple[str, str]) -> str:
    made = []
    for number, (source, text) in enumerate(cells, 1):
        output = nbformat.v4.new_output("stream", name="stdout", text=text)
        made.append(nbformat.v4.new_code_cell(source, id=str(number), execution_count=number, outputs=[output]))
    return nbformat.writes(nbformat.v4.new_notebook(cells=made))


@pytest.fixture
def builds(tmp_path):
    """Two equal builds of one area."""
    first, second = tmp_path / "a", tmp_path / "b"
    for folder, name, body in (
        ("records", "trend.json", json.dumps({"area": "n40", "growth": [{"slope": 1.5, "flags": []}]}, indent=1)),
        ("notebooks", "trend.ipynb", notebook(("x = 1", "one\n"), ("y = 2", "two\nthree\n"))),
    ):
        (first / folder / "n40").mkdir(parents=True)
        (first / folder / "n40" / name).write_text(body)
    (first / "timings.json").write_text("1")
    shutil.copytree(first, second)
    (second / "timings.json").write_text("2")
    return first, second


def edit(path, old, new):
    text = path.read_text()
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1))


def call(*words):
    return CliRunner().invoke(app, ["compare-runs", *map(str, words)])


def test_equal_builds_are_equal_whatever_their_times(builds):
    assert compare_builds(*builds) == (2, [])
    result = call(*builds)
    assert (result.exit_code, result.output) == (0, "Equal: 2 files, byte for byte.\n")


def test_a_differing_output_is_shown_by_notebook_cell_and_line(builds):
    edit(builds[1] / "notebooks/n40/trend.ipynb", "three", "four")
    result = call(*builds)
    assert result.exit_code == ExitCode.DIFFERENT
    assert result.output.splitlines() == [
        "notebooks/n40/trend.ipynb: cell 2, output 1, text",
        "  -three",
        "  +four",
        "1 of 2 files differ.",
    ]


@pytest.mark.parametrize(
    ("old", "new", "place", "lines"),
    [
        ("y = 2", "y = 3", "cell 2, source", ("-y = 2", "+y = 3")),
        ('"execution_count": 2', '"execution_count": 7', "cell 2, execution_count", ("-2", "+7")),
        ('"stdout"', '"stderr"', "cell 1, output 1, name", ("-stdout", "+stderr")),
    ],
)
def test_the_first_differing_cell_is_named_with_what_differs_in_it(builds, old, new, place, lines):
    edit(builds[1] / "notebooks/n40/trend.ipynb", old, new)
    _, (found,) = compare_builds(*builds)
    assert (found.place, found.lines) == (place, lines)


def test_a_line_that_begins_with_dashes_is_not_taken_for_a_heading(builds):
    edit(builds[0] / "notebooks/n40/trend.ipynb", "three", "-- rule")
    edit(builds[1] / "notebooks/n40/trend.ipynb", "three", "++ rule")
    _, (found,) = compare_builds(*builds)
    assert found.lines == ("--- rule", "+++ rule")


def test_a_record_is_compared_field_by_field(builds):
    edit(builds[1] / "records/n40/trend.json", "1.5", "1.25")
    _, (found,) = compare_builds(*builds)
    assert (found.file, found.place, found.lines) == ("records/n40/trend.json", "growth[0].slope", ("-1.5", "+1.25"))


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [("[]", "[1]", "growth[0].flags"), ('"area"', '"aera"', "aera"), ("1.5", "true", "growth[0].slope")],
)
def test_entries_fields_and_types_count(builds, old, new, place):
    edit(builds[1] / "records/n40/trend.json", old, new)
    assert compare_builds(*builds)[1][0].place == place


def test_the_same_values_in_other_bytes_are_a_difference(builds):
    path = builds[1] / "records/n40/trend.json"
    path.write_text(json.dumps(json.loads(path.read_text())))
    _, (found,) = compare_builds(*builds)
    assert found.place == ""
    assert found.lines[0] == "-{"


def test_a_file_of_one_build_only_is_named_and_others_are_counted(builds):
    (builds[1] / "records/n40/trend.json").unlink()
    edit(builds[1] / "notebooks/n40/trend.ipynb", "one", "eins")
    result = call(*builds)
    assert result.output.splitlines()[-2:] == [
        "2 of 2 files differ.",
        "Also: records/n40/trend.json. --all shows them all.",
    ]
    every = call(*builds, "--all").output.splitlines()
    assert every[-3:] == ["records/n40/trend.json", "  only in the first build", "2 of 2 files differ."]
    assert [each["file"] for each in json.loads(call(*builds, "--json").output)] == [
        "notebooks/n40/trend.ipynb",
        "records/n40/trend.json",
    ]


def test_a_folder_without_results_is_refused(tmp_path, builds):
    with pytest.raises(UsageError, match="the folder of an edition that was run"):
        compare_builds(builds[0], tmp_path)
    assert call(builds[0], tmp_path / "none").exit_code == ExitCode.USAGE
