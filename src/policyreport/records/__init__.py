"""Results as frozen values with units and rows, JSON both ways; how a value is written."""
