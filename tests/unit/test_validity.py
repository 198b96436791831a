"""The simulation study: its table, its pass rule, resuming, and the page."""

import json
import re
from dataclasses import replace
from inspect import signature
from math import floor, sqrt
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from policyreport.cli.main import app
from policyreport.errors import DataError, UsageError
from policyreport.params.methods import read_method_settings
from policyreport.params.registry import read_registry
from policyreport.publishing.templates import Templates
from policyreport.publishing.validity_page import (
    BENEATH,
    DEFAULTS,
    EARLIER,
    FILTERS,
    SIMULATORS,
    STOPS,
    UNCLAIMED,
    failures,
    read_results,
    study_of,
)
from policyreport.records.formats import NBSP, Formats
from policyreport.running.study import run_study
from policyreport.statistics.common.draws import generator
from policyreport.statistics.validity import series, tasks, yearly, yearly_panels
from policyreport.statistics.validity import settings as studied
from policyreport.statistics.validity.cells import CELLS, cells_of
from policyreport.statistics.validity.designs import DESIGNS
from policyreport.statistics.validity.fingerprint import code_lines, fingerprint
from policyreport.statistics.validity.hazard_slopes import fit_all, fit_one, fit_unlike
from policyreport.statistics.validity.measures import (
    CONTINUOUS,
    CellResult,
    Measure,
    MethodResult,
    average,
    exact,
    middle,
    share,
)
from policyreport.statistics.validity.outlooks import PRINTED_EFFECT
from policyreport.statistics.validity.panels import BARTLETT, BOOTSTRAP, FEW_TREATED, TAU_RANGE, WEBB
from policyreport.statistics.validity.places import COUNT_LEVEL
from policyreport.statistics.validity.processes import one_list, sloping_rates
from policyreport.statistics.validity.series import BANDS, FACTORS, MEAN_WEIGHT, PRIOR
from policyreport.statistics.validity.task_settings import FLOW, FUNNEL, OUTLOOK, POOLING

ROOT = Path(__file__).parents[2]
BINOMIAL = ("binomial 0.5", "binomial 0.95")
OWN_SET, JOINT_SETS = "coverage, one area's set", "coverage, all sets together"
PANEL = {"what": "panel", "areas": 8, "years": 6, "ratio": 0.3, "uneven": 1}


