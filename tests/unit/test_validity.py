"""The simulation study: its table, its pass rule, resuming, and the page."""

import json
from dataclasses import replace
from math import floor, sqrt
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from policyreport.assess.tasks import pace_rules
from policyreport.cli import app
from policyreport.errors import DataError, UsageError
from policyreport.formats import NBSP, Formats
from policyreport.methods.draws import generator
from policyreport.params.methods import read_method_settings
from policyreport.params.registry import read_registry
from policyreport.validity.cells import CELLS, cells_of
from policyreport.validity.fingerprint import code_lines, fingerprint
from policyreport.validity.hazard_slopes import fit_all, fit_one
from policyreport.validity.measures import CellResult, Measure, MethodResult, average, exact, share
from policyreport.validity.pages import failures, read_results, validity_page
from policyreport.validity.places import COUNT_LEVEL
from policyreport.validity.processes import one_list, sloping_rates
from policyreport.validity.study import run_study
from policyreport.validity.tasks import RULES

ROOT = Path(__file__).parents[2]
BINOMIAL = ("binomial 0.5", "binomial 0.95")
PANEL = {"what": "panel", "areas": 8, "years": 6, "ratio": 0.3, "uneven": 1}


def test_the_table_holds_every_method_that_the_specification_studies() -> None:
    assert list(CELLS) == [
        "completion", "flow", "outlook", "pooling", "threshold", "trend", "panel", "exposure", "ranks",
    ]  # fmt: skip
    names = [(cell.method, cell.id) for cells in CELLS.values() for cell in cells]
    assert len(names) == len(set(names))


def test_a_share_has_its_monte_carlo_error() -> None:
    measured = share("coverage", [1] * 95 + [0] * 5, (0.93, 0.975))
    assert measured.value == 0.95
    assert measured.error == pytest.approx(sqrt(0.95 * 0.05 / 100), abs=1e-6)
    assert measured.verdict == "passes"


def test_a_share_of_all_still_has_an_error() -> None:
    assert 0 < share("coverage", [1] * 100).error < 0.02


@pytest.mark.parametrize(
    ("value", "error", "verdict"),
    [(0.95, 0.005, "passes"), (0.921, 0.005, "passes"), (0.919, 0.005, "fails low"), (0.99, 0.005, "fails high")],
)
def test_a_measure_passes_within_two_errors_of_its_band(value: float, error: float, verdict: str) -> None:
    assert Measure(name="coverage", value=value, error=error, low=0.93, high=0.975).verdict == verdict


def test_what_has_no_band_is_not_judged() -> None:
    assert average("bias", [1.0, 2.0]).verdict == "not judged"
    assert exact("width", 0.3).error == 0


def test_a_measure_without_repetitions_is_refused() -> None:
    with pytest.raises(ValueError, match="repetitions"):
        share("coverage", [])


@pytest.mark.parametrize(
    "cell", [each for cells in CELLS.values() for each in (cells[0], cells[-1])], ids=lambda c: c.id
)
def test_a_cell_gives_the_same_numbers_again(cell) -> None:
    first = cell.repeat(8)
    assert first == cell.repeat(8)
    assert first == CellResult.from_json(first.to_json())
    assert all(measure.value == measure.value for measure in first.measures)


def test_the_enumeration_agrees_with_the_specification() -> None:
    """METHODS §1, validity found: n = 25 mean 0.953, min 0.923; n = 50 min 0.931; n = 100 min 0.928."""
    found = {}
    for cell in cells_of("completion"):
        if cell.design["design_effect"] == 1:
            found[cell.design["n"]] = [measure.value for measure in cell.repeat(1).measures]
    assert found[25][:2] == pytest.approx([0.953, 0.923], abs=6e-4)
    assert found[50][1] == pytest.approx(0.931, abs=6e-4)
    assert found[100][1] == pytest.approx(0.928, abs=6e-4)


