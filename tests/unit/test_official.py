"""A record that was made otherwise than its edition requires says what differs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import policyreport
from policyreport import official
from policyreport.data.inputs import Inputs, read_inputs
from policyreport.errors import ParamsError
from policyreport.params.official import OfficialMethods, read_official
from policyreport.records.notebooks import CompareRecord, ProvincesRecord, TrendRecord
from policyreport.running import plan
from policyreport.running.store import record_path


@pytest.fixture(scope="module")
def opened(tiny, tmp_path_factory) -> Callable[[str], Inputs]:
    """The slice of a notebook of Nghệ An, read once."""

    @cache
    def open_slice(notebook: str) -> Inputs:
        folder: Path = tmp_path_factory.mktemp(notebook)
        data = plan.load_edition(tiny.root, "tiny")
        for name, body in plan.slice_files(tiny.root, data, notebook, "n40", None).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(body)
        return read_inputs(folder)

    return open_slice


def trend(data: Inputs, **otherwise: Any) -> TrendRecord:
    """The record of `trend`, but for what is given `otherwise`."""
    settings, start, p = data.settings, data.policy.date, policyreport
    scores = [data.lead(score) for score in data.roles.governance.indicators]
    own = p.fit_trend(data.series("growth", data.area), settings.trend, start=start)
    results = {
        "completion": p.completion_of_lists(data.tasks, settings.completion),
        "flow": p.pace_of_tasks(data.tasks, settings.flow),
        "outlook": p.outlook_of_tasks(data.tasks, settings.outlook),
        "share": p.share_against(data.shares, data.threshold, settings.threshold),
        "share_pace": p.pace_of_share(data.shares, data.targets, settings.pace),
        "growth": (p.fit_trend_among(data.lead("growth"), data.area, settings.trend, start=start), own),
        "income": (p.compare_changes(data.series("income"), data.area, settings.peers, start=start),),
        "governance": [p.fit_trend_among(score, data.area, settings.trend, start=start) for score in scores],
        "indices": [p.refuse_index(data.observations, index) for index in data.roles.indices],
        "compared": p.compare_series(data),
    }
    return data.record(**results | otherwise)


def lines(record: TrendRecord, data: Inputs) -> list[str]:
    return [each.text for each in official(record, data).differs or ()]


def test_the_calls_of_the_edition_differ_in_nothing(opened) -> None:
    data = opened("trend")
    assert lines(trend(data), data) == []


def test_another_window_differs_in_its_field_alone(opened) -> None:
    data = opened("trend")
    values = data.series("growth", data.area)
    fewer = policyreport.fit_trend(values.query("year >= 2021"), data.settings.trend, start=data.policy.date)
    record = trend(data)
    found = lines(trend(data, growth=(record.growth[0], fewer)), data)
    assert found == [f"growth: fit_trend, values: 5 rows instead of {len(values)} rows"]


def test_another_value_in_as_many_rows_is_noticed(opened) -> None:
    data = opened("trend")
    values = data.series("growth", data.area).assign(value=lambda frame: frame["value"] + 0.001)
    changed = policyreport.fit_trend(values, data.settings.trend, start=data.policy.date)
    found = lines(trend(data, growth=(trend(data).growth[0], changed)), data)
    assert found == ["growth: fit_trend, values: other 6 rows instead of 6 rows"]


def test_another_setting_is_named(opened) -> None:
    data = opened("trend")
    looser = data.settings.completion.model_copy(update={"minimum_tasks": 5})
    found = lines(trend(data, completion=policyreport.completion_of_lists(data.tasks, looser)), data)
    official_minimum = data.settings.completion.minimum_tasks
    assert found == [f"completion: completion_of_lists, settings.minimum_tasks: 5 instead of {official_minimum}"]


def test_a_result_left_out_or_written_by_hand_is_noticed(opened) -> None:
    data = opened("trend")
    completion = trend(data).completion
    short = lines(trend(data, completion=completion[:-1]), data)
    assert short == [f"completion: completion_of_lists, result: {len(completion) - 1} of them instead of "
                     f"{len(completion)} results"]  # fmt: skip
    copied = tuple(result.model_copy() for result in completion)
    assert lines(trend(data, completion=copied), data) == [
        "completion: completion_of_lists, result: a value from no estimator instead of completion_of_lists"
    ]


def test_a_result_more_than_the_edition_has_is_noticed(opened) -> None:
    data = opened("trend")
    record = trend(data)
    more = policyreport.fit_trend(data.series("income", data.area), data.settings.trend, start=data.policy.date)
    assert lines(trend(data, growth=(*record.growth, more)), data) == [
        "growth: fit_trend, result: fit_trend instead of nothing"
    ]


def test_a_result_made_from_another_result_follows_it(opened) -> None:
    data = opened("compare")
    p, s = policyreport, data.settings
    looser = s.completion.model_copy(update={"minimum_tasks": 5})
    completion = p.completion_of_lists(data.tasks, looser)
    share = p.share_against(data.shares, data.threshold, s.threshold)
    values, income = data.series("growth"), data.series("income")
    ranks = tuple(p.rank_published(each, data.area, s.ranks) for each in (values, income))
    peers = p.compare_with_peers(values, data.area, s.peers, data.traits)
    record = data.record(
        region=data.region, strip=p.collect_strip(data, completion, share, ranks), growth=peers,
        growth_among=p.mean_differences(values), growth_differences=peers.differences,
        income_ratio_nation=p.relative_level(income, data.area, data.roles.nation),
        income_ratio_region=p.relative_level(income, data.area, data.region),
        ranks=ranks, completion=completion, share=share,
    )  # fmt: skip
    checked = official(record, data)
    assert isinstance(checked, CompareRecord)
    assert [(each.field, each.argument) for each in checked.differs or ()] == [
        ("strip", "completion"),
        ("completion", "settings.minimum_tasks"),
    ]


def test_a_number_typed_by_hand_is_noticed(tiny, tmp_path: Path) -> None:
    edition = plan.load_edition(tiny.root, "tiny")
    for name, body in plan.slice_files(tiny.root, edition, "provinces", "VN", tiny.store).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(body)
    data = read_inputs(tmp_path)
    made = ProvincesRecord.from_json(record_path(tiny.store, "VN", "provinces").read_bytes())
    expected, failed = policyreport.count_turnout(data)
    record = made.model_copy(update={"areas_expected": expected, "areas_failed": failed, "league": (), "headlines": ()})

    def by_hand(record: ProvincesRecord) -> list[str]:
        return [line for line in lines(record, data) if line.startswith("areas_")]

    assert by_hand(record) == []
    (line,) = by_hand(record.model_copy(update={"areas_expected": expected + 1}))
    assert line.startswith(f"areas_expected: count_turnout, result: a value from no estimator, {expected + 1} instead")
    (line,) = by_hand(record.model_copy(update={"areas_failed": ("n40",)}))
    assert line.startswith("areas_failed: count_turnout, result: a value from no estimator, ('n40',)")


def test_what_is_saved_says_where_and_what_differs(opened) -> None:
    data = opened("trend")
    record = trend(data)
    assert "Not compared with the official method." in repr(data.save(record))
    assert "Made by the official method." in repr(data.save(official(record, data)))
    saved = data.save(official(trend(data, share=()), data))
    assert "It differs from the official method:\n  share: share_against" in repr(saved)
    assert list(saved.differences["field"]) == ["share"]
    assert TrendRecord.from_json((data.folder / "record.json").read_bytes()) == saved.record


def test_a_frame_is_the_same_whatever_its_index(opened) -> None:
    data = opened("trend")
    shuffled = data.series("growth", data.area).set_axis(range(10, 16))
    record = trend(data)
    same = policyreport.fit_trend(shuffled, data.settings.trend, start=data.policy.date)
    assert isinstance(shuffled, pd.DataFrame)
    assert lines(trend(data, growth=(record.growth[0], same)), data) == []


@pytest.mark.parametrize("call", ["__import__('os')", "data._secret", "a + b", "f(", "lambda: 1"])
def test_official_calls_can_only_call(call: str) -> None:
    with pytest.raises(ValueError, match=r"trend\.share: a call of estimators"):
        OfficialMethods.model_validate({"trend": {"share": call}})


def test_a_call_that_cannot_be_made_is_named(opened) -> None:
    data = opened("trend")
    wrong = OfficialMethods.model_validate({"trend": {"share": "share_against(data.shares, limit=3)"}})
    record = trend(data)
    with pytest.raises(ParamsError, match=r"params/official.yaml: trend\.share"):
        official(record, dataclasses.replace(data, official=wrong))


def test_the_file_of_the_project_is_read(tiny) -> None:
    assert {"clean", "trend", "compare"} <= set(read_official(tiny.root).root)


def test_an_edition_without_indices_differs_in_nothing(opened) -> None:
    data = opened("trend")
    none = dataclasses.replace(data, roles=data.roles.model_copy(update={"indices": ()}))
    assert [line for line in lines(trend(none), none) if line.startswith("indices")] == []
