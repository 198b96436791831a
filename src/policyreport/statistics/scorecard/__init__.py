"""The provinces side by side, from all results: league, strip of indicators, coverage, what was refused."""
