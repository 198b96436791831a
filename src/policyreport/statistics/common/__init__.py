"""What several methods share: intervals, draws, multiplicity, sensitivity."""
