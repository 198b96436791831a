"""The ledger: what is loaded, how a slip is answered, what was known on a day."""

import hashlib
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from policyreport.data.observations.corrections import read_corrections, read_withheld
from policyreport.data.observations.known import as_known_on, to_observations, validate, vintages
from policyreport.data.observations.ledger import load_ledger
from policyreport.errors import DataError
from policyreport.params.indicators import read_indicators
from policyreport.records.periods import last_day, period_bounds

ROOT = Path(__file__).parents[2]
HEAD = "area,indicator,measure,list,period,reference_date,published,value,bound,unit,status,quality,note"
UNIT = '"% real (constant 2010 prices), year on year"'
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A project of one raw file with the given rows."""
    shutil.copytree(ROOT / "params", tmp_path / "params")
    shutil.copytree(ROOT / "data" / "boundaries", tmp_path / "data" / "boundaries")

    def write_rows(*rows: str, head: str = HEAD, corrections: str = "") -> Path:
        table = tmp_path / "data" / "raw" / "office" / "table.csv"
        table.parent.mkdir(parents=True, exist_ok=True)
        table.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
        sha256 = hashlib.sha256(table.read_bytes()).hexdigest()
        table.with_name("table.source.yaml").write_text(
            "publisher: An office\ntitle: A table\naddress: https://example.org\npublished: 2026-08-15\n"
            f"accessed: 2026-11-22\nlicence: none stated\nsha256: {sha256}\n"
        )
        if corrections:
            folder = tmp_path / "data" / "corrections"
            folder.mkdir(exist_ok=True)
            (folder / "repairs.yaml").write_text(corrections, encoding="utf-8")
        return tmp_path

    return write_rows


def row(**changes: str) -> str:
    cells = {
        "area": "n01",
        "indicator": "grdp_growth",
        "measure": "nso-px-web",
        "list": "",
        "period": "2025",
        "reference_date": "",
        "published": "2026-08",
        "value": "8.157",
        "bound": "=",
        "unit": UNIT,
        "status": "estimate",
        "quality": "",
        "note": "",
    }
    return ",".join((cells | changes).values())


# --- the project's own ledger


def test_the_ledger_has_its_columns_and_ids_as_a_spreadsheet_shows_them(ledger: pd.DataFrame) -> None:
    assert list(ledger) == [
        *("area", "indicator", "measure", "list", "period", "reference_date", "published", "value", "bound"),
        *("unit", "status", "quality", "source", "note", "published_precision"),
    ]
    assert len(ledger) > 9500
    path = ROOT / "data" / "raw" / "nso" / "PL.V03.01.csv"
    line = path.read_text(encoding="utf-8").splitlines()[16].split(",")
    found = ledger.loc["nso/PL.V03.01.csv#17"]
    assert [found["area"], found["indicator"], found["period"], f"{found['value']:g}"] == line[:4]
    assert found["source"] == "nso/PL.V03.01"


def test_a_month_counts_as_out_on_its_last_day(ledger: pd.DataFrame) -> None:
    growth = ledger[ledger["source"] == "nso/PL.V03.01"]
    assert set(growth["published"]) == {pd.Timestamp("2026-08-31")}
    assert set(growth["published_precision"]) == {"month"}


def test_the_four_dates_of_the_central_list_are_four_lists(ledger: pd.DataFrame) -> None:
    central = ledger[ledger["list"].str.startswith("central-")]
    counts = central.pivot_table(index="reference_date", columns="indicator", values="value")
    assert counts["tasks_total"].tolist() == [600, 1132, 1287, 1298]
    assert counts["tasks_completed"].tolist() == [103, 485, 601, 1227]
    assert central.groupby("reference_date")["list"].nunique().tolist() == [1, 1, 1, 1]
    assert central["list"].nunique() == 4


def test_the_71_of_december_are_not_completed_and_not_overdue(ledger: pd.DataFrame) -> None:
    december = ledger[ledger["list"] == "central-2025-12-25"].set_index("indicator")["value"]
    assert december["tasks_not_completed"] == 71
    assert "tasks_overdue" not in december


def test_px_web_and_press_are_never_one_series(ledger: pd.DataFrame) -> None:
    growth = ledger[ledger["indicator"] == "grdp_growth"]
    by_publisher = growth.groupby(growth["source"].str.startswith("nso/"))["measure"].unique()
    assert set(by_publisher[True]) == {"nso-px-web"}
    assert "nso-px-web" not in set(by_publisher[False])


def test_means_of_several_years_are_never_annual_values(ledger: pd.DataFrame) -> None:
    spans = ledger["period"].str.fullmatch(r"\d{4}/\d{4}")
    assert (ledger["indicator"].str.endswith("_mean") & ~ledger["indicator"].str.contains("provincial")).equals(spans)


def test_withheld_figures_are_in_no_row(ledger: pd.DataFrame) -> None:
    withheld = read_withheld(ROOT)
    assert len(withheld) == 40
    # Readers see the names of indicators: a key of none would be printed as it is.
    assert {each.indicator for each in withheld} <= set(ledger["indicator"])
    for each in withheld:
        same = ledger[(ledger["area"] == each.area) & (ledger["indicator"] == each.indicator)]
        assert not ((same["period"] == each.period) & (same["value"] == each.value)).any()


def test_the_rereadings_are_applied_and_said(ledger: pd.DataFrame) -> None:
    assert len(read_corrections(ROOT)) == 2
    for each in read_corrections(ROOT):
        found = ledger.loc[each.row]
        assert found[each.column] == each.value
        assert f"corrected from {each.expect}" in found["note"]


# --- what was known on a day


def test_only_the_newest_vintage_that_was_out_is_known(ledger: pd.DataFrame) -> None:
    def share(day: date, year: str) -> list[float]:
        known = as_known_on(ledger, day)
        mine = (known["area"] == "VN") & (known["indicator"] == "digital_economy_share")
        return known.loc[mine & (known["measure"] == "nso") & (known["period"] == year), "value"].tolist()

    assert share(date(2023, 12, 3), "2022") == []
    assert share(date(2023, 12, 4), "2022") == [12.67]
    assert share(date(2024, 12, 31), "2022") == [12.63]
    assert share(date(2025, 1, 6), "2022") == [12.83]
    assert share(date(2026, 1, 4), "2025") == []
    assert share(date(2026, 1, 5), "2025") == [14.02]


def test_vintages_keep_every_one_that_was_out(ledger: pd.DataFrame) -> None:
    found = vintages(ledger, date(2025, 1, 6))
    found = found[
        (found["area"] == "VN") & (found["indicator"] == "digital_economy_share") & (found["measure"] == "nso")
    ]
    assert found.loc[found["period"] == "2022", "value"].tolist() == [12.67, 12.63, 12.83]
    assert found["published"].max() == pd.Timestamp("2025-01-06")


def test_known_rows_have_one_row_a_key(ledger: pd.DataFrame) -> None:
    known = as_known_on(ledger, date(2026, 9, 30))
    assert not known.duplicated(["area", "indicator", "measure", "list", "period", "reference_date"]).any()


def test_rows_become_records_with_their_ids(ledger: pd.DataFrame) -> None:
    rows = ledger[ledger["list"] == "central-2025-10"]
    records = to_observations(rows)
    assert [each.id for each in records] == list(rows.index)
    assert {each.reference_date for each in records} == {date(2025, 10, 15)}
    assert to_observations(ledger.loc[["nso/PL.V03.01.csv#17"]])[0].reference_date is None


# --- how a slip is answered


@pytest.mark.parametrize(
    ("changes", "column", "says"),
    [
        ({"value": "8,157".replace(",", "·")}, "value", "a number with a decimal point"),
        ({"value": "nan"}, "value", "a number with a decimal point"),
        ({"value": "1_298"}, "value", "a number with a decimal point"),
        ({"value": " 8.1"}, "value", "a number with a decimal point"),
        ({"value": "٣"}, "value", "a number with a decimal point"),
        ({"value": ""}, "value", "a number with a decimal point"),
        ({"value": "1e400"}, "value", "a finite number"),
        ({"area": "n99"}, "area", 'did you mean "n96" (Cà Mau)'),
        ({"indicator": "grdp_grwth"}, "indicator", 'did you mean "grdp_growth"'),
        ({"measure": "nso-pxweb"}, "measure", 'did you mean "nso-px-web"'),
        ({"list": "central-2025-11"}, "list", "central-2025-12-25"),
        ({"period": "2025-13-Q"}, "period", "a period such as 2025"),
        ({"period": "2025/"}, "period", "a period such as 2025"),
        ({"reference_date": "2025-02-30"}, "reference_date", "a day such as 2025-10-15"),
        ({"reference_date": "20251015"}, "reference_date", "a day such as 2025-10-15"),
        ({"reference_date": "2025-10"}, "reference_date", "a day such as 2025-10-15"),
        ({"published": "2025-02-30"}, "published", "a publication date such as"),
        ({"unit": ""}, "unit", "a unit"),
        ({"reference_date": "15/10/2025"}, "reference_date", "a day such as 2025-10-15"),
        ({"published": "August 2026"}, "published", "a publication date such as"),
        ({"bound": "≥"}, "bound", "one of =, ~, >, <"),
        ({"status": "estimated"}, "status", 'did you mean "estimate"'),
        ({"quality": "backcast"}, "quality", 'did you mean "back-cast"'),
        ({"unit": "percent"}, "unit", "a unit of grdp_growth"),
        ({"area": "n08", "period": "2024"}, "area", "which began on 2025-07-01"),
        ({"area": "o52", "period": "2025-Q4"}, "area", "which ended on 2025-06-30"),
    ],
)
def test_a_slip_is_answered_with_file_row_and_column(
    write: Write, changes: dict[str, str], column: str, says: str
) -> None:
    root = write(row(area="n04"), row(**changes))
    with pytest.raises(DataError) as caught:
        load_ledger(root)
    message = str(caught.value)
    assert f'data/raw/office/table.csv, row 3, column "{column}"' in message
    assert says in message


def test_a_share_above_100_is_refused(write: Write) -> None:
    share = row(indicator="digital_economy_share", measure="nso", unit="% of GRDP", value="134.3")
    with pytest.raises(DataError, match=r"between 0 and 100 % of GDP; got 134\.3"):
        load_ledger(write(share))


def test_a_column_of_another_type_is_refused(write: Write) -> None:
    ledger = load_ledger(write(row(area="n04")))
    with pytest.raises(DataError, match="the columns of the schema"):
        validate(ledger.assign(note=ledger["value"]), read_indicators(ROOT))


def test_negative_growth_is_no_slip(write: Write) -> None:
    assert load_ledger(write(row(value="-4.612")))["value"].tolist() == [-4.612]


def test_a_merged_province_before_its_time_needs_the_publishers_own_recalculation(write: Write) -> None:
    assert len(load_ledger(write(row(area="n08", period="2024", quality="back-cast")))) == 1


def test_two_figures_of_one_day_are_refused_and_two_vintages_are_not(write: Write) -> None:
    with pytest.raises(DataError, match=r"row 3.*office/table\.csv#2 has 8\.157; got 8\.2"):
        load_ledger(write(row(), row(value="8.2")))
    assert len(load_ledger(write(row(), row(value="8.2", published="2026-09")))) == 2


def test_an_unknown_column_is_refused(write: Write) -> None:
    with pytest.raises(DataError, match=r'row 1: expected known columns; got "values".*did you mean "value"'):
        load_ledger(write(row(), head=HEAD.replace("value", "values")))


def test_a_missing_column_is_refused(write: Write) -> None:
    with pytest.raises(DataError, match='a column "period"'):
        load_ledger(write("n01,grdp_growth,8.1", head="area,indicator,value"))


CORRECTION = """corrections:
- id: a-repair
  row: office/table.csv#2
  column: value
  expect: "81.57"
  value: "8.157"
  reason: Decimal point lost in print.
  date: 2026-11-22
