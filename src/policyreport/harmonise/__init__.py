"""The panel: one set of boundaries, as known on one day (METHODS §14)."""

from policyreport.harmonise.compare import discrepancies
from policyreport.harmonise.panel import harmonise_panel
from policyreport.harmonise.parts import recalculate

__all__ = [
    "discrepancies",
    "harmonise_panel",
    "recalculate",
]
