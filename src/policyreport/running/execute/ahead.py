"""Imported by the process that forks the workers, so that none of them has to import papermill itself."""

from policyreport.running.execute import load_engine

load_engine()
