"""ZIP and TAR archives of texts or images."""
