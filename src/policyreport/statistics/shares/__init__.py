"""Shares against thresholds and targets, and how far they may be revised."""
