"""The lists and shares of the provinces."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.data.inputs import Inputs
from policyreport.figures.exhibits import Exhibits
from policyreport.figures.present.tasks import provinces_tasks
from policyreport.records.notebooks import LeagueRow, TrendRecord
from policyreport.records.tasks import newest_of_lists


def league(rows: Sequence[LeagueRow], inputs: Inputs) -> Exhibits:
    """Show the lists of the provinces: "tasks-provinces"."""
    trends = [record for _, record in sorted(inputs.records.items()) if isinstance(record, TrendRecord)]
    lists = [(record.name, newest) for record in trends for newest in newest_of_lists(record.completion)]
    return Exhibits([provinces_tasks(rows, lists, inputs)])
