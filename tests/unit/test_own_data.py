"""The estimators on data of one's own: a CSV, the method's settings, one call; what is wrong is said in one line."""

from pathlib import Path

import pandas as pd
import pytest

import policyreport as pr
from policyreport.errors import DataError
from policyreport.params.methods import read_method_settings
from policyreport.records.base import Refusal

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
SETTINGS = read_method_settings(ROOT)


@pytest.fixture
def lists() -> pd.DataFrame:
    return pd.read_csv(DATA / "own_lists.csv")


@pytest.fixture
def alpha(lists: pd.DataFrame) -> pd.DataFrame:
    return lists[lists["area"] == "Alpha"]


@pytest.fixture
def shares() -> pd.DataFrame:
    return pd.read_csv(DATA / "own_shares.csv")


@pytest.fixture
def country(shares: pd.DataFrame) -> pd.DataFrame:
    return shares[shares["area"] == "country"]


@pytest.fixture
def targets() -> pd.DataFrame:
    return pd.read_csv(DATA / "own_targets.csv")


# --- lists of tasks


def test_completion_of_lists(alpha: pd.DataFrame) -> None:
    first, *rest = pr.completion_of_lists(alpha, SETTINGS.completion)
    assert (first.completed.count, first.completed.total, len(rest)) == (5, 60, 6)
    assert first.completed.wilson.low < 5 / 60 < first.completed.wilson.high


def test_pace_of_tasks(alpha: pd.DataFrame) -> None:
    (flow,) = pr.pace_of_tasks(alpha, SETTINGS.flow)
    assert [step.days for step in flow.steps] == [91] * 6
    assert flow.steps[0].hazard == pytest.approx(flow.steps[0].finished / 55)


def test_quarter_on_quarter(alpha: pd.DataFrame) -> None:
    table = pr.quarter_on_quarter(alpha, SETTINGS.flow)
    assert (table.area, len(table.counts), len(table.steps)) == ("Alpha", 7, 6)
    assert all(step.same_list for step in table.steps)


def test_outlook_of_tasks(alpha: pd.DataFrame) -> None:
    everything, nearly = pr.outlook_of_tasks(alpha.assign(deadline="2026-12-31"), SETTINGS.outlook)
    assert (everything.required_share, nearly.required_share) == (1.0, 0.95)
    assert everything.days_left == 459


def test_calibrate_outlook(lists: pd.DataFrame) -> None:
    calibration = pr.calibrate_outlook(lists, SETTINGS.outlook)
    assert calibration.forecasts == 20
    assert 0 < calibration.inside <= 20


def test_pool_lists(lists: pd.DataFrame) -> None:
    pooled = pr.pool_lists(lists, SETTINGS.pooling)
    assert [area.area for area in pooled.areas] == sorted(lists["area"].unique())
    for area in pooled.areas:
        assert min(area.raw, pooled.mean) - 1e-9 <= area.pooled <= max(area.raw, pooled.mean) + 1e-9


def test_funnel_of_lists(lists: pd.DataFrame) -> None:
    funnel = pr.funnel_of_lists(lists, SETTINGS.funnel)
    assert len(funnel.points) == 10
    assert funnel.centre == pytest.approx(sum(p.count for p in funnel.points) / sum(p.total for p in funnel.points))


def test_rank_lists(lists: pd.DataFrame) -> None:
    ranks = pr.rank_lists(lists, SETTINGS)
    assert sorted(each.rank for each in ranks.sets) == list(range(1, 11))
    assert all(low <= each.rank <= high for each in ranks.sets for low, high in [each.simultaneous])


# --- shares


def test_share_against(country: pd.DataFrame) -> None:
    judged = pr.share_against(country, 16.0, SETTINGS.threshold)
    newest = {(each.measure, each.period): each for each in judged}
    assert newest["office", "2020"].observation.value == 11.25
    assert newest["office", "2020"].verdict == "below"
    assert newest["ministry", "2024"].threshold == 16.0


def test_other_quantity(country: pd.DataFrame) -> None:
    both = pd.concat([country, country.tail(1).assign(indicator="contribution", value=17.0, bound=">")])
    both = both.fillna({"indicator": "share", "bound": "="})
    both.attrs |= {"indicator": "share", "other_quantity": "contribution"}
    (other,) = pr.other_quantity(both, 16.0, SETTINGS.threshold)
    assert (other.indicator, other.verdict) == ("contribution", "stated above")


