"""From a notebook's slice to the methods' results: which series, which settings."""

from policyreport.assess.aggregate import share_aggregate
from policyreport.assess.boundaries import boundary_checks
from policyreport.assess.changes import changes
from policyreport.assess.cleaning import bounded_values, panel_values, part_missing, topics
from policyreport.assess.comparison import growth_differences, income_ratio, peers, published_ranks_of, strip
from policyreport.assess.evaluating import headlines, turnout
from policyreport.assess.families import trend_families
from policyreport.assess.means import mean_families
from policyreport.assess.national import codes, coverage, league
from policyreport.assess.selection import observations
from policyreport.assess.series import governance, growth, income, indices
from policyreport.assess.shares import measure_differences, other_quantity, revisions, share, share_pace
from policyreport.assess.side_by_side import differences, exposure, panel, ranks, series_of, step_days, steps
from policyreport.assess.specifications import sensitivity
from policyreport.assess.specifications_trends import score_specifications
from policyreport.assess.task_comparison import calibration, count_ranks, funnel, pooling
from policyreport.assess.tasks import completion, flow, outlook, quarter_on_quarter

__all__ = [
    "boundary_checks",
    "bounded_values",
    "calibration",
    "changes",
    "codes",
    "completion",
    "count_ranks",
    "coverage",
    "differences",
    "exposure",
    "flow",
    "funnel",
    "governance",
    "growth",
    "growth_differences",
    "headlines",
    "income",
    "income_ratio",
    "indices",
    "league",
    "mean_families",
    "measure_differences",
    "observations",
    "other_quantity",
    "outlook",
    "panel",
    "panel_values",
    "part_missing",
    "peers",
    "pooling",
    "published_ranks_of",
    "quarter_on_quarter",
    "ranks",
    "revisions",
    "score_specifications",
    "sensitivity",
    "series_of",
    "share",
    "share_aggregate",
    "share_pace",
    "step_days",
    "steps",
    "strip",
    "topics",
    "trend_families",
    "turnout",
]
