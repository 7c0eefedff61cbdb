"""EventBridge: rules that deliver to their targets, transform, and fire on schedules."""
