"""Sources, ledger, areas, boundaries, rules, and the slices that notebooks open."""
