"""At most so many jobs at a time, in the order in which they were asked for."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a job stands: it runs (`ahead` is None), or so many jobs run and wait before it."""

    ahead: int | None


class Slots:
    """A first-in first-out queue before a fixed number of places; each job is a thread."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._running = 0
        self._waiting: deque[tuple[str, Callable[[], None]]] = deque()
        self._lock = threading.Lock()

    def enter(self, name: str, work: Callable[[], None]) -> Place:
        """Start `work` in a thread called `name`, now or when its turn comes."""
        with self._lock:
            if self._running >= self.count:
                self._waiting.append((name, work))
                return Place(ahead=self._running + len(self._waiting) - 1)
            self._running += 1
        self._start(name, work)
        return Place(ahead=None)

    def leave_queue(self, name: str) -> bool:
        """Take a waiting job out again; False where it runs already or is not there."""
        with self._lock:
            for entry in self._waiting:
                if entry[0] == name:
                    self._waiting.remove(entry)
                    return True
        return False

    def clear(self) -> None:
        """Forget all that wait."""
        with self._lock:
            self._waiting.clear()

    def _start(self, name: str, work: Callable[[], None]) -> None:
        threading.Thread(target=self._run, args=(work,), name=name, daemon=True).start()

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            with self._lock:
                following = self._waiting.popleft() if self._waiting else None
                if following is None:
                    self._running -= 1
            if following:
                self._start(*following)
