"""reconcile: on a schedule, puts what is open on the queue of the stage it waits for."""
