"""What fetched rows change, and that they land whole or not at all."""

import hashlib
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from policyreport.data.journal import FILE, read_journal
from policyreport.data.observations.ledger import TEXT, load_ledger
from policyreport.data.sources import Provenance, read_source
from policyreport.errors import ConnectError, DataError
from policyreport.intake import writing
from policyreport.intake.connectors.fetched import Fetched, preview, rows_to_land, to_rows, write

ROOT = Path(__file__).parents[2]
RAW = b'{"as": "it came"}'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project with one publisher's figures only: it loads at once."""
    for name in ("params", "data/boundaries", "data/raw/nso"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def fetched(*figures: tuple[str, str], published: str = "2026-11-22", **columns: str) -> Fetched:
    """Growth of the nation by year, as a connector hands it over."""
    base = dict.fromkeys(TEXT, "") | {
        "area": "VN",
        "indicator": "gdp_growth",
        "measure": "nso-px-web",
        "published": published,
        "unit": "% real (constant 2010 prices), year on year",
        "status": "observed",
    }
    rows = to_rows([base | columns | {"period": year, "value": value} for year, value in figures], "a test")
    source = Provenance("NSO", "A table", "https://example.org/table", published, date(2026, 11, 22), "none stated")
    return Fetched(rows, source, RAW, f"nso/A-{published}", ".json")


def changes(each: Fetched, ledger: pd.DataFrame) -> list[str]:
    return list(preview(each.rows, ledger)["change"])


def files(project: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted((project / "data").rglob("*")) if path.is_file()}


# --- preview


def test_figures_are_new_revised_or_unchanged_against_the_newest_vintage(ledger: pd.DataFrame) -> None:
    each = fetched(("2019", "7.36"), ("2022", "8.54"), ("2023", "4.979"))
    found = preview(each.rows, ledger)
    assert list(found["change"]) == ["new", "revised", "unchanged"]
    assert list(found["before"]) == ["", "8.537 (observed)", "4.979 (observed)"]
    assert list(found["after"]) == ["7.36 (observed)", "8.54 (observed)", "4.979 (observed)"]


def test_an_estimate_that_is_confirmed_is_a_revision_of_its_status(ledger: pd.DataFrame) -> None:
    assert changes(fetched(("2025", "8.019"), status="observed"), ledger) == ["revised"]
    assert changes(fetched(("2025", "8.019"), status="estimate"), ledger) == ["unchanged"]


@pytest.mark.parametrize("published", ["2026-08-31", "2026-01-06"])
def test_another_figure_of_the_same_day_or_an_older_one_is_refused(published: str, ledger: pd.DataFrame) -> None:
    found = preview(fetched(("2023", "5.1"), ("2019", "7.4"), published=published).rows, ledger)
    assert list(found["change"]) == ["new", "refused"]
    assert found["reason"].iloc[1] == "the ledger's figure of 2026-08-31 is of this day or newer"
    assert rows_to_land(found).empty


def test_a_vintage_lands_whole_so_that_confirmations_are_known(ledger: pd.DataFrame) -> None:
    found = preview(fetched(("2022", "8.54"), ("2023", "4.979")).rows, ledger)
    assert list(rows_to_land(found)) == [0, 1]


def test_a_vintage_without_news_does_not_land(ledger: pd.DataFrame) -> None:
    assert rows_to_land(preview(fetched(("2022", "8.537"), ("2023", "4.979")).rows, ledger)).empty


def test_figures_the_ledger_has_of_that_very_day_are_not_written_again(ledger: pd.DataFrame) -> None:
    found = preview(fetched(("2019", "7.36"), ("2023", "4.979"), published="2026-08-31").rows, ledger)
    assert list(rows_to_land(found)) == [0]


# --- writing


def test_what_was_written_is_the_ledgers_and_its_sidecar_is_complete(project: Path) -> None:
    each = fetched(("2019", "7.36"), ("2022", "8.54"))
    (path,) = write([(each, each.rows)], project)
    assert path == project / "data/raw/nso/A-2026-11-22.csv"
    assert path.read_text(encoding="utf-8") == (
        "area,indicator,period,value\nVN,gdp_growth,2019,7.36\nVN,gdp_growth,2022,8.54\n"
    )
    source = read_source(path)
    assert source.model_dump(exclude={"defaults", "original"}) == {
        "publisher": "NSO",
        "title": "A table",
        "address": "https://example.org/table",
        "published": "2026-11-22",
        "accessed": date(2026, 11, 22),
        "licence": "none stated",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "note": "",
        "simulated": False,
        "holds": "figures",
    }
    assert source.defaults.model_dump(exclude_none=True) == {
        "measure": "nso-px-web",
        "unit": "% real (constant 2010 prices), year on year",
        "status": "observed",
    }
    assert source.original.name == "A-2026-11-22.original.json"
    assert path.with_name(source.original.name).read_bytes() == RAW
    after = load_ledger(project)
    assert after.loc["nso/A-2026-11-22.csv#2", "value"] == 7.36
    assert after.loc["nso/A-2026-11-22.csv#2", "published"] == pd.Timestamp(2026, 11, 22)
    assert changes(each, after) == ["unchanged", "unchanged"]


def test_a_changed_original_is_refused(project: Path) -> None:
    each = fetched(("2019", "7.36"))
    (path,) = write([(each, each.rows)], project)
    path.with_name("A-2026-11-22.original.json").write_bytes(b"{}")
    with pytest.raises(DataError, match=r"A-2026-11-22\.original\.json: expected sha256"):
        load_ledger(project)
    path.with_name("A-2026-11-22.original.json").unlink()
    with pytest.raises(DataError, match="got no such file"):
        load_ledger(project)


def test_a_raw_file_is_never_written_over(project: Path) -> None:
    first, second = fetched(("2019", "7.36")), fetched(("2018", "7.47"))
    rows = len(load_ledger(project))
    write([(first, first.rows)], project)
    (path,) = write([(second, second.rows)], project)
    assert path.name == "A-2026-11-22-2.csv"
    assert len(load_ledger(project)) == rows + 2


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"unit": "percent"}, r'data/raw/nso/A-2026-11-22\.csv, row 2, column "unit": expected a unit of gdp_growth'),
        ({"measure": "nso"}, "expected a measure of gdp_growth"),
        ({"area": "n01", "indicator": "urban_share", "measure": "nso", "unit": "% of population"}, "between 0 and 100"),
    ],
)
def test_a_ledger_that_would_break_a_rule_is_not_written(project: Path, columns, message: str) -> None:
    before = files(project)
    each = fetched(("2019", "736"), **columns)
    with pytest.raises(DataError, match=message):
        write([(each, each.rows)], project)
    assert files(project) == before


