"""One construct a stage or keeper: what its function is given, and what its roles may do."""
