"""The simulation study (METHODS §17): data of known truth, and how often each method's claim holds."""
