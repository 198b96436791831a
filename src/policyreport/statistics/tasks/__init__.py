"""Lists of tasks: completion, pace, outlook."""
