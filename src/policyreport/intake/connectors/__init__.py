"""Publishers with an interface for programs: a request in, rows of the ledger with their source out."""
