"""From a notebook's slice to results: which series and which settings go into the estimators."""

from policyreport.statistics.assess.boundaries import boundary_checks
from policyreport.statistics.assess.changes import changes
from policyreport.statistics.assess.cleaning import bounded_values, panel_values, part_missing, topics
from policyreport.statistics.assess.comparison import growth_differences, income_ratio, peers, published_ranks_of, strip
from policyreport.statistics.assess.evaluating import headlines, turnout
from policyreport.statistics.assess.families import trend_families
from policyreport.statistics.assess.means import mean_families
from policyreport.statistics.assess.national import codes, coverage, league
from policyreport.statistics.assess.selection import observations
from policyreport.statistics.assess.series import governance, growth, income, indices
from policyreport.statistics.assess.side_by_side import differences, exposure, panel, ranks, series_of, step_days, steps
from policyreport.statistics.assess.specifications import sensitivity
from policyreport.statistics.assess.specifications_trends import score_specifications

__all__ = [
    "boundary_checks",
    "bounded_values",
    "changes",
    "codes",
    "coverage",
    "differences",
    "exposure",
    "governance",
    "growth",
    "growth_differences",
    "headlines",
    "income",
    "income_ratio",
    "indices",
    "league",
    "mean_families",
    "observations",
    "panel",
    "panel_values",
    "part_missing",
    "peers",
    "published_ranks_of",
    "ranks",
    "score_specifications",
    "sensitivity",
    "series_of",
    "step_days",
    "steps",
    "strip",
    "topics",
    "trend_families",
    "turnout",
]