def test_the_table_holds_every_method_that_the_specification_studies() -> None:
    assert list(CELLS) == [
        "completion", "flow", "outlook", "pooling", "threshold", "trend", "panel", "peers", "exposure", "ranks",
        "funnel",
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
    # A mixed model of 34 areas takes a third of a second.
    times = 2 if cell.most else 8
    first = cell.repeat(times)
    assert first == cell.repeat(times)
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
    cells = {
        c.design["design_effect"]: c
        for c in cells_of("completion")
        if c.design["n"] == 1298 and c.design["assumed"] == 1
    }
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
    fitted, refused, failed = fit_all(lists)
    alone = np.array([fit_one(each) for each in lists])
    assert 0 < refused.sum() < len(lists)
    assert (np.isnan(alone[:, 0]) == refused).all()
    assert not failed.any()
    assert fitted[~refused] == pytest.approx(alone[~refused], rel=1e-6, abs=1e-6)


def test_cells_are_repeated_where_the_code_changed_and_not_where_only_its_comments_did(tmp_path: Path) -> None:
    package = tmp_path / "policyreport"
    computing = package / "statistics"
    (computing / "validity").mkdir(parents=True)
    (computing / "shares").mkdir()
    (computing / "validity" / "tasks.py").write_text("from policyreport.statistics.shares.pace import rate\n")
    states = []
    for body in ("rate = 1\n", '"""Told."""\n\n# Why.\nrate = 1\n', "rate = 2\n"):
        (computing / "shares" / "pace.py").write_text(body)
        fingerprint.cache_clear()
        states.append(fingerprint("policyreport.statistics.validity.tasks", package))
    fingerprint.cache_clear()
    assert states[0] == states[1] != states[2]
    # Moved, and imported from its new place.
    (computing / "tasks").mkdir()
    (computing / "shares" / "pace.py").rename(computing / "tasks" / "speed.py")
    (computing / "validity" / "tasks.py").write_text("from policyreport.statistics.tasks.speed import rate\n")
    assert fingerprint("policyreport.statistics.validity.tasks", package) == states[2]
    fingerprint.cache_clear()
    (computing / "tasks" / "__init__.py").touch()
    (computing / "validity" / "tasks.py").write_text("from policyreport.statistics.tasks import speed as rate\n")
    assert fingerprint("policyreport.statistics.validity.tasks", package) != states[2]
    fingerprint.cache_clear()
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


def page_of(results: dict[str, MethodResult]) -> str:
    """The validity page of a study on lines of any length, with plain spaces."""
    registry = read_registry(ROOT)
    values = {
        "study": study_of(results, registry, Formats("en")),
        "settings": {
            section: {name: setting.value for name, setting in settings.items()}
            for section, settings in registry.settings.items()
        },
    }
    page = Templates(ROOT / "reports" / "en", Formats("en"), FILTERS).fill("validity.qmd", values)
    return re.sub(r"(?<=\S)\n +(?=\S)|(?<=[^\s|])\n(?=[^\s|:#-])", " ", page.replace(NBSP, " "))


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
    page = page_of({"trend": result})
    assert "- trend, n 6: coverage 0.800 ± 0.040, below 0.930 to 1.000." in page
    assert "**0.800 ± 0.040**" in page
    assert "1 of 2 numbers are judged by a band; 1 of them miss it (in bold)." in page.replace(NBSP, " ")


@pytest.fixture(scope="module")
def kept_page() -> str:
    """The page of the kept study."""
    return page_of(read_results(ROOT))


def number_of(value: float, decimals: int = 3) -> str:
    """A number as the page prints it; halves are rounded away from zero there."""
    return Formats("en").number(value, decimals)


def share_of(value: float) -> str:
    return Formats("en").percent(value).replace(NBSP, " ")


def found(method: str, name: str, **design: object) -> list[float]:
    """One measure of the kept cells of a design."""
    cells = [cell for cell in read_results(ROOT)[method].cells if design.items() <= cell.design.items()]
    return [each.value for cell in cells for each in cell.measures if each.name == name]


def rows_of(page: str, table: str) -> list[list[str]]:
    """Cells of a table's rows, without its heading."""
    body = page.split(f"#tbl-validity-{table} ")[1].split("\n:::")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in body.splitlines() if line[:1] == "|"][2:]


def test_the_page_names_the_bands_that_the_measures_are_judged_by(kept_page: str) -> None:
    lead = kept_page.split("\n\n")[2]
    bands = {each for result in read_results(ROOT).values() for cell in result.cells for each in cell.measures}
    limits = {limit for each in bands for limit in (each.low, each.high) if limit not in (None, 0.0, 1.0)}
    assert limits == {0.93, 0.975, 0.95, 0.035, 0.065, 0.05}
    assert [f"{limit:.3f}" for limit in limits if f"{limit:.3f}" not in lead] == []


def test_rows_under_serial_dependence_are_marked_and_their_numbers_said(kept_page: str) -> None:
    rows = rows_of(kept_page, "trend-trend")
    assert len(rows) == sum(cell.simulator is series.trend for cell in cells_of("trend"))
    assert [row for row in rows if (" †" in " ".join(row[:3])) != (row[1] != "0.0")] == []
    rejected = max(found("trend", "exact test rejects", slope=0.0, rho=0.6))
    held = min(found("trend", "coverage, Theil–Sen", rho=0.6))
    assert f"rejects too often (up to {share_of(rejected)} instead of 5%)" in kept_page
    assert f"interval holds as little as {number_of(held)}; neither is judged" in kept_page
    rho = read_method_settings(ROOT).trend.verdict_rho
    assert f"asks for the line at ρ {rho:.1f}, and is judged up to that dependence" in kept_page
    alarms = max(found("trend", "verdict rising or falling", slope=0.0, rho=0.6))
    assert f"finds a trend where there is none in up to {share_of(alarms)}" in kept_page


