"""The default event bus, as the stages speak on it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from functions.shared.clock import Clock, utc_now
from sluice.contracts.events import Kind, StageEvent
from sluice.contracts.names import Run, event_source


@dataclass(frozen=True, kw_only=True, slots=True)
class Bus:
    """Speaks for one stage of one stack."""

    slug: str
    stage: str
    events: Any
    """boto3's client of EventBridge."""
    now: Clock = field(default=utc_now)

    def __call__(
        self,
        kind: Kind,
        run: Run,
        *,
        status: str,
        reason: str,
        attempt: int = 1,
        data: dict[str, Any] | None = None,
        stage: str | None = None,
    ) -> None:
        """Put one event; an entry that the bus refuses is raised, never lost.

        `stage` lets record speak for the stage whose message died.
        """
        event = StageEvent.of(
            kind,
            run,
            stage=stage or self.stage,
            status=status,
            reason=reason,
            at=self.now(),
            attempt=attempt,
            data=data,
        )
        answer = self.events.put_events(
            Entries=[
                {
                    "Source": event_source(self.slug),
                    "DetailType": kind.value,
                    "Detail": json.dumps(event.detail()),
                }
            ]
        )
        if answer["FailedEntryCount"]:
            raise RuntimeError(f"The event bus refused {kind}: {answer['Entries'][0]}")
