"""record: hears every event and keeps the ledger, one timeline a run, for people."""