def test_pace_of_share(country: pd.DataFrame, targets: pd.DataFrame) -> None:
    office, ministry = pr.pace_of_share(country, targets, SETTINGS.pace)
    assert (office.measure, ministry.measure) == ("office", "ministry")
    assert office.observed_pp == pytest.approx((14.0 - 11.25) / 5)
    assert office.required_pp == pytest.approx((30 - 11.25) / 10)


def test_revisions_of_share(country: pd.DataFrame) -> None:
    office, ministry = pr.revisions_of_share(country, SETTINGS.revisions)
    assert (office.n, ministry.n) == (4, 0)
    assert office.mean == pytest.approx(0.2 + 0.05 * (1 + 2 + 0 + 1) / 4)


def test_aggregate_shares(shares: pd.DataFrame) -> None:
    shares.attrs["area"] = "country"
    check = pr.aggregate_shares(shares, pd.read_csv(DATA / "own_output.csv"))
    assert check.weighted_mean == pytest.approx(0.4 * 12.0 + 0.6 * 15.5)
    assert (check.published, check.parts) == (14.0, 2)


def test_measure_differences(country: pd.DataFrame) -> None:
    newest = country.drop_duplicates(["measure", "period"], keep="last")
    (one,) = pr.measure_differences(newest.assign(indicator="share", reference="office"))
    assert (one.measure, one.reference, one.periods) == ("ministry", "office", ("2021", "2022", "2023", "2024"))


# --- what is wrong


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: frame.rename(columns={"completed": "complete"}), '"completed".*did you mean "complete"'),
        (lambda frame: frame[:0], "an empty frame"),
        (lambda frame: frame.assign(total="many"), 'row 0, column "total": expected a whole number; got "many"'),
        (lambda frame: frame.assign(total=60.5), 'a whole number; got "60.5"'),
        (lambda frame: frame.assign(reference_date="soon"), 'a day such as 2025-12-31; got "soon"'),
        (lambda frame: frame.assign(list=None), 'column "list": expected a name'),
        (lambda frame: frame.assign(reference_date=None), "a reference date or a date of publication; got neither"),
        (lambda frame: frame.assign(bound="about"), "one of =, ~, >, <"),
        (lambda frame: frame.assign(status="obsrved"), 'did you mean "observed"'),
        (lambda frame: frame.assign(context="no"), "one of True, False"),
        (lambda frame: frame.assign(completed=99), "Alpha, list 'central'"),
        (lambda frame: pd.concat([frame, frame.assign(area="Beta")]), "lists of one area; got 2 areas"),
    ],
)  # fmt: skip
def test_a_wrong_frame_of_lists_is_answered_in_one_line(alpha: pd.DataFrame, change, message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        pr.completion_of_lists(change(alpha), SETTINGS.completion)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: frame.rename(columns={"value": "valeu"}), 'no column "value".*did you mean "valeu"'),
        (lambda frame: frame[:0], "an empty frame"),
        (lambda frame: frame.assign(value="much"), "value: .* number"),
        (lambda frame: frame.assign(published="soon"), 'a day such as 2026-01-05; got "soon"'),
        (lambda frame: pd.concat([frame, frame.assign(area="North")]), "figures of one area; got 2 of them"),
    ],
)
def test_a_wrong_frame_of_shares_is_answered_in_one_line(country: pd.DataFrame, change, message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        pr.share_against(change(country), 16.0, SETTINGS.threshold)
    assert "\n" not in str(caught.value)


def test_targets_and_output_without_their_columns_are_answered_too(shares: pd.DataFrame) -> None:
    shares.attrs["area"] = "country"
    with pytest.raises(DataError, match='no column "year"'):
        pr.pace_of_share(shares, pd.DataFrame({"target": [30.0]}), SETTINGS.pace)
    with pytest.raises(DataError, match='no column "output"'):
        pr.aggregate_shares(shares, pd.DataFrame({"area": ["North"], "year": [2025]}))


def test_an_area_that_published_nothing_is_a_refusal_not_an_error(alpha: pd.DataFrame, country: pd.DataFrame) -> None:
    nothing = alpha[:0]
    nothing.attrs |= {"area": "Alpha", "subject": "tasks of the plan"}
    (refused,) = pr.completion_of_lists(nothing, SETTINGS.completion)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.subject) == ("not-published", "tasks of the plan")
    unpublished = country[:0]
    unpublished.attrs |= {"area": "country", "indicator": "share", "measures": ("office",), "headline": "office"}
    (refused,) = pr.share_against(unpublished, 16.0, SETTINGS.threshold)
    assert (refused.code, refused.subject) == ("not-published", "share (office)")
