"""Sources, ledger, areas, boundaries and rules; the slice of data that a notebook opens."""
