"""Commands of the command line with bodies of their own; `cli` gives them their names."""
