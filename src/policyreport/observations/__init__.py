"""Raw files and corrections -> the validated ledger; as known on a day."""

from policyreport.observations.known import as_known_on, known_on, to_observations, vintages
from policyreport.observations.ledger import load_ledger

__all__ = ["as_known_on", "known_on", "load_ledger", "to_observations", "vintages"]
