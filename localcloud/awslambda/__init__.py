"""Lambda: the template's handlers, run for real in warm processes of their own."""
