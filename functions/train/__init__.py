"""train: an accepted dataset becomes a training job, and a failed job another attempt or an end."""
