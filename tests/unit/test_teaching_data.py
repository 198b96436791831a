"""The teaching data are what their program draws, and say of themselves that nobody observed them."""

import csv
import importlib
import runpy
from pathlib import Path

import numpy as np
import pytest
import yaml

from policyreport.params.methods import read_method_settings
from policyreport.records.series import Exposure
from policyreport.statistics.series.exposure import ExposurePanel, estimate_exposure

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


def exposure_of(years: range, monkeypatch: pytest.MonkeyPatch) -> Exposure:
    """The association of income in the accounts drawn for so many years."""
    monkeypatch.syspath_prepend(str(TEACHING))
    program = importlib.import_module("generate")
    monkeypatch.setattr(program, "ACCOUNT_YEARS", years)
    monkeypatch.setattr(program, "account_rows", lambda *parts: ())
    drawn, areas = program.Drawn(), program.read_areas()
    accounts = program.draw_accounts(drawn, areas)
    (true,) = (fact.value for fact in drawn.truth if fact.quantity == "exposure_ln_income")
    assert true == pytest.approx(0.7)
    panel = ExposurePanel(
        outcome="grdp_growth",
        exposure_name="ln_income",
        areas=tuple(area.key for area in areas),
        years=tuple(years),
        values=accounts.growth,
        exposure=np.log(accounts.income[:, years.index(2023)]),
    )
    settings = read_method_settings(TEACHING.parents[1])
    found = estimate_exposure(panel, settings.exposure, post_years=program.POST_YEARS)
    assert isinstance(found, Exposure)
    return found


@pytest.mark.parametrize(
    ("row", "years"), [("first, by the present program", range(2008, 2028)), ("kept", range(2014, 2028))]
)
def test_s20_10_the_readme_says_that_the_exposure_was_drawn_twice_and_shows_both(
    row: str, years: range, monkeypatch
) -> None:
    told = (TEACHING / "README.md").read_text("utf-8")
    assert "a choice between two draws after seeing both" in told
    assert "| first, as noted then | 2008–2027 | 0.995 | 0.74 to 1.26 |" in told
    found = exposure_of(years, monkeypatch)
    low, high = found.wcr_interval.low, found.wcr_interval.high
    assert f"| {row} | {years[0]}–{years[-1]} | {found.estimate:.2f} | {low:.2f} to {high:.2f} |" in told
