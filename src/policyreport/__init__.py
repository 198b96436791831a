"""policyreport: the reproducible evaluation report on a public policy."""

__version__ = "0.1.0"
