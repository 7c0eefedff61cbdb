"""gate: a trained model is scored beside the champion, judged in words, and registered."""
