"""Where one area's growth stands among all: the mean yearly difference of each to the country, untested."""

from __future__ import annotations

import numpy as np
import pandas as pd

from policyreport.data.points import read_series
from policyreport.records.series import AreaMean, MeanDifferences
from policyreport.statistics.ranks.comparators import arrange_panel


def mean_differences(values: pd.DataFrame, *, nation: str = "") -> MeanDifferences | None:
    """Average every area's yearly differences to the country; None without a common year.

    `values` and `nation` are as for `compare_with_peers`.
    """
    panel = arrange_panel(read_series("mean_differences", values, nation=nation))
    if panel is None:
        return None
    means = np.nanmean(panel.values - panel.nation, axis=1)
    return MeanDifferences(
        first_year=panel.years[0],
        last_year=panel.years[-1],
        recalculated=panel.errors is not None,
        means=tuple(
            AreaMean(area=area, mean=float(mean), inputs=panel.inputs.get(area, ()))
            for area, mean in zip(panel.areas, means, strict=True)
        ),
        inputs=panel.inputs.get("nation", ()),
    )
