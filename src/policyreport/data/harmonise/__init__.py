"""The panel: one set of boundaries, as known on one day (METHODS §14)."""
