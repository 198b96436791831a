"""Notebook + parameters + its slice of data → executed notebook + record: one pure, picklable task."""

from policyreport.execute.task import execute_unit
from policyreport.execute.unit import Outcome, Unit

__all__ = ["Outcome", "Unit", "execute_unit"]
