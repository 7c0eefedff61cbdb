"""watch: on a schedule, reads what was captured of each model's traffic."""
