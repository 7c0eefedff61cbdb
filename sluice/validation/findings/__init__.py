"""What stands out in the rows: one file a kind of finding."""
