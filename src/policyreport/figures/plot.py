"""The figures of the report, drawn from results: ``plot.lists(completion, data)``."""

from policyreport.figures.areas import ranks, slopes
from policyreport.figures.checks import exposure, specifications
from policyreport.figures.league import side_by_side
from policyreport.figures.pace import share_pace
from policyreport.figures.province import governance, growth, income
from policyreport.figures.series import common_path
from policyreport.figures.shares import share, share_of_provinces, share_revisions
from policyreport.figures.strips import growth_compare
from policyreport.figures.tasks import lists

__all__ = [
    "common_path", "exposure", "governance", "growth", "growth_compare", "income", "lists", "ranks", "share",
    "share_of_provinces", "share_pace", "share_revisions", "side_by_side", "slopes", "specifications",
]  # fmt: skip
