"""Publishers that answer machines: a request in, rows of the ledger with their source out."""
