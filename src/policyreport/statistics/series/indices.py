"""Why no trend is fitted to an index that is published in part, as ranks or as means of parts."""

import pandas as pd

from policyreport.records.base import Refusal


def refuse_index(observations: pd.DataFrame, indicator: str) -> Refusal:
    """Name the reason, from the marks of quality and the years of an index's published rows.

    `observations` are ledger rows: `indicator`, `period`, `quality`, indexed by row id.
    """
    rows = observations[observations["indicator"] == indicator]
    marks = sorted({mark for text in rows["quality"] for mark in text.split() if mark})
    years = sorted(set(rows["period"]))
    detail = f"published for {', '.join(years)}" if years else ""
    code = next((mark for mark in ("not-a-measurement", "top-n-list") if mark in marks), "")
    if not code:
        code = "too-few-points" if years else "not-published"
    return Refusal(code=code, method="trend", subject=indicator, detail=detail, inputs=tuple(map(str, rows.index)))
