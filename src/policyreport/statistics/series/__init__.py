"""Trends, steps and panels of annual series."""
