"""What the stages say on the default event bus, and what the ledger makes of it.

Every detail has the same members: `run`, `model`, `drop`, `stage`, `attempt`, `status`, `reason`,
`at`, and `data` for what only this kind of event carries. Events are hints: a handler that hears
one reads the truth before it acts, so duplicates and disorder change nothing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Literal, Self

from sluice.contracts.names import Run


class Kind(StrEnum):
    """`detail-type` of our events."""

    VALIDATION_STARTED = "Validation Started"
    VALIDATION_WAITING = "Validation Waiting"
    VALIDATION_HANDED_OVER = "Validation Handed Over"
    DATASET_ACCEPTED = "Dataset Accepted"
    DROP_REJECTED = "Drop Rejected"
    DROP_REPEATED = "Drop Repeated"
    DROP_INCOMPLETE = "Drop Incomplete"
    TRAINING_STARTED = "Training Started"
    TRAINING_WAITING = "Training Waiting"
    EVALUATION_WAITING = "Evaluation Waiting"
    EVALUATION_STARTED = "Evaluation Started"
    MODEL_JUDGED = "Model Judged"
    RELEASE_STARTED = "Release Started"
    RELEASE_WAITING = "Release Waiting"
    MODEL_RELEASED = "Model Released"
    RELEASE_ROLLED_BACK = "Release Rolled Back"
    RELEASE_SUPERSEDED = "Release Superseded"
    TRAFFIC_COUNTED = "Traffic Counted"
    RUN_FAILED = "Run Failed"
    RECONCILE = "Reconcile"
    """Put on a stage's queue by reconcile: "look again at this run or model"; never on the bus."""


State = Literal["running", "waiting", "released", "rejected", "failed"]
"""States of a run. All but `running` are ends; `waiting` means for a person."""

CAPACITY: Final = "waiting for capacity"
"""Status of an event, and phase of a run, that waits for a quota or for AWS's machines."""

ENDS: Final = ("released", "rejected", "failed", "waiting")


@dataclass(frozen=True, kw_only=True, slots=True)
class StageEvent:
    """One thing that a stage did to one run."""

    kind: Kind
    run: str
    """`<slug>-<model>-<drop id>`; for a key that names no model, the model is `_`."""
    model: str
    drop: str
    stage: str
    status: str
    """One word, or few: accepted, rejected, started, approved, waiting, released, failed, …"""
    reason: str
    """Why, in one sentence a person can act on."""
    at: str
    """ISO 8601, UTC."""
    attempt: int = 1
    data: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        kind: Kind,
        run: Run,
        *,
        stage: str,
        status: str,
        reason: str,
        at: datetime,
        attempt: int = 1,
        data: dict[str, Any] | None = None,
    ) -> Self:
        """The event about `run`, its names filled in."""
        return cls(
            kind=kind,
            run=str(run),
            model=run.model,
            drop=run.drop,
            stage=stage,
            status=status,
            reason=reason,
            at=at.isoformat(timespec="milliseconds"),
            attempt=attempt,
            data=data or {},
        )

    def detail(self) -> dict[str, Any]:
        """The `Detail` member of a PutEvents entry."""
        detail = asdict(self)
        del detail["kind"]
        return detail

    @classmethod
    def parse(cls, detail_type: str, detail: dict[str, Any]) -> Self:
        """The event as heard from the bus; unknown members are ignored: senders may grow."""
        known = {name: detail[name] for name in cls.__slots__ if name in detail}
        return cls(kind=Kind(detail_type), **known)


def parse_timestamp(text: str) -> datetime:
    """The `at` of an event as a datetime."""
    return datetime.fromisoformat(text)
