"""From a new quarter's sheet to a raw table with its sidecar, previewed before anything is written."""

from policyreport.intake.delivery import Delivery, Figure, Original, Provenance
from policyreport.intake.preview import Change, Preview, preview_delivery
from policyreport.intake.receiving import Options, receive
from policyreport.intake.writing import write_deliveries

__all__ = [
    "Change",
    "Delivery",
    "Figure",
    "Options",
    "Original",
    "Preview",
    "Provenance",
    "preview_delivery",
    "receive",
    "write_deliveries",
]
