"""The figures of the report, drawn from results: ``plot.lists(completion, data)``."""

from policyreport.figures.pace import share_pace
from policyreport.figures.province import governance, growth, income
from policyreport.figures.shares import share, share_of_provinces, share_revisions
from policyreport.figures.tasks import lists

__all__ = ["governance", "growth", "income", "lists", "share", "share_of_provinces", "share_pace", "share_revisions"]