def test_the_bias_of_short_lists_and_their_refusals_are_said(kept_page: str) -> None:
    # No list of 25 tasks is among those with even entry, which the sentence leaves out.
    assert f"too high by up to {number_of(max(found('flow', 'bias', what='flow trend', n=25)))} a quarter" in kept_page
    refused = found("flow", "refused", what="flow trend", n=25)
    assert f"between {share_of(min(refused))} and {share_of(max(refused))} of the lists of 25 tasks" in kept_page


def test_the_test_of_equal_slopes_is_said_to_reject_too_often_under_unequal_noise(kept_page: str) -> None:
    rejected = max(found("panel", "equal slopes rejected", uneven=1, ratio=0))
    assert f"in up to {share_of(rejected)} of the repetitions instead of 5%" in kept_page


def test_cases_that_missed_are_said_with_the_settings_that_decide(kept_page: str) -> None:
    said = kept_page.split("## Where a method missed its band")[1]
    settings = read_method_settings(ROOT)
    assert f"fewer than {settings.outlook.grid_smallest_list} tasks were at risk" in said
    assert f"less than {settings.outlook.grid_smallest_open_share} of that mean" in said
    assert f"nominal level of {100 * settings.ranks.count_level:.1f}%" in said
    assert "lists not handed over to the latest interval" in said


def test_a_note_goes_by_the_design_and_not_by_what_was_kept() -> None:
    (cell,) = [each for each in read_results(ROOT)["panel"].cells if each.design == PANEL]
    result = MethodResult(method="panel", version="0", draws=1, cells=(cell.model_copy(update={"note": "Old."}),))
    page = page_of({"panel": result})
    assert "Old." not in page
    assert "† Unequal noise" in page


def test_the_reason_for_the_level_of_joint_sets_says_what_the_study_found() -> None:
    reason = read_method_settings(ROOT).reasons["ranks"]["count_level"].reason
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


SLOWER = ("exposure", "ranks")
CHEAP = [
    cell
    for method, design in (
        ("completion", {"n": 100, "design_effect": 1, "assumed": 1}),
        ("flow", {"n": 25, "days": "92+92", "later": 0.004, "design_effect": 1, "assumed": 1}),
        ("threshold", {"n": 2, "spread": "prior"}),
        ("exposure", {"kind": "11", "years": 6, "association": 0.8}),
        ("ranks", {"areas": 10, "kind": "all tied"}),
    )
    for cell in cells_of(method)
    if cell.design == design
]


@pytest.mark.parametrize(
    "cell",
    [pytest.param(cell, id=cell.id, marks=pytest.mark.thorough if cell.method in SLOWER else []) for cell in CHEAP],
)
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
        page[code] = page_of({"trend": result})
    assert ["has changed since" in each for each in page.values()] == [False, True]


def test_sets_of_counts_are_repeated_at_the_reports_own_level() -> None:
    assert read_method_settings(ROOT).ranks.count_level == COUNT_LEVEL


def test_lists_of_tasks_are_repeated_with_the_reports_own_settings_but_for_the_fineness_of_grids() -> None:
    report = read_method_settings(ROOT)
    assert report.flow == FLOW
    fewer = {"quantile_points": OUTLOOK.quantile_points}
    assert report.outlook.model_copy(update=fewer) == OUTLOOK
    coarser = {"grid_points": POOLING.grid_points, "cell_cutoff": POOLING.cell_cutoff}
    assert report.pooling.model_copy(update=coarser) == POOLING
    assert report.funnel.model_copy(update={"pooling": POOLING}) == FUNNEL


def test_everything_else_is_repeated_with_the_reports_own_settings() -> None:
    settings = read_method_settings(ROOT)
    threshold, panel, exposure = settings.threshold, settings.panel, settings.exposure
    assert (PRIOR.degrees, PRIOR.scale) == (threshold.prior_degrees, threshold.prior_scale_national)
    assert (PRIOR.settled_maturity, PRIOR.settled_scale) == (threshold.settled_maturity, threshold.settled_scale)
    assert (threshold.prior_factors, threshold.prior_mean_weight) == (FACTORS, MEAN_WEIGHT)
    assert settings.conventions.probability_bands == BANDS
    assert (settings.trend, settings.peers, settings.panel) == (studied.TREND, studied.PEERS, studied.PANEL)
    assert max(settings.outlook.design_effects) == PRINTED_EFFECT
    assert (panel.bartlett_level, panel.tau_range) == (BARTLETT, TAU_RANGE)
    assert exposure.few_treated_below == FEW_TREATED
    assert (yearly.UNCLAIMED, yearly_panels.BENEATH) == (UNCLAIMED, BENEATH)
    assert sorted(exposure.webb_points) == pytest.approx(WEBB)


