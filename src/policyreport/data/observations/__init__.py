"""Raw files and corrections → the validated ledger, as known on a day."""

from policyreport.data.observations.known import as_known_on, known_on, to_observations, vintages
from policyreport.data.observations.ledger import load_ledger

__all__ = ["as_known_on", "known_on", "load_ledger", "to_observations", "vintages"]
