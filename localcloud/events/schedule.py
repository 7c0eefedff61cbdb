"""Firing scheduled rules, on the scaled clock.

A rate counts from when its rule was first seen here. Cloud time starts at the real time and runs
`scale` times as fast; a cron rule fires once in each of its cloud minutes, and minutes that pass
between two looks are not skipped.
"""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime
from typing import Any

from moto.events.models import events_backends

from localcloud.events.cron import parse
from localcloud.house import House

LOOK = 1.0
"""Longest real seconds between two looks at the rules: a new rule waits no longer."""


class Ticker:
    """One thread that fires the scheduled rules of a house until `stop`."""

    def __init__(self, home: House) -> None:
        self._home = home
        self._began = home.clock.now()
        self._due: dict[tuple[str, str], datetime | None] = {}
        """When each rule fires next, by its name and schedule; None: never again."""
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="schedules", daemon=True)

    def start(self) -> Ticker:
        """Begin."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End; returns when no rule fires any more."""
        self._stopped.set()
        self._thread.join(5.0)

    def _run(self) -> None:
        wait = 0.0
        while not self._stopped.wait(wait):
            wait = self._tick(self._cloud_now())

    def _cloud_now(self) -> datetime:
        passed = self._home.clock.now() - self._began
        return self._began + passed * self._home.clock.scale

    def _tick(self, now: datetime) -> float:
        """Fire what is due; real seconds until the next look."""
        backend = events_backends[self._home.account][self._home.region]
        wait = LOOK
        for rule in list(backend.event_buses["default"].rules.values()):
            if not rule.scheduled_expression:
                continue
            key = (rule.name, rule.scheduled_expression)
            if key not in self._due:
                self._due[key] = parse(rule.scheduled_expression).after(now)
            due = self._due[key]
            while due is not None and due <= now:
                if rule.state == "ENABLED":
                    rule.fire(self._event(rule.arn))
                due = parse(rule.scheduled_expression).after(due)
            self._due[key] = due
            if due is not None:
                wait = min(wait, self._home.clock.seconds((due - now).total_seconds()))
        return max(wait, 0.005)

    def _event(self, rule_arn: str) -> dict[str, Any]:
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": self._home.account,
            "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": self._home.region,
            "resources": [rule_arn],
            "detail": {},
        }