def test_ignored_clustering_costs_what_the_specification_says() -> None:
    """METHODS §1: at a true design effect of 2 or 4 the interval covers 0.83 or 0.67."""
    cells = {c.design["design_effect"]: c for c in cells_of("completion") if c.design["n"] == 1298}
    assert cells[2].repeat(1).measures[0].value == pytest.approx(0.83, abs=0.006)
    assert cells[4].repeat(1).measures[0].value == pytest.approx(0.67, abs=0.006)


def test_the_random_numbers_of_a_cell_come_from_its_name_alone() -> None:
    cell = cells_of("threshold")[0]
    direct = cell.simulator(generator("validity", cell.method, cell.id, ""), 8, **cell.design)
    assert cell.repeat(8).measures == direct


def test_the_trends_of_many_lists_at_once_are_the_methods_own() -> None:
    """The study fits whole arrays for speed; list by list it must find what `fit_trend` finds, refusals included."""
    rng = np.random.default_rng(7)
    lists = []
    for n, effect in ((10, 4), (25, 4), (100, 2), (1300, 1)):
        for _ in range(12):
            days = [int(each) for each in rng.integers(60, 121, 8)]
            rates = [float(each) for each in sloping_rates(days, 0.1)]
            lists.append(one_list(rng, n, rates, days, design_effect=effect))
    fitted, refused = fit_all(lists)
    alone = np.array([fit_one(each) for each in lists])
    assert 0 < refused.sum() < len(lists)
    assert (np.isnan(alone[:, 0]) == refused).all()
    assert fitted[~refused] == pytest.approx(alone[~refused], rel=1e-6, abs=1e-6)


def test_cells_are_repeated_where_the_code_changed_and_not_where_only_its_comments_did(tmp_path: Path) -> None:
    package = tmp_path / "policyreport"
    (package / "validity").mkdir(parents=True)
    (package / "methods").mkdir()
    (package / "validity" / "tasks.py").write_text("from policyreport.methods.pace import rate\n")
    states = []
    for body in ("rate = 1\n", '"""Told."""\n\n# Why.\nrate = 1\n', "rate = 2\n"):
        (package / "methods" / "pace.py").write_text(body)
        fingerprint.cache_clear()
        states.append(fingerprint("policyreport.validity.tasks", package))
    fingerprint.cache_clear()
    assert states[0] == states[1] != states[2]
    assert code_lines('"""Told."""\nx = 1  # why\n') == "x = 1  # why"


def test_a_stopped_study_goes_on_where_it_stopped(tmp_path: Path) -> None:
    told: list[str] = []
    run_study(["completion"], 5, 1, tmp_path, lambda cell, done, total: told.append(cell.id))
    assert len(told) == len(cells_of("completion"))
    kept = sorted((tmp_path / "cells").iterdir())
    kept[0].unlink()
    again: list[tuple[int, int]] = []
    results = run_study(["completion"], 5, 2, tmp_path, lambda cell, done, total: again.append((done, total)))
    assert again == [(len(told), len(told))]
    assert MethodResult.from_json((tmp_path / "completion.json").read_bytes()) == results[0]


def test_a_method_that_is_not_studied_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match='did you mean "trend"'):
        cells_of("trnd")


