"""Writes what it hears into the ledger, and says which run a dead letter failed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from functions.record.decide import PACKAGE_CHANGE, line
from functions.record.ledger import Ledger
from functions.shared.bus import Bus
from functions.shared.clock import Clock, utc_now
from functions.shared.hints import Hint, NotOurs, read_hint
from functions.shared.models import Models
from sluice.contracts.events import Kind

DEAD: Final = "-dead"
"""Ending of every dead-letter queue's name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordStep:
    """Keeps one stack's ledger."""

    slug: str
    ledger: Ledger
    models: Models
    say: Bus
    now: Clock = utc_now

    def take(self, hint: Hint) -> None:
        """Write one event into the ledger."""
        if hint.run is None:
            return
        written = line(hint, at=self.now().isoformat(timespec="milliseconds"))
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

    def take_dead_letter(self, queue: str, body: str) -> None:
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
