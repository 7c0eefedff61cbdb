"""What all learners share: the loop they train through, the reader of their rows, the metrics."""
