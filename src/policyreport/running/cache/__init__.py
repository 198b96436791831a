"""Results by the hash of all that made them, so that nothing runs twice."""