"""


def test_a_correction_is_applied_and_told_in_the_note(write: Write) -> None:
    ledger = load_ledger(write(row(value="81.57"), corrections=CORRECTION))
    assert ledger["value"].tolist() == [8.157]
    assert ledger["note"].tolist() == ["value corrected from 81.57 on 2026-11-22: Decimal point lost in print."]


def test_a_correction_whose_source_was_mended_stops_the_run(write: Write) -> None:
    with pytest.raises(DataError) as caught:
        load_ledger(write(row(value="8.16"), corrections=CORRECTION))
    message = str(caught.value)
    assert "a-repair" in message
    assert '"81.57" in column "value" of office/table.csv#2' in message
    assert 'got "8.16"' in message


def test_a_correction_of_no_row_stops_the_run(write: Write) -> None:
    with pytest.raises(DataError, match=re.escape('did you mean "office/table.csv#2"')):
        load_ledger(write(row(), corrections=CORRECTION.replace("#2", "#20")))


# --- periods


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2025", "2025-01-01", "2025-12-31"),
        ("2024-H1", "2024-01-01", "2024-06-30"),
        ("2025-Q3", "2025-07-01", "2025-09-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2025-12", "2025-12-01", "2025-12-31"),
        ("2025-10-28", "2025-10-28", "2025-10-28"),
        ("2020/2022", "2020-01-01", "2022-12-31"),
        ("2025-01/2025-09", "2025-01-01", "2025-09-30"),
    ],
)
def test_a_period_covers_its_days(period: str, first: str, last: str) -> None:
    assert period_bounds(period) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    "period", ["", "25", "2025/", "2025\n", "２０２５", "2025-Q5", "2025-13", "2025-02-30", "2025/2024", "mean"]
)
def test_anything_else_is_no_period(period: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        period_bounds(period)


def test_a_publication_date_keeps_its_precision() -> None:
    assert last_day("2024") == (date(2024, 12, 31), "year")
    assert last_day("2024-02") == (date(2024, 2, 29), "month")
    assert last_day("2025-01-06") == (date(2025, 1, 6), "day")
    with pytest.raises(ValueError, match="not a day, month or year"):
        last_day("2024-Q1")
