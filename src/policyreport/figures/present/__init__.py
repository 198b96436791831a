"""Results as the exhibits of a page: sentence, figure, table, source."""

from policyreport.figures.present.comparison import summary
from policyreport.figures.present.findings import area_findings as findings
from policyreport.figures.present.league import league
from policyreport.figures.present.not_given import not_given
from policyreport.figures.present.overview import overview
from policyreport.figures.present.places import places
from policyreport.figures.present.quality import published_topics as published
from policyreport.figures.present.quality import refusals
from policyreport.figures.present.task_comparison import calibration, funnel, pooling
from policyreport.figures.present.task_pace import flow, outlook
from policyreport.figures.present.tasks import national_tasks

__all__ = [
    "calibration",
    "findings",
    "flow",
    "funnel",
    "league",
    "national_tasks",
    "not_given",
    "outlook",
    "overview",
    "places",
    "pooling",
    "published",
    "refusals",
    "summary",
]
