"""What the rows look like, in numbers: measures, association with the target, shift."""
