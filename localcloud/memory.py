"""Letting moto forget what is deleted.

For its dashboard moto keeps a list of every instance it ever made, objects with their bytes among
them, so a cloud that runs all day would never get smaller. Nothing here reads those lists.
"""

from __future__ import annotations

import threading

from moto.core.model_instances import reset_model_data

PERIOD_SECONDS = 10.0


class Forgetting:
    """One thread that empties moto's lists now and then, until `stop`."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="forgetting", daemon=True)

    def start(self) -> Forgetting:
        """Begin."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End."""
        self._stopped.set()
        self._thread.join(5.0)

    def _run(self) -> None:
        while not self._stopped.wait(PERIOD_SECONDS):
            reset_model_data()
