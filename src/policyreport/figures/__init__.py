"""Records as figures: each function returns an exhibit; the words around it are handed in."""
