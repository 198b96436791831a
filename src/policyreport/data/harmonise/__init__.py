"""The panel: one set of boundaries, as known on one day (METHODS §14)."""

from policyreport.data.harmonise.panel import discrepancies, harmonise_panel
from policyreport.data.harmonise.parts import recalculate

__all__ = [
    "discrepancies",
    "harmonise_panel",
    "recalculate",
]
