"""What the rows are for: target, task and time."""
