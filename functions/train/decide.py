"""Decides what train does next. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from functions.shared.failures import aws_to_blame
from sluice.contracts.dataset import Accepted
from sluice.contracts.spec import Policy, Spec

MAX_ATTEMPTS = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A training job as DescribeTrainingJob shows it."""

    attempt: int
    status: str
    secondary: str
    failure: str = ""

    @property
    def why(self) -> str:
        """Why it did not complete, in AWS's words."""
        return self.failure or self.secondary


@dataclass(frozen=True, kw_only=True, slots=True)
class AttemptDecision:
    """What train does next: start attempt `attempt`, wait for events, leave it to gate, or end."""

    action: Literal["start", "wait", "done", "fail"]
    attempt: int
    reason: str


def next_attempt(jobs: list[Job]) -> AttemptDecision:
    """The next step for a run whose attempts so far are `jobs`, in order."""
    if not jobs:
        return AttemptDecision(action="start", attempt=1, reason="The first attempt.")
    last = jobs[-1]
    if last.status in ("InProgress", "Stopping"):
        return AttemptDecision(action="wait", attempt=last.attempt, reason="The job is under way.")
    if last.status == "Completed":
        return AttemptDecision(action="done", attempt=last.attempt, reason="The job has completed.")
    if aws_to_blame(f"{last.secondary} {last.failure}") and last.attempt < MAX_ATTEMPTS:
        return AttemptDecision(
            action="start",
            attempt=last.attempt + 1,
            reason=f"Attempt {last.attempt} ended as {last.status}: {last.why}",
        )
    return AttemptDecision(action="fail", attempt=last.attempt, reason=failure_sentence(last))


def failure_sentence(job: Job) -> str:
    """Why the run failed, for its owner."""
    if job.secondary == "MaxRuntimeExceeded":
        return (
            "Training was stopped at its time limit. Raise train.minutes or train.usd in "
            "sluice.yaml, or drop less data."
        )
    if job.status == "Stopped":
        return "Training was stopped by a person. Drop the data again to train it."
    reason = job.why.rstrip(".")
    return f"Training failed: {reason}. `sluice logs` shows its output."


def hardware(spec: Spec, policy: Policy) -> str:
    """cpu or gpu; `auto` takes the policy's first."""
    return policy.hardware[0] if spec.train.hardware == "auto" else spec.train.hardware


def runtime_seconds(spec: Spec, policy: Policy) -> int:
    """How long the job may run: the stated minutes, or what the stated money buys, if less."""
    price = policy.training_usd_per_hour[hardware(spec, policy)]
    return int(min(spec.train.minutes * 60, spec.train.usd / price * 3600))


def on_spot(accepted: Accepted, attempt: int) -> bool:
    """Whether an attempt runs on spare capacity: the first one may, later ones go on demand."""
    return Spec.model_validate(accepted.spec).train.spot and attempt == 1


def explain(accepted: Accepted, task: str, *, policy: Policy, spot: bool) -> str:
    """What was decided and why, for the timeline."""
    spec = Spec.model_validate(accepted.spec)
    kind = hardware(spec, policy)
    limit = runtime_seconds(spec, policy) / 60
    asked = "asked for" if spec.train.hardware != "auto" else "the policy's first choice"
    capacity = "spot capacity" if spot else "on demand"
    return (
        f"A {task} learner on {policy.training_instance[kind]} ({kind}, {asked}), fp32, "
        f"{capacity}, at most {limit:g} minutes."
    )
