"""A schedule ticked: count the calls and rows captured for each model since its release.

Statistics against the training profile stand here next; this counts. A second identical tick counts
the same files to the same sums.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from functions.shared.bus import Bus
from functions.shared.clients import prepare
from functions.shared.frame import run_step
from functions.shared.hints import Hint
from functions.shared.models import Models
from functions.shared.store import Store
from functions.watch.capture import Traffic, read_capture
from sluice.contracts.environment import WatchEnvironment
from sluice.contracts.events import Kind
from sluice.contracts.names import Run, capture_prefix

prepare("s3", "events")


@dataclass(frozen=True, kw_only=True, slots=True)
class Watcher:
    """Watches the models of one stack."""

    slug: str
    artifacts: Store
    models: Models
    say: Bus

    def take(self, hint: Hint) -> None:
        """Count the traffic of every model that serves."""
        for champion in self.models.champions():
            traffic = Traffic()
            for item in self.artifacts.list(capture_prefix(champion.endpoint_config)):
                found = self.artifacts.read(item["Key"])
                if found:
                    traffic += read_capture(found[0].splitlines())
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


@cache
def watcher() -> Watcher:
    """The watcher of this stack, from the function's environment."""
    env = WatchEnvironment.read()
    return Watcher(
        slug=env.slug,
        artifacts=Store(env.artifact_bucket),
        models=Models(env.models_table),
        say=Bus(slug=env.slug, stage="watch"),
    )


def handle(event: dict[str, Any], context: Any, by: Watcher | None = None) -> dict[str, Any]:
    """Entry point of the Lambda; `by` lets a test bring its own watcher."""
    by = by or watcher()
    return run_step(event, stage="watch", slug=by.slug, step=by.take)
