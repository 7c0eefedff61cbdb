"""CSV files: dialect, records counted apart, and what is doubtful in them."""
