"""What the pages say of tasks and no count can bear out, each fault as it was found."""

import dataclasses
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta

import pandas as pd
import pytest

from policyreport.data.inputs import Inputs
from policyreport.records.markdown import unmarked
from policyreport.records.tasks import Flow
from policyreport.statistics.tasks.completion import completion_of_lists
from policyreport.statistics.tasks.flow import pace_of_tasks
from policyreport.statistics.tasks.quarters import quarter_on_quarter

Shown = Callable[[Inputs], str]
LIST = "central-2025-10"
CANNOT_TELL = "either less was done, or the easier tasks were finished first; counts alone cannot tell"


def counted(nation: Inputs, days: Sequence[int], completed: Sequence[int], total: int = 1000) -> Inputs:
    """The nation with one list only, counted on so many days."""
    role, rows = nation.roles.tasks, nation.newest
    rows = rows[(rows["list"] == LIST) & rows["indicator"].isin([role.total, role.completed])]
    again = []
    for day, done in zip(days, completed, strict=True):
        value = rows["indicator"].map({role.total: total, role.completed: done})
        when = pd.Timestamp(date(2025, 1, 1) + timedelta(days=day))
        again.append(rows.assign(reference_date=when, value=value).rename(index=lambda row, day=day: f"{row}-{day}"))
    return dataclasses.replace(nation, observations=pd.concat(again))


def pace(inputs: Inputs) -> Flow:
    (found,) = pace_of_tasks(inputs.tasks, inputs.settings.flow)
    assert isinstance(found, Flow), found
    return found


@pytest.fixture
def shown(say: Callable[..., str]) -> Callable[[Inputs], str]:
    """What a page says of the pace of the nation's lists."""

    def of_pace(inputs: Inputs) -> str:
        flow = pace_of_tasks(inputs.tasks, inputs.settings.flow)
        completion = completion_of_lists(inputs.tasks, inputs.settings.completion)
        text = say("pace", "flow", {"flow": flow, "completion": completion}, data=inputs)
        return re.sub(r"\s+", " ", unmarked(text).replace("\u00a0", " "))

    return of_pace


def steady(variance: float, intervals: int, effort: float = 0.3, tasks: int = 1000) -> list[int]:
    """Completed tasks of a list that is worked at a steady effort, the easier tasks being finished first."""
    left = [tasks * (1 + variance * effort * place) ** (-1 / variance) for place in range(intervals + 1)]
    return [tasks - round(each) for each in left]


def test_e4_a_steady_effort_on_tasks_that_differ_is_not_called_falling(nation: Inputs, shown: Shown) -> None:
    days = [91 * place for place in range(9)]
    inputs = counted(nation, days, steady(1.0, 8))
    assert pace(inputs).trend.verdict == "no clear trend"
    assert "a steady effort may look the same if the easier tasks were finished first" in shown(inputs)


def test_e4_a_steady_effort_on_tasks_that_differ_is_not_called_slower(nation: Inputs) -> None:
    inputs = counted(nation, (0, 91, 182), steady(1.0, 2, effort=1.2))
    assert pace(inputs).change.verdict == "no clear change"


def test_e4_slower_is_said_of_the_tasks_left_and_that_counts_cannot_tell(nation: Inputs, shown: Shown) -> None:
    inputs = counted(nation, (0, 91, 182), (0, 500, 540))
    assert pace(inputs).change.verdict == "slower"
    text = shown(inputs)
    assert CANNOT_TELL in text
    assert "That is said of the tasks left, not of the effort" in text


def test_e4_falling_is_said_of_the_tasks_left_and_that_counts_cannot_tell(nation: Inputs, shown: Shown) -> None:
    inputs = counted(nation, [91 * place for place in range(7)], (0, 300, 450, 510, 530, 537, 540))
    assert pace(inputs).trend.verdict == "falling"
    assert shown(inputs).count(CANNOT_TELL) == 1


def test_e4_how_unlike_tasks_must_be_for_a_fall_to_be_none_stands_beside_the_design_effect(
    nation: Inputs, shown: Shown
) -> None:
    text = shown(counted(nation, [91 * place for place in range(7)], steady(1.0, 6)))
    assert "Largest design effect at which the change excludes zero" in text
    assert re.search(r"Variance at which the change is no fall \| [01]\.\d\d", text)
    assert re.search(r"Variance at which the trend is no fall \| [01]\.\d\d", text)


def test_e4_one_count_of_seven_days_does_not_refuse_six_others(nation: Inputs) -> None:
    days = (0, 60, 120, 180, 187, 240, 300)
    found = pace(counted(nation, days, (0, 100, 190, 270, 280, 350, 420)))
    assert [step.days for step in found.steps] == [60, 60, 60, 60, 60]
    assert sum(step.finished for step in found.steps) == 420


def test_e4_one_count_without_an_exact_day_does_not_refuse_six_others(nation: Inputs) -> None:
    inputs = counted(nation, (0, 60, 120, 180, 210, 240, 300), (0, 100, 190, 270, 300, 350, 420))
    rows = inputs.observations.copy()
    rows.loc[rows.index.str.endswith("-210"), "reference_date"] = pd.NaT
    assert len(pace(dataclasses.replace(inputs, observations=rows)).steps) == 5


def test_e4_the_december_step_has_bounds_and_the_share_without_recurring_tasks(nation: Inputs, say) -> None:
    """METHODS §20.5: +448 to +626 completed; 601 of 1,109 (54.2%)."""
    record = {
        "completion": completion_of_lists(nation.tasks, nation.settings.completion),
        "quarter_on_quarter": quarter_on_quarter(nation.tasks, nation.settings.flow),
    }
    parts = (say("quarters", macro, record, data=nation) for macro in ("lead", "steps", "condition"))
    text = unmarked("\n".join(parts)).replace("\u00a0", " ")
    assert "+448 to +626" in text
    assert "Between 448 and 626 more tasks are completed" in text
    assert "without them 601 of 1,109 (54.2%) were completed" in text
