"""The figures of the report, drawn from results: ``plot.lists(completion, data)``."""

from policyreport.figures.areas import lists_in_funnel, pooling, ranks, slopes
from policyreport.figures.checks import exposure, specifications
from policyreport.figures.cleaned import old_and_new, published_topics, published_years
from policyreport.figures.hazards import flows
from policyreport.figures.implementation import reported_rates, themes
from policyreport.figures.league import side_by_side
from policyreport.figures.outlook import outlooks
from policyreport.figures.pace import share_pace
from policyreport.figures.province import governance, growth, income
from policyreport.figures.series import common_path
from policyreport.figures.shares import share, share_of_provinces, share_revisions
from policyreport.figures.sparks import headline_share, headline_tasks
from policyreport.figures.strips import growth_compare, leads
from policyreport.figures.targets import scorecard
from policyreport.figures.tasks import central_list, lists, lists_side_by_side
from policyreport.figures.tiles import place

__all__ = [
    "central_list",
    "common_path",
    "exposure",
    "flows",
    "governance",
    "growth",
    "growth_compare",
    "headline_share",
    "headline_tasks",
    "income",
    "leads",
    "lists",
    "lists_in_funnel",
    "lists_side_by_side",
    "old_and_new",
    "outlooks",
    "place",
    "pooling",
    "published_topics",
    "published_years",
    "ranks",
    "reported_rates",
    "scorecard",
    "share",
    "share_of_provinces",
    "share_pace",
    "share_revisions",
    "side_by_side",
    "slopes",
    "specifications",
    "themes",
]
