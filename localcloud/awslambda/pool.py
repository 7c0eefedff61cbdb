"""The warm processes of one function: grown on demand, taken last-in first-out."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import uuid
from collections.abc import Callable

from localcloud.awslambda.worker import Ended, Plan, Result, Worker

MOST = max(4, 2 * (os.cpu_count() or 2))
"""Most processes of one function. AWS's default is 1,000 an account; a laptop has fewer cores,
and an invocation that finds all of them busy waits instead of being throttled."""


class Pool:
    """Runs one function; `plan` is asked at each cold start, so a new configuration is picked up.

    A failed start is answered as the invocation's error, and the next invocation starts anew.
    """

    def __init__(self, plan: Callable[[], Plan], *, most: int = MOST) -> None:
        self._plan = plan
        self._most = most
        self._idle: list[Worker] = []
        self._count = 0
        self._freed = threading.Condition()
        self._stopped = False

    def invoke(self, event: object) -> Result:
        """Run the function on `event` in a warm process, or in a new one."""
        request_id = str(uuid.uuid4())
        try:
            worker = self._take()
        except Ended as ended:
            return _error(ended)
        try:
            result = worker.invoke(event, request_id)
        except Ended as ended:
            self._drop(worker)
            return _error(ended)
        except BaseException:
            self._drop(worker)
            raise
        self._give_back(worker)
        return result

    def warm(self) -> None:
        """Start one process ahead of the first invocation, unless there is one."""
        with self._freed:
            if self._count:
                return
        try:
            self._give_back(self._take())
        except Ended:
            # The first invocation starts it again, and hears why it fails.
            return

    def stop(self) -> None:
        """End all warm processes; a busy one ends with its invocation."""
        with self._freed:
            self._stopped = True
            idle, self._idle = self._idle, []
            self._count -= len(idle)
            self._freed.notify_all()
        for worker in idle:
            worker.stop()

    def renew(self) -> None:
        """Let the warm processes go, so that the next invocation sees a new configuration."""
        with self._freed:
            idle, self._idle = self._idle, []
            self._count -= len(idle)
        for worker in idle:
            worker.stop()

    def _take(self) -> Worker:
        with self._freed:
            while True:
                if self._stopped:
                    raise Ended("Runtime.ExitError", "The offline cloud is stopping.")
                if self._idle:
                    worker = self._idle.pop()
                    if worker.alive:
                        return worker
                    self._count -= 1
                    with contextlib.suppress(OSError):
                        worker.stop()
                    continue
                if self._count < self._most:
                    self._count += 1
                    break
                self._freed.wait()
        try:
            return Worker(self._plan())
        except BaseException:
            self._free_slot()
            raise

    def _give_back(self, worker: Worker) -> None:
        with self._freed:
            if not self._stopped:
                self._idle.append(worker)
                self._freed.notify()
                return
        self._drop(worker)

    def _drop(self, worker: Worker) -> None:
        worker.stop()
        self._free_slot()

    def _free_slot(self) -> None:
        with self._freed:
            self._count -= 1
            self._freed.notify()


def _error(ended: Ended) -> Result:
    return Result(payload=json.dumps(ended.error).encode(), failed=True)
