"""From records and executed notebooks to everything a reader gets."""
