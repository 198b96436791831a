"""From a notebook's slice to the methods' results: which series, which settings."""

from policyreport.assess.aggregate import share_aggregate
from policyreport.assess.boundaries import boundary_checks
from policyreport.assess.cleaning import clean
from policyreport.assess.comparison import compare, peers, strip
from policyreport.assess.evaluating import evaluation
from policyreport.assess.families import trend_families
from policyreport.assess.national import changes, codes, coverage, league
from policyreport.assess.series import governance, growth, income, trend
from policyreport.assess.shares import measure_differences, other_quantity, revisions, share, share_pace
from policyreport.assess.side_by_side import differences, exposure, panel, ranks, series_of, series_record, steps
from policyreport.assess.specifications import sensitivity
from policyreport.assess.specifications_trends import score_specifications
from policyreport.assess.task_comparison import calibration, count_ranks, funnel, pooling, with_tasks
from policyreport.assess.tasks import completion, flow, outlook, quarter_on_quarter

__all__ = [
    "boundary_checks",
    "calibration",
    "changes",
    "clean",
    "codes",
    "compare",
    "completion",
    "count_ranks",
    "coverage",
    "differences",
    "evaluation",
    "exposure",
    "flow",
    "funnel",
    "governance",
    "growth",
    "income",
    "league",
    "measure_differences",
    "other_quantity",
    "outlook",
    "panel",
    "peers",
    "pooling",
    "quarter_on_quarter",
    "ranks",
    "revisions",
    "score_specifications",
    "sensitivity",
    "series_of",
    "series_record",
    "share",
    "share_aggregate",
    "share_pace",
    "steps",
    "strip",
    "trend",
    "trend_families",
    "with_tasks",
]
