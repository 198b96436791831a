"""The results of all areas together."""
