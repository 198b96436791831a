"""Frozen, versioned results; JSON both ways."""
