"""What stages are made of, and what stands beside them."""
