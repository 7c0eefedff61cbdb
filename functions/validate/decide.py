"""Decides what validate does with an arrival, and with a drop that was handed over. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from functions.shared.failures import aws_to_blame
from functions.shared.hints import Hint
from sluice.contracts.drop import Arrival
from sluice.contracts.names import VALIDATION_ATTEMPTS


def is_first_news(hint: Hint) -> bool:
    """Whether nobody can have handed the drop over yet: the first delivery of S3's own event."""
    return hint.detail_type == "Object Created" and hint.deliveries == 1


def ends_a_drop(arrival: Arrival) -> bool:
    """Whether the arrival makes a drop, or is misplaced; parts, specs and placeholders end none."""
    return arrival.kind not in ("part", "spec", "placeholder")


@dataclass(frozen=True, kw_only=True, slots=True)
class JobDecision:
    """What to do about the jobs that a drop has, none of which left a marker."""

    action: Literal["start", "wait", "reject", "fail"]
    attempt: int
    reason: str = ""
    """Of the last job's end."""


def next_job(jobs: Sequence[Mapping[str, Any]]) -> JobDecision:
    """By the Describe answers of all jobs of one drop, none of which left a marker."""
    if not jobs:
        return JobDecision(action="start", attempt=1)
    last, attempt = jobs[-1], len(jobs)
    status = last["ProcessingJobStatus"]
    if status in ("InProgress", "Stopping"):
        return JobDecision(action="wait", attempt=attempt)
    reason = last.get("ExitMessage") or last.get("FailureReason") or f"it {status.lower()}"
    reason = reason.rstrip(".")
    if not aws_to_blame(reason):
        return JobDecision(action="reject", attempt=attempt, reason=reason)
    if attempt < VALIDATION_ATTEMPTS:
        return JobDecision(action="start", attempt=attempt + 1)
    return JobDecision(action="fail", attempt=attempt, reason=reason)
