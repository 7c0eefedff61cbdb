"""An event of any stage, of S3 or of SageMaker was heard, or a message died: write it down.

A second identical event rewrites the same timeline item and moves the header by rank, that is, not
at all. A message from a stage's dead-letter queue becomes a `Run Failed` event that carries the
message, so that it can be sent again; that event then comes back here like any other.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from functions.record.ledger import Ledger
from functions.record.timeline import PACKAGE_CHANGE, line
from functions.shared.bus import Bus, utc_now
from functions.shared.clients import prepare
from functions.shared.frame import run_step
from functions.shared.hints import Hint, NotOurs, read_hint
from functions.shared.models import Models
from sluice.contracts.environment import RecordEnvironment
from sluice.contracts.events import Kind

DEAD = "-dead"
"""Ending of every dead-letter queue's name."""

prepare("events")


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorder:
    """Keeps one stack's ledger."""

    slug: str
    ledger: Ledger
    models: Models
    say: Bus

    def take(self, hint: Hint) -> None:
        """Write one event into the ledger."""
        if hint.run is None:
            return
        written = line(hint, at=utc_now().isoformat(timespec="milliseconds"))
        if written is None:
            return
        if hint.detail_type == PACKAGE_CHANGE and self.ledger.state(hint.run) != "waiting":
            return
        data = dict(hint.detail.get("data") or {})
        if hint.arrival:
            data |= {"key": hint.arrival.key, "version": hint.arrival.version}
        self.ledger.write(hint.run, written, data)
        if "repeats" in data:
            self.ledger.repeat(hint.run, written, data["repeats"], data)

    def bury(self, queue: str, body: str) -> None:
        """Say that a stage gave a message up."""
        stage = queue.removeprefix(f"{self.slug}-").removesuffix(DEAD)
        try:
            hint = read_hint(json.loads(body), self.slug)
        except NotOurs:
            return
        if hint.run is None:
            # A schedule's tick: the next one does the same work; the queue's alarm told of it.
            return
        self.models.note_failed(hint.run)
        self.say(
            Kind.RUN_FAILED,
            hint.run,
            stage=stage,
            status="failed",
            reason=f"The {stage} function failed three times on this event; its log says why.",
            data={"queue": queue.removesuffix(DEAD), "message": body},
        )


@cache
def recorder() -> Recorder:
    """The recorder of this stack, from the function's environment."""
    env = RecordEnvironment.read()
    return Recorder(
        slug=env.slug,
        ledger=Ledger(env.ledger_table),
        models=Models(env.models_table),
        say=Bus(slug=env.slug, stage="record"),
    )


def handle(event: dict[str, Any], context: Any, by: Recorder | None = None) -> dict[str, Any]:
    """Entry point of the Lambda; `by` lets a test bring its own recorder."""
    by = by or recorder()
    queue = event["Records"][0]["eventSourceARN"].rpartition(":")[2]
    if queue.endswith(DEAD):
        for record in event["Records"]:
            by.bury(queue, record["body"])
        return {"batchItemFailures": []}
    return run_step(event, stage="record", slug=by.slug, step=by.take)
