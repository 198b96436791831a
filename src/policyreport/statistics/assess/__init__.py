"""From a notebook's slice to results: which series and which settings go into the estimators."""

from policyreport.statistics.assess.comparison import growth_differences, income_ratio, peers, published_ranks_of, strip
from policyreport.statistics.assess.families import trend_families
from policyreport.statistics.assess.means import mean_families
from policyreport.statistics.assess.national import codes, coverage, league
from policyreport.statistics.assess.selection import observations
from policyreport.statistics.assess.series import governance, growth, income, indices
from policyreport.statistics.assess.side_by_side import differences, exposure, panel, ranks, series_of, step_days, steps
from policyreport.statistics.assess.specifications import sensitivity
from policyreport.statistics.assess.specifications_trends import score_specifications

__all__ = [
    "codes",
    "coverage",
    "differences",
    "exposure",
    "governance",
    "growth",
    "growth_differences",
    "income",
    "income_ratio",
    "indices",
    "league",
    "mean_families",
    "observations",
    "panel",
    "peers",
    "published_ranks_of",
    "ranks",
    "score_specifications",
    "sensitivity",
    "series_of",
    "step_days",
    "steps",
    "strip",
    "trend_families",
]
