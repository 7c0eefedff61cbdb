"""Classes and quantities from the columns of a table."""
