"""The files an edition publishes: exact, equal from equal data, harmless in a spreadsheet."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import get_args

import jsonschema
import pandas as pd
import pytest

from policyreport.publishing.downloads import BOUND_WORDS, TABLES, csv_bytes, download_list, make_downloads, neutralised
from policyreport.publishing.provenance import read_provenance
from policyreport.records.base import Interval, Status
from policyreport.records.formats import Formats
from policyreport.records.notebooks import LeagueRow

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def provenance():
    """The project's own data, a part of the ledger: the nation's rows and one source of provinces."""
    whole = read_provenance(ROOT, "2025Q4")
    kept = (whole.ledger["area"] == "VN") | (whole.ledger["source"] == "nso/PL.V03.01")
    return replace(whole, ledger=whole.ledger[kept])


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("2025Q4")
    (folder / "records" / "VN").mkdir(parents=True)
    (folder / "records" / "VN" / "clean.json").write_text('{"area": "VN"}\n')
    return folder


@pytest.fixture(scope="module")
def files(provenance, store):
    return {file.name: file for file in make_downloads(provenance, store, "With citation.")}


def read(body: bytes, **options) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(body), keep_default_na=False, na_values={"value": [""]}, **options)


def test_two_makings_give_the_same_bytes(provenance, store, files):
    again = make_downloads(provenance, store, "With citation.")
    assert {file.name: file.body for file in again} == {name: file.body for name, file in files.items()}


def test_the_ledger_read_back_from_csv_is_the_ledger(provenance, files):
    fields = TABLES["ledger"]["schema"]["fields"]
    texts = {field["name"]: str for field in fields if field["type"] == "string"}
    back = read(files["ledger.csv"].body, dtype=texts).set_index("id")
    ledger = provenance.ledger
    assert list(back.index) == list(ledger.index)
    assert back["value"].tolist() == ledger["value"].tolist()
    signs = {word: sign for sign, word in BOUND_WORDS.items()}
    assert back["bound"].map(signs).tolist() == ledger["bound"].tolist()
    assert back["newest"].tolist() == ledger["newest"].tolist()
    for column in ("published", "reference_date"):
        assert pd.to_datetime(back[column]).tolist() == ledger[column].tolist()
    for column in ("area", "indicator", "measure", "list", "period", "unit", "status", "quality", "source", "note"):
        assert back[column].tolist() == ledger[column].tolist(), column


def test_parquet_and_csv_hold_the_same_rows(files):
    for name in ("ledger", "panel"):
        typed = pd.read_parquet(io.BytesIO(files[f"{name}.parquet"].body))
        assert csv_bytes(typed) == files[f"{name}.csv"].body


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+84 24", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "'=1", "''@x",
     '=HYPERLINK("http://x","y")', "=cmd|' /C calc'!A0"],
)  # fmt: skip
def test_a_text_like_a_formula_is_neutralised_and_can_be_read_back(text):
    written = read(csv_bytes(pd.DataFrame({"note": [text]})), dtype=str)["note"][0]
    assert written == f"'{text}" == neutralised(text)
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@pytest.mark.parametrize("text", ["", "Bà Rịa - Vũng Tàu", "1,227", "'quoted'", "a\nb", 'say "x", y'])
def test_any_other_text_is_written_as_it_is(text):
    assert read(csv_bytes(pd.DataFrame({"note": [text, "x"]})), dtype=str)["note"][0] == text


def test_numbers_days_and_truth_stay_what_they_are():
    frame = pd.DataFrame({"n": [-0.1, 1227.0, float("nan")], "i": [-3, 4, 5], "b": [True, False, True]})
    frame["d"] = [date(2025, 12, 25), None, None]
    assert csv_bytes(frame).decode("utf-8-sig").splitlines() == [
        "n,i,b,d", "-0.1,-3,true,2025-12-25", "1227,4,false,", ",5,true,",
    ]  # fmt: skip


def test_spreadsheets_recognise_the_encoding_by_its_mark(files):
    assert files["areas.csv"].body.startswith(b"\xef\xbb\xbfkey,")
    assert "Hồ Chí Minh".encode() in files["areas.csv"].body


def test_the_records_lie_in_a_zip_with_schemas_and_without_a_clock(files):
    with zipfile.ZipFile(io.BytesIO(files["records.zip"].body)) as packed:
        names = packed.namelist()
        assert names == sorted(names)
        assert packed.read("records/VN/clean.json") == b'{"area": "VN"}\n'
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        for name in ("clean", "trend", "compare", "provinces"):
            jsonschema.Draft202012Validator.check_schema(json.loads(packed.read(f"schemas/{name}.schema.json")))


def test_frictionless_finds_the_data_package_valid(files, tmp_path):
    frictionless = pytest.importorskip("frictionless")
    # records.zip is no table: frictionless opens its content to look, and leaves it open.
    package = json.loads(files["datapackage.json"].body)
    package["resources"] = [each for each in package["resources"] if each["format"] != "zip"]
    (tmp_path / "datapackage.json").write_text(json.dumps(package), "utf-8")
    for name, file in files.items():
        if name != "datapackage.json":
            (tmp_path / name).write_bytes(file.body)
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert report.valid, report.flatten(["name", "type", "note"])[:10]
    assert {task.name for task in report.tasks} >= {"ledger", "panel", "ledger-parquet", "indicators", "sources"}


def test_frictionless_would_notice_a_wrong_value(files, tmp_path):
    frictionless = pytest.importorskip("frictionless")
    package = json.loads(files["datapackage.json"].body)
    resource = next(each for each in package["resources"] if each["name"] == "sources")
    body = files["sources.csv"].body.replace(b",2026-11-22,", b",someday,", 1)
    (tmp_path / "sources.csv").write_bytes(body)
    (tmp_path / "datapackage.json").write_text(json.dumps(package | {"resources": [resource]}), "utf-8")
    found = frictionless.validate(str(tmp_path / "datapackage.json")).flatten(["type"])
    assert ["type-error"] in found
    assert ["hash-count"] in found


def test_every_table_has_a_schema_and_every_column_a_meaning(files):
    package = json.loads(files["datapackage.json"].body)
    assert {each["path"] for each in package["resources"]} == set(files) - {"datapackage.json"}
    for resource in package["resources"]:
        if resource["format"] == "csv":
            header = files[resource["path"]].body.decode("utf-8-sig").splitlines()[0].split(",")
            assert header == [field["name"] for field in resource["schema"]["fields"]]
            assert all(field["description"] for field in resource["schema"]["fields"])


def test_the_schema_of_the_ledger_lists_every_status():
    status = next(field for field in TABLES["ledger"]["schema"]["fields"] if field["name"] == "status")
    assert set(status["constraints"]["enum"]) == set(get_args(Status))


def test_the_league_table_is_published_with_its_interval_and_rows(provenance, tmp_path):
    from policyreport.publishing.downloads import league_row  # the national record is not made in a unit test

    row = LeagueRow(
        area="n01", name="Hà Nội", slug="ha-noi", region="R", growth_mean_interval=Interval(low=-1, high=2),
        inputs={"growth": ("a/b.csv#2",), "income": ("a/b.csv#2", "a/b.csv#3")},
    )  # fmt: skip
    assert {"growth_mean_low": -1.0, "growth_mean_high": 2.0, "inputs": "a/b.csv#2 a/b.csv#3"}.items() <= league_row(
        row
    ).items()


def test_the_page_lists_every_file_with_rows_and_size(files):
    text = download_list(files.values(), Formats("en"))
    for name in files:
        assert f"[{name}](downloads/{name})" in text
    assert f"{files['ledger.csv'].rows:,}" in text