def test_the_command_shows_a_row_a_method_and_keeps_the_results(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "params" / "editions").mkdir(parents=True)
    words = ["--project", str(project), "validity", "completion", "--draws", "3", "--workers", "1", "--keep"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    assert "completion" in result.output
    assert read_results(project)["completion"].draws == 3


def test_the_page_says_what_misses_its_band() -> None:
    cell = CellResult(
        method="trend",
        code="0",
        design={"what": "trend", "n": 6},
        draws=2000,
        measures=(share("coverage", [1] * 80 + [0] * 20, (0.93, 1.0)), average("bias", [0.1, 0.2])),
    )
    result = MethodResult(method="trend", version="0", draws=2000, cells=(cell,))
    assert failures(result) == [(cell, cell.measures[0])]
    page = validity_page({"trend": result}, read_registry(ROOT), Formats("en"))
    assert "- trend, n 6: coverage 0.800 ± 0.040, below 0.930 to 1.000." in page
    assert "**0.800 ± 0.040**" in page
    assert "1 of 2 numbers are judged by a band; 1 of them miss it (in bold)." in page.replace(NBSP, " ")


@pytest.fixture(scope="module")
def kept_page() -> str:
    """The page of the kept study."""
    return validity_page(read_results(ROOT), read_registry(ROOT), Formats("en")).replace(NBSP, " ")


def found(method: str, name: str, **design: object) -> list[float]:
    """One measure of the kept cells of a design."""
    cells = [cell for cell in read_results(ROOT)[method].cells if design.items() <= cell.design.items()]
    return [each.value for cell in cells for each in cell.measures if each.name == name]


def rows_of(page: str, table: str) -> list[list[str]]:
    """Cells of a table's rows, without its heading."""
    body = page.split(f"#tbl-validity-{table} ")[1].split("\n:::")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in body.splitlines() if line[:1] == "|"][2:]


def test_the_page_names_the_bands_that_the_measures_are_judged_by(kept_page: str) -> None:
    lead = kept_page.split("\n\n")[0]
    bands = {each for result in read_results(ROOT).values() for cell in result.cells for each in cell.measures}
    limits = {limit for each in bands for limit in (each.low, each.high) if limit not in (None, 0.0, 1.0)}
    assert limits == {0.93, 0.975, 0.95, 0.035, 0.065, 0.05}
    assert [f"{limit:.3f}" for limit in limits if f"{limit:.3f}" not in lead] == []


def test_rows_under_serial_dependence_are_marked_and_their_numbers_said(kept_page: str) -> None:
    rows = rows_of(kept_page, "trend-trend")
    assert len(rows) == len(cells_of("trend"))
    assert [row for row in rows if (" †" in " ".join(row[:3])) != (row[1] != "0.0")] == []
    rejected = max(found("trend", "rejection", slope=0.0, rho=0.6))
    held = min(found("trend", "coverage, Theil–Sen", rho=0.6))
    assert f"rejects too often (up to {100 * rejected:.1f} % instead of 5 %)" in kept_page
    assert f"interval holds as little as {held:.3f}; neither is judged" in kept_page
    rho = read_method_settings(ROOT).trend.verdict_rho
    assert f"asks for the line at ρ {rho:.1f}; the verdict itself was not simulated." in kept_page


def test_the_bias_of_short_lists_and_their_refusals_are_said(kept_page: str) -> None:
    assert f"too high by up to {max(found('flow', 'bias', what='flow trend', n=25)):.3f} a quarter" in kept_page
    refused = found("flow", "refused", what="flow trend", n=25)
    assert f"between {100 * min(refused):.0f} % and {100 * max(refused):.1f} % of the lists of 25 tasks" in kept_page


def test_the_test_of_equal_slopes_is_said_to_reject_too_often_under_unequal_noise(kept_page: str) -> None:
    rejected = max(found("panel", "rejection of equal slopes", uneven=1, ratio=0))
    assert f"in up to {100 * rejected:.1f} % of the repetitions instead of 5 %" in kept_page


def test_cases_that_missed_are_said_with_the_settings_that_decide(kept_page: str) -> None:
    said = kept_page.split("## Where a method missed its band")[1]
    settings = read_method_settings(ROOT)
    assert f"fewer than {settings.outlook.grid_smallest_list} tasks were at risk" in said
    assert f"less than {settings.outlook.grid_smallest_open_share} of that mean" in said
    assert f"nominal {100 * settings.ranks.count_level:.1f} %" in said
    assert "lists not handed over to the latest interval" in said
    assert "misses its band" not in (ROOT / "reports" / "validity.qmd").read_text(encoding="utf-8")