def test_if_one_table_cannot_be_written_none_is(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files(project)
    first, second = fetched(("2019", "7.36")), replace(fetched(("2018", "7.47")), name="another-office/B-2026-11-22")
    real, done = Path.replace, []

    def fail_at_the_fifth(path: Path, target: Path) -> Path:
        done.append(target)
        if len(done) == 5:
            raise OSError(28, "No space left on device", str(target))
        return real(path, target)

    monkeypatch.setattr(Path, "replace", fail_at_the_fifth)
    with pytest.raises(DataError, match="No space left on device") as caught:
        write([(first, first.rows), (second, second.rows)], project)
    assert "nothing was changed" in str(caught.value)
    assert files(project) == before
    assert not (project / "data/raw/another-office").exists()


@pytest.mark.parametrize("moves", range(6))
def test_a_fetch_killed_between_two_files_leaves_no_table_in_sight(
    project: Path, monkeypatch: pytest.MonkeyPatch, moves: int
) -> None:
    """As `kill -9` leaves it: no clean-up runs, only what was moved so far is there."""
    before, ledger = files(project), load_ledger(project)
    first, second = fetched(("2019", "7.36")), replace(fetched(("2018", "7.47")), name="another-office/B-2026-11-22")
    landings = [(first, first.rows), (second, second.rows)]
    real, done = Path.replace, []

    def dies(path: Path, target: Path) -> Path:
        if len(done) == moves:
            raise KeyboardInterrupt
        done.append(target)
        return real(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", dies)
        patch.setattr(writing, "roll_back", lambda raw: None)
        with pytest.raises(KeyboardInterrupt):
            write(landings, project)
    raw = project / "data" / "raw"
    journal = read_journal(raw)
    assert journal is not None
    assert journal.keys == {"nso/A-2026-11-22", "another-office/B-2026-11-22"}
    pd.testing.assert_frame_equal(load_ledger(project), ledger)
    (raw / FILE).write_text(journal.model_copy(update={"process": 999999999}).model_dump_json())
    writing.roll_back(raw)
    assert files(project) == before
    write(landings, project)
    assert len(load_ledger(project)) == len(ledger) + 2


def test_an_answer_is_kept_however_large_it_is(project: Path) -> None:
    each = replace(fetched(("2019", "7.36")), raw=b" " * 600_000)
    (path,) = write([(each, each.rows)], project)
    assert read_source(path).original.kept
    assert path.with_name("A-2026-11-22.original.json").stat().st_size == 600_000


def test_columns_that_vary_stay_in_the_file_and_empty_ones_are_left_out(project: Path) -> None:
    each = fetched(("2019", "7.36"), ("2022", "8.54"))
    (path,) = write([(each, each.rows.assign(status=["observed", "estimate"]))], project)
    assert path.read_text().splitlines()[0] == "area,indicator,period,value,status"


def test_a_fetch_without_figures_is_an_error() -> None:
    with pytest.raises(ConnectError, match="expected at least one figure; got none"):
        to_rows([], "a test")
