"""The panel: one set of boundaries, as known on one day (METHODS §14)."""

from policyreport.harmonise.compare import TOLERANCE_PERCENT, TOLERANCE_POINTS, discrepancies
from policyreport.harmonise.panel import harmonise_panel
from policyreport.harmonise.parts import SMALL_PART, recalculate

__all__ = [
    "SMALL_PART",
    "TOLERANCE_PERCENT",
    "TOLERANCE_POINTS",
    "discrepancies",
    "harmonise_panel",
    "recalculate",
]
