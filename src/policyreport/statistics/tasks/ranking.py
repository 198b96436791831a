"""Which areas may hold which place by the completed shares of their lists (METHODS §11)?"""

import numpy as np
import pandas as pd

from policyreport.params.methods import MethodSettings
from policyreport.records.base import Refusal
from policyreport.records.series import Ranks
from policyreport.statistics.ranks.ranks import METHOD, binomial_scores, rank_estimates
from policyreport.statistics.tasks.counts import gather_inputs, select_comparable
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
        Ranks of the raw shares; `standard_error` is on the scale of `ranks.binomial_scores`, at counts and totals
        divided by the design effect. Refused: `lists-differ` where the lists are not of one kind and time,
        `too-few-areas`.
    """
    read = read_lists(lists)
    pooling = settings.pooling
    selected = select_comparable(read.counts, pooling, pooling, method=METHOD, subject=read.indicator)
    if isinstance(selected, Refusal):
        return selected
    kept, _ = selected
    design_effect = grouping_of_lists(read.counts, pooling).design_effect
    done, totals = np.array([count.pair() for count in kept], dtype=float).T
    scores, errors = binomial_scores(done / design_effect, totals / design_effect)
    return rank_estimates(
        [count.area for count in kept],
        scores,
        errors,
        settings.ranks,
        indicator=read.indicator,
        measure="",
        basis="counts",
        larger_is_better=True,
        printed=done / totals,
        simultaneous_level=settings.ranks.count_level,
        inputs=gather_inputs(kept),
    )
