"""Throttling as API Gateway does it: a token bucket, `rate` a second, at most `burst` at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Bucket:
    """Tokens for one method of one stage."""

    def __init__(
        self, *, rate: float, burst: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.rate, self.burst = rate, burst
        self._clock = clock
        self._tokens = float(burst)
        self._at = clock()
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Whether one more request may pass now."""
        with self._lock:
            now = self._clock()
            self._tokens = min(self.burst, self._tokens + (now - self._at) * self.rate)
            self._at = now
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True


class Throttle:
    """The buckets of all methods, made as they are first used."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, ...], Bucket] = {}
        self._lock = threading.Lock()

    def allows(self, key: tuple[str, ...], *, rate: float, burst: int) -> bool:
        """Take a token of `key`; a changed limit begins with a full bucket."""
        with self._lock:
            bucket = self._buckets.get(key)
            if bucket is None or (bucket.rate, bucket.burst) != (rate, burst):
                bucket = self._buckets[key] = Bucket(rate=rate, burst=burst)
        return bucket.take()
