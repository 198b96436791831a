"""The page on the simulation study."""