def test_a_note_goes_by_the_design_and_not_by_what_was_kept() -> None:
    (cell,) = [each for each in read_results(ROOT)["panel"].cells if each.design == PANEL]
    result = MethodResult(method="panel", version="0", draws=1, cells=(cell.model_copy(update={"note": "Old."}),))
    page = validity_page({"panel": result}, read_registry(ROOT), Formats("en"))
    assert "Old." not in page
    assert "† Unequal noise" in page


def test_the_reason_for_the_level_of_joint_sets_says_what_the_study_found() -> None:
    reason = read_method_settings(ROOT).why("ranks", "count_level").reason
    counts = [("ranks", {"kind": kind, "areas": areas}) for kind in BINOMIAL for areas in (34, 63)]
    joint = min(found(id, "coverage, all sets together", **design)[0] for id, design in counts)
    single = [found("ranks", "coverage, one area's set", kind=k, areas=a)[0] for k in BINOMIAL for a in (10, 34, 63)]
    assert f"they hold {floor(1000 * joint) / 1000:.3f} and more" in reason
    assert f"stays at 0.95 and holds {min(single):.2f} to {max(single):.2f}" in reason


def test_a_damaged_result_is_told_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "data" / "validity").mkdir(parents=True)
    (tmp_path / "data" / "validity" / "trend.json").write_text(json.dumps({"method": "trend"}))
    with pytest.raises(DataError, match=r"trend.json.*results of a simulation study"):
        read_results(tmp_path)


def test_the_kept_results_are_of_the_present_table() -> None:
    """A changed table asks for a new study: `policyreport validity --keep`."""
    kept = read_results(ROOT)
    assert set(kept) == set(CELLS)
    for method, result in kept.items():
        assert [cell.design for cell in result.cells] == [
            {"what": cell.simulator.__name__.replace("_", " "), **cell.design} for cell in CELLS[method]
        ]
        assert result.draws >= 2000


CHEAP = [
    cell
    for method, design in (
        ("completion", {"n": 100, "design_effect": 1}),
        ("flow", {"n": 25, "days": "92+92", "design_effect": 1, "assumed": 1}),
        ("threshold", {"n": 2, "spread": "prior"}),
        ("exposure", {"kind": "11", "years": 6}),
        ("ranks", {"areas": 10, "kind": "all tied"}),
    )
    for cell in cells_of(method)
    if cell.design == design
]


@pytest.mark.parametrize("cell", CHEAP, ids=lambda cell: cell.id)
def test_a_kept_cell_comes_out_again(cell) -> None:
    """With all its 2,000 repetitions; another machine's arithmetic may turn one of them."""
    design = {"what": cell.simulator.__name__.replace("_", " "), **cell.design}
    (kept,) = [each for each in read_results(ROOT)[cell.method].cells if each.design == design]
    again = cell.repeat(kept.draws or 1)
    assert [each.name for each in again.measures] == [each.name for each in kept.measures]
    for one, other in zip(again.measures, kept.measures, strict=True):
        assert one.value == pytest.approx(other.value, abs=0.002)


def test_the_page_says_which_methods_have_changed_since() -> None:
    measures = (share("coverage", [1] * 95 + [0] * 5),)
    page = {}
    for code in (cells_of("trend")[0].code, "0"):
        cell = CellResult(method="trend", code=code, design={"what": "trend", "n": 6}, draws=100, measures=measures)
        result = MethodResult(method="trend", version="0", draws=100, cells=(cell,))
        page[code] = validity_page({"trend": result}, read_registry(ROOT), Formats("en"))
    assert ["has changed since" in each for each in page.values()] == [False, True]


def test_sets_of_counts_are_repeated_at_the_reports_own_level() -> None:
    assert read_method_settings(ROOT).ranks.count_level == COUNT_LEVEL


def test_outlooks_are_repeated_by_the_reports_own_rules_on_coarser_grids() -> None:
    rules = pace_rules(read_method_settings(ROOT).outlook)
    coarse = replace(rules, quantile_points=RULES.quantile_points, grid_points=RULES.grid_points)
    assert coarse == RULES
    assert RULES.quantile_points <= rules.quantile_points
    assert RULES.grid_points <= rules.grid_points
