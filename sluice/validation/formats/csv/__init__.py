"""CSV files: dialect, rows counted apart, and what is doubtful in them."""
