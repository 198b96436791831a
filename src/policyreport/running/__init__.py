"""From an edition to executed notebooks and records: plan, cache, workers, progress."""
