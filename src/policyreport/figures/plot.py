"""The figures of the report, drawn from results: ``plot.lists(completion, data)``."""

from policyreport.figures.tasks import lists

__all__ = ["lists"]