def test_the_error_of_a_median_is_that_of_its_order_statistics() -> None:
    rng = np.random.default_rng(3)
    medians = [float(np.median(rng.normal(size=400))) for _ in range(2000)]
    errors = [middle("width", rng.normal(size=400)).error for _ in range(200)]
    assert np.mean(errors) == pytest.approx(np.std(medians), rel=0.1)
    with pytest.raises(ValueError, match="repetitions"):
        middle("width", [])


def test_tasks_that_enter_evenly_are_finished_as_their_days_allow() -> None:
    """Against tasks drawn one by one, each with its own day of entry."""
    rng, rate, days = np.random.default_rng(4), 0.004, 180
    (step,) = one_list(rng, 0, [rate], [days], growth=1.0, evenly=True) or [None]
    assert step.at_risk == step.finished == 0
    several = [one_list(rng, 400, [rate], [days], growth=1.0, evenly=True)[0] for _ in range(300)]
    share_finished = sum(each.finished for each in several) / sum(each.at_risk for each in several)
    exposed_days = np.concatenate([np.full(200_000, float(days)), rng.uniform(0, days, 200_000)])
    one_by_one = (rng.exponential(1 / rate, len(exposed_days)) <= exposed_days).mean()
    assert share_finished == pytest.approx(one_by_one, abs=0.004)


def test_every_kind_of_simulation_says_what_it_draws_and_what_is_true_of_it(kept_page: str) -> None:
    kinds = {cell.simulator.__name__.replace("_", " ") for cells in CELLS.values() for cell in cells}
    assert set(DESIGNS) == kinds
    for text in DESIGNS.values():
        assert "Data:" in text
        assert "Truth:" in text
        assert text in kept_page
    assert f"{BOOTSTRAP} bootstrap draws" in DESIGNS["exposed"]


def test_every_simulation_is_of_a_module_whose_changes_the_page_notices() -> None:
    modules = {cell.simulator.__module__.rpartition(".")[2] for cells in CELLS.values() for cell in cells}
    assert modules == set(SIMULATORS)


MIXED = [cell for cell in cells_of("panel") if cell.most and cell.design["areas"] == 8 and cell.design["years"] == 6]


def test_a_slow_simulation_is_repeated_less_often_and_kept_under_the_number_that_was_made() -> None:
    assert {cell.design["ratio"] for cell in MIXED} == {0, 0.3, 0.6, 1, 2}
    assert [MIXED[0].count(draws) for draws in (2, 40, 2000)] == [2, 40, 40]
    assert all(cell.count(2000) == 2000 for cell in cells_of("panel") if cell.design.get("uneven") is not None)
    once = replace(MIXED[0], most=3)
    assert once.repeat(2000) == once.repeat(3)
    assert once.repeat(2000).draws == 3


def test_the_page_says_how_often_mixed_models_were_fitted_and_what_is_printed_instead() -> None:
    cells = tuple(replace(cell, most=3).repeat(2000) for cell in (MIXED[0], MIXED[-1]))
    result = MethodResult(method="panel", version="0", draws=2000, cells=cells)
    page = page_of({"panel": result})
    assert "(completion is enumerated, mixed model 3 times)" in page
    assert "Monte-Carlo standard error of 3 repetitions" in page
    assert "No number is judged by a band." in page
    assert "boundary-fit is flagged and the closed form printed, a variance below zero as 0" in page
    assert all(measure.verdict == "not judged" for cell in cells for measure in cell.measures)


def test_a_fit_is_unused_for_one_reason_and_every_used_one_agrees_with_the_closed_form() -> None:
    found = {each.name: each.value for each in replace(MIXED[2], most=10).repeat(10).measures}
    unused = found["fit not used"]
    assert 0 < unused < 1
    assert found["on the boundary"] + found["search failed"] == pytest.approx(unused)
    assert found["used fit agrees with the closed form"] == 1


