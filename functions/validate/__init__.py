"""validate: a drop becomes an immutable dataset, or is kept aside with its reason."""
