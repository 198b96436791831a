"""The command line; `main` gives every command its name."""
