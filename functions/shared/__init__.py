"""What the handlers share: the frame they run in, and the few adapters that touch AWS."""
