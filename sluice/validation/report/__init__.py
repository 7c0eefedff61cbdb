"""What a person reads: the verdict and the report page."""
