"""The teaching data are what their program draws, and say of themselves that nobody observed them."""

import csv
import runpy
from pathlib import Path

import pytest
import yaml

TEACHING = Path(__file__).parents[2] / "data" / "teaching"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drawn")
    runpy.run_path(str(TEACHING / "generate.py"))["main"](folder)
    return folder


def test_the_program_draws_the_files_that_are_kept(drawn: Path) -> None:
    files = sorted(path.relative_to(drawn) for path in drawn.rglob("*") if path.is_file())
    kept = sorted(path.relative_to(TEACHING) for path in (TEACHING / "raw").rglob("*") if path.is_file())
    assert files == [*kept, Path("truth.csv")]
    assert [file for file in files if (drawn / file).read_bytes() != (TEACHING / file).read_bytes()] == []


def test_every_row_and_source_says_that_it_is_simulated() -> None:
    tables = sorted((TEACHING / "raw").rglob("*.csv"))
    assert len(tables) == 6
    for path in tables:
        assert path.parent.name == "simulated"
        assert yaml.safe_load(path.with_suffix(".source.yaml").read_text("utf-8"))["simulated"] is True
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row for row in rows if "simulated" not in row["quality"].split()] == []
        assert [row for row in rows if not (row["measure"] + row["list"]).startswith("simulated-")] == []