def test_what_a_design_does_not_name_is_shown_as_it_was_simulated() -> None:
    simulators = {cell.simulator for cells in CELLS.values() for cell in cells}
    taken = {
        name: parameter.default
        for simulator in simulators
        for name, parameter in signature(simulator).parameters.items()
        if parameter.default is not parameter.empty and name != "areas"
    }
    assert taken == DEFAULTS


def test_the_false_alarms_of_verdicts_on_changes_are_said_by_design_effect(kept_page: str) -> None:
    assert (EARLIER, "first day") == (tasks.EARLIER, tasks.FIRST_DAY)
    none = {"what": "flow change", "later": EARLIER}
    most = {
        effect: max(found("flow", "verdict faster or slower", **none, design_effect=effect)) for effect in (1, 2, 4)
    }
    told = ", ".join(f"{share_of(alarms)} at a design effect of {effect}" for effect, alarms in most.items())
    assert f"at an assumed design effect of 2 is given in up to {told}." in kept_page


def test_bartletts_test_is_said_to_find_equal_noise_unequal_too_often(kept_page: str) -> None:
    false = found("panel", "noise found unequal", uneven=0)
    assert f"finds equal noise unequal in {share_of(min(false))} to {share_of(max(false))} of" in kept_page


def test_what_grouped_tasks_do_to_ranks_and_pooling_is_said_with_numbers(kept_page: str) -> None:
    kind = "binomial 0.5 clustered"
    own, joint = (min(found("ranks", name, kind=kind)) for name in (OWN_SET, JOINT_SETS))
    assert f"as little as {number_of(own)} (one area's) and {number_of(joint)} (all together)" in kept_page
    held = {
        key: [
            measure.value for cell in read_results(ROOT)["pooling"].cells for measure in cell.measures
            if measure.name == "coverage" and cell.design.get("assumed", 1) == key
            and key < cell.design.get("design_effect", 1)
        ]
        for key in (1, 2)
    }  # fmt: skip
    taken, larger = (f"{number_of(min(found))} to {number_of(max(found))}" for found in held.values())
    assert f"taken as independent, the intervals would hold {taken}" in kept_page
    assert f"beyond a design effect of 2 the intervals hold {larger}" in kept_page
    lean = max(abs(each) for each in found("ranks", "bias, printed place", kind="half tied"))
    assert f"towards the other half by up to {number_of(lean, 1)} places" in kept_page


def test_what_cannot_be_met_is_said_with_the_studys_numbers(kept_page: str) -> None:
    said = kept_page.split("## What no method can do")[1]
    worst = min(found("completion", "coverage, smallest over all p", design_effect=1))
    assert f"and {number_of(worst)} where it holds least" in said
    ignored = [
        *found("completion", "coverage, mean over p of 0.05 to 0.95", design_effect=4, assumed=1),
        *found("flow", "coverage", design_effect=4, assumed=1),
        *found("outlook", "coverage", design_effect=4, assumed=1),
    ]
    assert f"{number_of(min(ignored))} to {number_of(max(ignored))} at a design effect of 4" in said
    # Of 120 orders of five values two are monotone; six values have a largest attainable size of 12 in 720.
    assert "with 5 values the test has a size of 1.7% and the interval a level of 98.3%" in said
    assert "with 6 values the test has a size of 1.7% and the interval a level of 98.3%" in said


def test_what_still_misses_its_band_is_named_at_the_end(kept_page: str) -> None:
    said = kept_page.split("## Where a method missed its band")[1]
    titles = read_registry(ROOT)
    for id, result in read_results(ROOT).items():
        assert (f"{titles[id].title} (" in said) == bool(failures(result))


def test_the_claims_stand_in_one_table_with_what_they_are_judged_by(kept_page: str) -> None:
    rows = rows_of(kept_page, "claims")
    titles = read_registry(ROOT)
    judged = set()
    for method, result in read_results(ROOT).items():
        claims = {(cell.design["what"], m.name) for cell in result.cells for m in cell.measures if m.low is not None}
        several = len({what for what, _ in claims}) > 1
        judged |= {(titles[method].title, f"{what}: {name}" if several else name) for what, name in claims}
    assert {(row[0], row[1]) for row in rows} == judged
    (row,) = [row for row in rows if row[1] == "coverage, inverted bootstrap"]
    kinds = ("continuous", "skewed", "11", "6")
    held = [each for kind in kinds for each in found("exposure", "coverage, inverted bootstrap", kind=kind)]
    assert row[2:6] == ["meets", "0.950", "–".join(f"{limit:.3f}" for limit in CONTINUOUS), "16"]
    assert row[6].startswith(f"{number_of(min(held))} ± ")
    assert row[7].startswith(f"{number_of(max(held))} ± ")


