"""The validity study with 200 repetitions (METHODS §17): bands at some sizes, and what other numbers must show."""

import pytest

from policyreport.statistics.validity.cells import CELLS, cells_of
from policyreport.statistics.validity.measures import CellResult

REPETITIONS = 200


def short(method: str, repetitions: int = REPETITIONS, **design: object) -> CellResult:
    """The one cell of a design, with few repetitions."""
    (cell,) = [each for each in cells_of(method) if each.design == design]
    return cell.repeat(repetitions)


def value(result: CellResult, name: str) -> float:
    (measure,) = [each for each in result.measures if each.name == name]
    return measure.value


def error(result: CellResult, name: str) -> float:
    (measure,) = [each for each in result.measures if each.name == name]
    return measure.error


QUICK = [
    ("flow", {"n": 25, "days": "30+180", "later": 0.003, "design_effect": 1, "assumed": 1}),
    ("flow", {"n": 1132, "days": "50+21", "later": 0.004, "design_effect": 4, "assumed": 4}),
    *(
        ("flow", {"intervals": 8, "n": 1300, "design_effect": 2, "slope": slope, "growth": growth})
        for slope in (-0.1, 0.0, 0.1)
        for growth in (0.0, 0.05, 0.1)
    ),
    ("outlook", {"intervals": 5, "n": 100, "ratio": 1, "design_effect": 1, "assumed": "learnt"}),
    ("pooling", {"areas": 12, "intraclass": 0.1}),
    ("funnel", {"areas": 34, "design_effect": 4, "assumed": "learnt"}),
    ("threshold", {"n": 2, "spread": "prior"}),
    ("trend", {"n": 13, "rho": 0.3, "slope": 0.0}),
    ("panel", {"areas": 34, "years": 6, "ratio": 1, "uneven": 1}),
    ("exposure", {"kind": "skewed", "years": 6, "association": 0.8}),
    ("exposure", {"kind": "3", "years": 13, "association": 0.0}),
    ("ranks", {"areas": 34, "kind": "spaced"}),
    ("peers", {"areas": 34, "years": 6, "rho": 0.4, "spread": "log-normal", "means": "half tied"}),
    ("peers", {"areas": 34, "years": 13, "rho": 0.2, "spread": "equal", "means": "tied"}),
    ("trend", {"areas": 34, "years": 6, "rho": 0.6}),
    ("trend", {"areas": 34, "years": 6, "noise": 0.5}),
]
# The methods' other sizes, with --all.
MORE = [
    ("outlook", {"intervals": 1, "n": 100, "ratio": 2, "design_effect": 2, "assumed": 4}),
    ("pooling", {"areas": 8, "intraclass": 0}),
    ("funnel", {"areas": 12, "design_effect": 2, "assumed": 2}),
    ("trend", {"n": 6, "rho": 0.0, "slope": 0.5}),
    ("panel", {"areas": 8, "years": 6, "ratio": 1, "uneven": 0}),
    ("ranks", {"areas": 10, "kind": "half tied"}),
    ("ranks", {"areas": 34, "years": 6, "rho": 0.4, "spread": "log-normal", "means": "tied"}),
    ("ranks", {"areas": 34, "years": 6, "rho": 0.0, "spread": "equal", "means": "spread"}),
    ("trend", {"areas": 34, "years": 13, "rho": 0.0, "process": "random walk"}),
]


@pytest.mark.parametrize(
    ("method", "design"),
    [*QUICK, *(pytest.param(*each, marks=pytest.mark.thorough) for each in MORE)],
    ids=lambda each: str(each),
)
def test_judged_measures_meet_their_band_in_short(method, design):
    judged = [each for each in short(method, **design).measures if each.low is not None]
    assert judged
    assert [each for each in judged if each.verdict != "passes"] == []


@pytest.mark.thorough
def test_a_mixed_model_is_used_where_slopes_differ_and_seldom_where_they_do_not():
    alike, apart = (short("panel", repetitions=20, areas=8, years=6, ratio=ratio) for ratio in (0, 2))
    reach = 2 * (error(alike, "fit not used") + error(apart, "fit not used"))
    assert value(alike, "fit not used") > value(apart, "fit not used") + reach


def test_the_short_study_touches_every_method():
    assert {method for method, _ in QUICK} | {"completion"} == set(CELLS)


def test_a_change_between_long_lists_is_estimated_without_bias_and_found_more_often_than_none():
    lists = {"n": 1132, "days": "92+92", "design_effect": 1, "assumed": 1}
    none, change = (short("flow", **{**lists, "later": later}) for later in (0.003, 0.004))
    for result in (none, change):
        assert abs(value(result, "bias")) < 4 * error(result, "bias")
    assert value(none, "verdict faster or slower") < 0.05
    assert value(change, "verdict faster or slower") > 0.5


def test_pooling_narrows_the_interval_and_does_not_move_it_on_average():
    result = short("pooling", areas=12, intraclass=0.02)
    assert abs(value(result, "bias")) < 4 * error(result, "bias")
    assert value(result, "width") < 0.9 * value(result, "width without pooling (Wilson)")


def test_the_interval_of_an_association_is_narrower_over_more_years_and_its_estimate_unbiased():
    few, many = (short("exposure", kind="continuous", years=years, association=0.8) for years in (6, 13))
    for result in (few, many):
        assert abs(value(result, "bias")) < 4 * error(result, "bias")
        assert value(result, "no interval found") == 0
        assert value(result, "wild bootstrap rejects") > 0.5
    assert value(many, "width") < value(few, "width") + 2 * error(few, "width")


def test_few_exposed_areas_break_the_plain_t_test_and_not_the_permutations():
    result = short("exposure", kind="3", years=6, association=0.0)
    assert value(result, "plain clustered t rejects") > 0.09
    assert value(result, "permutation rejects") < 0.09


def test_separated_areas_have_narrower_sets_than_tied_ones():
    tied, apart = (short("ranks", areas=10, kind=kind) for kind in ("all tied", "spaced"))
    for name in ("places in one area's set", "places in a joint set"):
        assert value(tied, name) > 9
        assert value(apart, name) < 8


def test_an_outlook_is_wider_where_tasks_cluster_and_right_on_average():
    lists = {"intervals": 1, "n": 100, "ratio": 1}
    alone, grouped = (short("outlook", **lists, design_effect=effect, assumed=effect) for effect in (1, 4))
    assert value(alone, "width, share of open tasks") < value(grouped, "width, share of open tasks")
    assert abs(value(alone, "bias, share of open tasks")) < 0.03
