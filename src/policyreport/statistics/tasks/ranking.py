"""Which areas may hold which place by the completed shares of their lists (METHODS §11)?"""

from __future__ import annotations

import pandas as pd

from policyreport.params.methods import MethodSettings
from policyreport.records.base import Refusal
from policyreport.records.series import Ranks
from policyreport.statistics.ranks.ranks import rank_counts
from policyreport.statistics.tasks.counts import newest_of_each_area
from policyreport.statistics.tasks.frame import read_lists
from policyreport.statistics.tasks.grouping import grouping_of_lists


def rank_lists(lists: pd.DataFrame, settings: MethodSettings) -> Ranks | Refusal:
    """Compute sets of ranks of the completed shares of areas' newest lists.

    Parameters
    ----------
    lists : DataFrame
        One row per list and date, see `frame.COLUMNS`.
    settings
        Those of ranks, of pooling (which lists can be compared) and the number of draws.

    Returns
    -------
    Ranks or Refusal
        Refused: `lists-differ` where the lists are not of one kind and time, `too-few-areas`.
    """
    read = read_lists(lists)
    return rank_counts(
        newest_of_each_area(read.counts),
        settings.ranks,
        settings.pooling,
        indicator=read.indicator,
        measure="",
        design_effect=grouping_of_lists(read.counts, settings.pooling).design_effect,
    )