def test_what_is_not_judged_stands_in_brackets_beside_what_is(kept_page: str) -> None:
    rows = rows_of(kept_page, "ranks-ranks")
    clustered = [row for row in rows if "clustered" in row[1]]
    assert len(clustered) == 2
    assert all(row[2] == "shown" and row[3].startswith("(") and row[3].endswith(")") for row in clustered)
    assert [row for row in rows if row not in clustered and (row[3].startswith("(") or row[2] == "shown")] == []


def test_every_row_reports_what_the_specification_asks_of_it() -> None:
    """METHODS §17: bias, coverage, mean width, rejection under the null, failure and refusal rates."""
    asked = {
        "completion": ("coverage", "bias", "width"),
        "flow change": ("coverage", "bias", "width", "interval excludes", "verdict"),
        "flow trend": ("coverage", "bias", "width", "interval excludes", "refused", "failed"),
        "outlook": ("coverage", "bias", "width", "nothing left"),
        "pooling": ("coverage", "bias", "width"),
        "threshold": ("coverage", "bias", "width", "wrong verdict", "coverage of the bar", "chance in the words"),
        "trend": ("coverage", "bias", "width", "exact test rejects", "verdict"),
        "panel": ("coverage", "bias", "width", "equal slopes rejected", "slopes' variance at or below zero"),
        "exposed": ("coverage", "bias", "width", "wild bootstrap rejects", "permutation rejects", "no interval"),
        "ranks": ("coverage", "bias", "places"),
    }
    found_names: dict[str, set[str]] = {}
    for result in read_results(ROOT).values():
        for cell in result.cells:
            found_names.setdefault(str(cell.design["what"]), set()).update(each.name for each in cell.measures)
    missing = [
        (kind, words)
        for kind, each in asked.items()
        for words in each
        if not any(name.startswith(words) for name in found_names[kind])
    ]
    assert missing == []


def test_the_effort_at_no_variance_is_the_trend_of_the_hazard() -> None:
    rng = np.random.default_rng(8)
    steps = one_list(rng, 400, [0.004] * 8, [91] * 8)
    assert fit_unlike(steps, 0.0) == pytest.approx(fit_one(steps), rel=1e-6)


def test_every_studied_method_has_a_violation_that_is_studied() -> None:
    assert {stop.method for stop in STOPS} == set(CELLS)
    for stop in STOPS:
        own = [cell for cell in CELLS[stop.method] if cell.simulator.__name__.replace("_", " ") == stop.what]
        assert any(stop.holds(cell.design) for cell in own), stop.name


def test_the_page_says_where_each_method_stops_holding(kept_page: str) -> None:
    section = kept_page.partition("## Where each method stops holding")[2].partition("\n## ")[0]
    for title in ("Completion of tasks", "Quarter on quarter", "Outlook to the deadline", "Unusual counts"):
        assert f"- **{title}**: where " in section
    falling = max(found("flow", "verdict falling", what="unlike trend", frailty="gamma 2", slope=0.0))
    assert f"a steady effort is called falling with a probability of up to {share_of(falling)}" in section


def test_a_steady_effort_keeps_the_level_of_slower_and_falling_where_tasks_differ_by_as_much_as_is_allowed() -> None:
    for name in ("verdict slower", "verdict falling"):
        cells = [
            (cell, measure) for cell in read_results(ROOT)["flow"].cells for measure in cell.measures
            if measure.name == name and measure.low is not None
        ]  # fmt: skip
        assert {cell.design["frailty"] for cell, _ in cells} >= {"gamma 1", "log-normal 1", "two groups 1"}
        assert [cell.design for cell, measure in cells if measure.verdict != "passes"] == []
