"""What an event makes of a run's header: state, phase and rank. Pure.

The state moves by rank, never by arrival: a duplicate or a late event changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from functions.shared.hints import Hint
from sluice.contracts.events import CAPACITY, Kind, State
from sluice.contracts.ledger import ACCEPTED_RANK


@dataclass(frozen=True, slots=True)
class Standing:
    """What the header says once this event has been heard."""

    rank: int
    state: State
    phase: str = ""


PACKAGE_CHANGE: Final = "SageMaker Model Package State Change"
"""Worth a line only of a run that waits: what the gate itself registered, it has said better."""

ARRIVED: Final = Standing(10, "running", "queued")

STANDINGS: Final[dict[tuple[Kind, str], Standing]] = {
    (Kind.VALIDATION_STARTED, "started"): Standing(20, "running", "validating"),
    (Kind.VALIDATION_WAITING, CAPACITY): Standing(21, "running", CAPACITY),
    (Kind.VALIDATION_HANDED_OVER, "started"): Standing(22, "running", "validating"),
    (Kind.DATASET_ACCEPTED, "accepted"): Standing(ACCEPTED_RANK, "running", "queued"),
    (Kind.TRAINING_WAITING, CAPACITY): Standing(40, "running", CAPACITY),
    (Kind.TRAINING_STARTED, "started"): Standing(41, "running", "training"),
    (Kind.EVALUATION_WAITING, CAPACITY): Standing(49, "running", CAPACITY),
    (Kind.EVALUATION_STARTED, "started"): Standing(50, "running", "evaluating"),
    (Kind.MODEL_JUDGED, "approved"): Standing(60, "running", "deploying"),
    (Kind.MODEL_JUDGED, "waiting"): Standing(61, "waiting"),
    (Kind.RELEASE_WAITING, "waiting"): Standing(62, "waiting"),
    (Kind.RELEASE_WAITING, CAPACITY): Standing(62, "running", CAPACITY),
    (Kind.RELEASE_STARTED, "started"): Standing(63, "running", "deploying"),
    (Kind.RUN_FAILED, "failed"): Standing(70, "failed"),
    (Kind.DROP_REJECTED, "rejected"): Standing(80, "rejected"),
    (Kind.MODEL_JUDGED, "rejected"): Standing(80, "rejected"),
    (Kind.MODEL_RELEASED, "released"): Standing(90, "released"),
    (Kind.RELEASE_SUPERSEDED, "rejected"): Standing(95, "rejected"),
    (Kind.RELEASE_ROLLED_BACK, "rejected"): Standing(95, "rejected"),
}
"""A failed run may still be redriven to a later end, so its rank lies below those ends. A release
that is superseded or rolled back was approved before, so that end outranks the others."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of a timeline, from any event."""

    stage: str
    kind: str
    status: str
    attempt: int
    reason: str
    at: str
    standing: Standing | None


def line(hint: Hint, at: str) -> Line | None:
    """The timeline's line for an event, or None where people need none."""
    detail = hint.detail
    if hint.detail_type == "Object Created":
        item = detail["object"]
        return Line(
            stage="drop",
            kind=hint.detail_type,
            status="dropped",
            attempt=1,
            reason=f"{item['key']} arrived, {item.get('size', 0):,} bytes.",
            at=at,
            standing=ARRIVED,
        )
    if hint.detail_type == "SageMaker Training Job State Change":
        status = detail["SecondaryStatus"]
        return Line(
            stage="train",
            kind=f"job {status}",
            status=status.lower(),
            attempt=hint.attempt or 1,
            reason=_training_reason(detail),
            at=at,
            standing=None,
        )
    if hint.detail_type == PACKAGE_CHANGE:
        approval = detail["ModelApprovalStatus"]
        return Line(
            stage="gate",
            kind=f"package {approval}",
            status=approval.lower(),
            attempt=hint.attempt or 1,
            reason=f"A person set the model package to {approval} in the registry.",
            at=at,
            standing=Standing(61, "rejected") if approval == "Rejected" else None,
        )
    if hint.detail_type in set(Kind):
        return Line(
            stage=detail["stage"],
            kind=hint.detail_type,
            status=detail["status"],
            attempt=int(detail["attempt"]),
            reason=detail["reason"],
            at=detail["at"],
            standing=STANDINGS.get((Kind(hint.detail_type), detail["status"])),
        )
    return None


def _training_reason(detail: dict[str, Any]) -> str:
    transitions = detail.get("SecondaryStatusTransitions") or [{}]
    message = detail.get("FailureReason") or transitions[-1].get("StatusMessage")
    return str(message or detail["SecondaryStatus"])
