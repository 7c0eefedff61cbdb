"""How fast `sluice validate` is, and how flat: README.md says what is measured and how."""
