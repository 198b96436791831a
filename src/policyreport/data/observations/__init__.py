"""Raw files and corrections → the validated ledger, as known on a day."""
