"""Before and after the policy: whole periods are compared with its date, never calendar years alone."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

import policyreport
from policyreport.data.inputs import Inputs
from policyreport.params.indicators import Indicator
from policyreport.params.methods import read_method_settings
from policyreport.params.policy import read_policy
from policyreport.params.report import read_roles
from policyreport.records.base import Refusal
from policyreport.records.series import Exposure, SeriesPoint, Trend
from policyreport.running.plan import EditionData
from policyreport.statistics.series.windows import lies_after, years_after

ROOT = Path(__file__).parents[2]
PACKAGE = Path(policyreport.__file__).parent
POLICY = read_policy(ROOT).date
SliceOf = Callable[..., Inputs]


def test_a8_adding_the_survey_of_2024_does_not_silence_the_warning(
    known_q4: EditionData, slice_of: SliceOf, cell: Callable[..., Any]
) -> None:
    inputs = slice_of(known_q4, "trend", "n01")
    scores = inputs.panel[inputs.panel["indicator"].isin(inputs.roles.governance.indicators)]
    last = scores[scores["year"] == scores["year"].max()]
    assert int(last["year"].iloc[0]) == 2023
    longer = inputs.panel
    for year, flagged in ((2024, True), (2025, False)):
        longer = pd.concat([longer, last.assign(year=year)], ignore_index=True)
        found = cell(dataclasses.replace(inputs, panel=longer), "trend", "governance")
        trends = [each for each in found if isinstance(each, Trend)]
        assert trends
        assert {each.last_year for each in trends} == {year}
        assert {each.has_flag("ends-before-policy") for each in trends} == {flagged}


def test_a8_a_survey_named_after_a_year_counts_from_its_fieldwork(known_q4: EditionData, slice_of: SliceOf) -> None:
    inputs = slice_of(known_q4, "trend", "n01")
    key = inputs.roles.governance.indicators[0]
    fields = [
        each.model_copy(update={"fieldwork": {2022: "2021-09/2022-02"}}) if each.id == key else each
        for each in inputs.indicators.indicators
    ]
    known = dataclasses.replace(inputs, indicators=inputs.indicators.model_copy(update={"indicators": tuple(fields)}))
    points = {point.year: point.begun for point in known.points["n01", key, inputs.roles.governance.measure]}
    assert points[2022] == date(2021, 9, 1)
    assert points[2021] is None


def test_a8_a_time_of_fieldwork_that_is_no_period_is_refused() -> None:
    indicator = yaml.safe_load((ROOT / "params" / "indicators.yaml").read_text(encoding="utf-8"))["indicators"][0]
    assert Indicator.model_validate(indicator | {"fieldwork": {2024: "2024-08/2024-11"}}).begun(2024) == date(
        2024, 8, 1
    )
    with pytest.raises(ValueError, match="autumn"):
        Indicator.model_validate(indicator | {"fieldwork": {2024: "autumn"}})


def test_a8_the_years_after_the_start_follow_from_the_policys_date(
    known_q4: EditionData, slice_of: SliceOf, cell: Callable[..., Any]
) -> None:
    inputs = slice_of(known_q4, "series", "VN")
    for day, years in ((POLICY, (2025,)), (date(2023, 12, 31), (2024, 2025)), (date(2024, 1, 1), (2025,))):
        policy = inputs.policy.model_copy(update={"date": day})
        found = cell(dataclasses.replace(inputs, policy=policy), "series", "exposure")
        assert {each.post_years for each in found if isinstance(each, Exposure)} == {years}
    policy = inputs.policy.model_copy(update={"date": date(2025, 3, 1)})
    late = cell(dataclasses.replace(inputs, policy=policy), "series", "exposure")
    assert {each.code for each in late if isinstance(each, Refusal)} == {"too-few-points"}
    assert len(late) == len(inputs.settings.exposure.exposures)


def test_a8_what_areas_were_exposed_to_is_of_a_time_before(known_q4: EditionData) -> None:
    roles = read_roles(ROOT)
    assert years_after([*(each.year for each in roles.likeness), roles.product_year], POLICY) == ()


def test_a8_a_figure_lies_after_a_day_only_with_all_it_covers() -> None:
    assert not lies_after(SeriesPoint(year=2024, value=1.0), date(2024, 12, 22))
    assert lies_after(SeriesPoint(year=2025, value=1.0), date(2024, 12, 22))
    assert not lies_after(SeriesPoint(year=2025, value=1.0), date(2025, 1, 1))
    assert not lies_after(SeriesPoint(year=2025, value=1.0, begun=date(2024, 11, 1)), date(2024, 12, 22))
    assert years_after(range(2020, 2028), date(2025, 7, 1)) == (2026, 2027)


def test_a8_no_setting_says_again_which_years_are_after_the_policy() -> None:
    reasons = read_method_settings(ROOT).reasons
    years = {POLICY.year, POLICY.year + 1}
    again = [
        f"{section}.{name}"
        for section, entries in reasons.items()
        for name, setting in entries.items()
        if years & {each for each in _listed(setting.value) if isinstance(each, int)}
    ]
    assert again == []


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def test_a8_no_code_compares_a_year_with_the_year_of_the_policy() -> None:
    named = ("policy_date.year", "policy.date.year", "step_date.year")
    wrong = [
        f"{path.relative_to(PACKAGE)}: {ast.unparse(node)}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Compare) and any(name in ast.unparse(node) for name in named)
    ]
    assert wrong == []
