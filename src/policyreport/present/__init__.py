"""Results as the exhibits of a page: sentence, figure, table, source."""

from policyreport.present.boundaries import boundaries
from policyreport.present.changes import changes
from policyreport.present.comparison import growth_compare, strip, summary
from policyreport.present.families import families
from policyreport.present.findings import area_findings as findings
from policyreport.present.findings import findings as screening
from policyreport.present.league import league
from policyreport.present.not_given import not_given
from policyreport.present.overview import overview, reference
from policyreport.present.places import places
from policyreport.present.quality import published_topics as published
from policyreport.present.quality import quality, refusals
from policyreport.present.ranks import ranks
from policyreport.present.series import governance, growth, income
from policyreport.present.share_aggregate import share_aggregate
from policyreport.present.shares import national_share, share
from policyreport.present.side_by_side import side_by_side
from policyreport.present.specifications import sensitivity
from policyreport.present.task_comparison import calibration, funnel, pooling
from policyreport.present.task_pace import flow, outlook
from policyreport.present.tasks import national_tasks, tasks
from policyreport.present.vintages import vintages

__all__ = [
    "boundaries",
    "calibration",
    "changes",
    "families",
    "findings",
    "flow",
    "funnel",
    "governance",
    "growth",
    "growth_compare",
    "income",
    "league",
    "national_share",
    "national_tasks",
    "not_given",
    "outlook",
    "overview",
    "places",
    "pooling",
    "published",
    "quality",
    "ranks",
    "reference",
    "refusals",
    "screening",
    "sensitivity",
    "share",
    "share_aggregate",
    "side_by_side",
    "strip",
    "summary",
    "tasks",
    "vintages",
]
