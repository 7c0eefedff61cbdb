"""Counts the traffic of every model that serves.

Statistics against the training profile stand here next; this counts.
"""

from __future__ import annotations

from dataclasses import dataclass

from functions.shared.bus import Bus
from functions.shared.hints import Hint
from functions.shared.models import Models
from functions.shared.objects import Store
from functions.shared.signatures import signature_at
from functions.watch.capture import Traffic, read_capture
from sluice.contracts.events import Kind
from sluice.contracts.names import Run, capture_prefix
from sluice.contracts.release import Champion


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchStep:
    """Watches the models of one stack."""

    slug: str
    artifacts: Store
    models: Models
    say: Bus

    def take(self, hint: Hint) -> None:
        """Count the traffic of every model that serves."""
        for champion in self.models.champions():
            traffic = self._traffic(champion)
            if traffic.calls:
                self.say(
                    Kind.TRAFFIC_COUNTED,
                    Run.parse(champion.run),
                    status="counted",
                    reason=f"{traffic.rows:,} rows in {traffic.calls:,} captured calls"
                    + (
                        f", {traffic.unreadable:,} of them unreadable."
                        if traffic.unreadable
                        else "."
                    ),
                    attempt=champion.attempt,
                    data={
                        "calls": traffic.calls,
                        "rows": traffic.rows,
                        "unreadable": traffic.unreadable,
                    },
                )

    def _traffic(self, champion: Champion) -> Traffic:
        traffic = Traffic()
        files = list(self.artifacts.list(capture_prefix(champion.endpoint_config)))
        signature = signature_at(self.artifacts, champion.artifacts) if files else None
        for item in files:
            found = self.artifacts.read(item["Key"])
            if found and signature:
                traffic += read_capture(found[0].splitlines(), signature)
        return traffic
