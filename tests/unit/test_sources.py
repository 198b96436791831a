"""Sidecars, and the refusal of a raw file that is not the one they describe."""

import hashlib
import re
from pathlib import Path

import pytest

from policyreport.data.sources import read_source, read_sources
from policyreport.errors import DataError

ROOT = Path(__file__).parents[2]
TABLE = "area,indicator,period,value\nn01,tasks_total,2025,3\n"
SIDECAR = """publisher: A statistics office
title: A table
address: https://example.org/table
published: 2025-01
accessed: 2026-11-22
licence: none stated
sha256: {sha256}
defaults:
  unit: tasks
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "data" / "raw" / "office" / "table.csv"
    path.parent.mkdir(parents=True)
    path.write_text(TABLE, encoding="utf-8")
    sidecar = SIDECAR.format(sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    path.with_name("table.source.yaml").write_text(sidecar, encoding="utf-8")
    return path


def test_every_raw_file_of_the_project_is_the_one_its_sidecar_describes() -> None:
    sources = read_sources(ROOT)
    assert set(sources) == {
        path.relative_to(ROOT / "data" / "raw").as_posix().removesuffix(".csv")
        for path in (ROOT / "data" / "raw").rglob("*.csv")
    }
    for source in sources.values():
        assert source.publisher
        assert source.title
        assert source.licence
        assert source.address.startswith(("https://", "http://"))


def test_the_boundaries_have_sidecars_too() -> None:
    for name in ("areas", "crosswalk"):
        assert read_source(ROOT / "data" / "boundaries" / f"{name}.csv").publisher


def test_a_month_stays_a_month(table: Path) -> None:
    assert read_source(table).published == "2025-01"


def test_a_year_that_yaml_reads_as_a_number_stays_a_year(table: Path) -> None:
    sidecar = table.with_name("table.source.yaml")
    sidecar.write_text(sidecar.read_text().replace("published: 2025-01", "published: 2024"))
    assert read_source(table).published == "2024"


def test_a_changed_file_is_refused_with_both_hashes(table: Path) -> None:
    expected = hashlib.sha256(table.read_bytes()).hexdigest()
    table.write_text(TABLE.replace(",3", ",4"), encoding="utf-8")
    got = hashlib.sha256(table.read_bytes()).hexdigest()
    with pytest.raises(DataError) as caught:
        read_source(table)
    message = str(caught.value)
    assert "table.csv" in message
    assert expected in message
    assert got in message
    assert "data/corrections" in message


def test_a_misspelt_key_is_answered_with_the_right_one(table: Path) -> None:
    sidecar = table.with_name("table.source.yaml")
    sidecar.write_text(sidecar.read_text().replace("licence:", "license:"))
    with pytest.raises(DataError, match=r'unknown key "license".*did you mean "licence"'):
        read_source(table)


def test_a_default_for_an_unknown_column_is_refused(table: Path) -> None:
    sidecar = table.with_name("table.source.yaml")
    sidecar.write_text(sidecar.read_text().replace("  unit:", "  units:"))
    with pytest.raises(DataError, match='did you mean "unit"'):
        read_source(table)


def test_a_raw_file_without_sidecar_is_refused(table: Path) -> None:
    table.with_name("table.source.yaml").unlink()
    with pytest.raises(DataError, match=r"a sidecar table\.source\.yaml"):
        read_source(table)


def test_a_sidecar_without_raw_file_is_refused(table: Path) -> None:
    table.unlink()
    with pytest.raises(DataError, match=r"a raw file table\.csv"):
        read_sources(table.parents[3])


@pytest.mark.parametrize("name", ["table.source.yml", "table.Source.yaml", "table (1).source.YAML", "TABLE.CSV"])
def test_a_second_sidecar_or_a_table_under_another_ending_is_refused(table: Path, name: str) -> None:
    (table.parent / name).write_bytes(table.with_name("table.source.yaml").read_bytes())
    with pytest.raises(DataError, match=re.escape(name)):
        read_sources(table.parents[3])


def test_a_day_that_is_none_in_a_sidecar_is_refused(table: Path) -> None:
    sidecar = table.with_name("table.source.yaml")
    sidecar.write_text(re.sub("published: .*", "published: 2025-02-30", sidecar.read_text()))
    with pytest.raises(DataError, match=r"table\.source\.yaml.*2025-02-30"):
        read_source(table)


def test_a_folder_named_like_a_table_is_no_table(table: Path) -> None:
    (table.parent / "older.csv").mkdir()
    assert list(read_sources(table.parents[3])) == ["office/table"]
