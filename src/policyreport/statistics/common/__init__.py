"""Shared by several methods: intervals, draws, multiplicity, sensitivity."""
