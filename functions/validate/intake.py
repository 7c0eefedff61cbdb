"""Takes one arrival to its end, or hands it to a job where it is larger than the function holds.

A job that is killed leaves no marker: the event of its end, or reconcile, brings the drop back
here, and it ends with the job's reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from functions.shared.clients import client
from functions.shared.hints import Hint
from functions.shared.sagemaker import describe_validations, no_capacity
from functions.validate.handover import Handover, decide, processing_request
from functions.validate.judging import Judge
from functions.validate.room import Room, TooLarge
from sluice.contracts.drop import Arrival
from sluice.contracts.environment import ValidateEnvironment
from sluice.contracts.events import Kind
from sluice.contracts.names import Run
from sluice.validation import Refused, refusal_report


@dataclass(frozen=True, kw_only=True, slots=True)
class Intake:
    """One stack's intake."""

    env: ValidateEnvironment
    judge: Judge

    def take(self, hint: Hint, *, seconds_left: float) -> None:
        """Bring one arrival a step on; parts, specs and placeholders end nothing."""
        # Only what was heard of before can be a job's: the first news need not ask.
        is_news = hint.detail_type == "Object Created" and hint.deliveries == 1
        handover = self._handover(hint.run) if hint.run and not is_news else None
        arrival = hint.arrival or (handover.arrival if handover else None)
        if arrival is None or arrival.kind in ("part", "spec", "placeholder"):
            return
        run = arrival.run(self.env.slug)
        if self.judge.say_again(run, arrival):
            return
        if handover:
            self._follow(run, handover)
            return
        self.judge.say(
            Kind.VALIDATION_STARTED,
            run,
            status="started",
            reason=f"{arrival.key} is being read.",
            data=_source(arrival),
        )
        room = Room.of_function(
            self.judge.policy, seconds_left=seconds_left, deliveries=hint.deliveries
        )
        try:
            self.judge.finish(arrival, room)
        except TooLarge as found:
            handover = Handover(
                settings=self.env.variables(), size=found.size, why=found.why, **_source(arrival)
            )
            self.judge.artifacts.write_once(run.handover_key, handover.model_dump_json().encode())
            self._follow(run, self._handover(run) or handover)

    def _handover(self, run: Run) -> Handover | None:
        found = self.judge.artifacts.read_json(run.handover_key)
        return Handover.model_validate(found) if found else None

    def _follow(self, run: Run, handover: Handover) -> None:
        """Take the next step of a drop that was handed over."""
        arrival = handover.arrival
        jobs = [job for _, job in describe_validations(run)]
        # A job may have come to its end between the look at the marker and the look at the job.
        if jobs and self.judge.say_again(run, arrival):
            return
        decision = decide(jobs)
        if decision.action == "reject":
            refusal = Refused(
                "validation-job-failed",
                f"{arrival.name}: the job that validated it came to no end: {decision.reason}.",
                remedy=f"`sluice logs {run}` shows what it wrote. Drop fewer rows or columns, or "
                "ask who runs the stack for a larger validation_instance.",
            )
            self.judge.reject(run, arrival, refusal_report(arrival.name, refusal))
        elif decision.action == "fail":
            self.judge.models.note_failed(run)
            self.judge.say(
                Kind.RUN_FAILED,
                run,
                status="failed",
                reason=f"The job that validates the drop failed {decision.attempt} times: "
                f"{decision.reason}.",
                attempt=decision.attempt,
            )
        else:
            self._hand_over(run, handover, decision.attempt, start=decision.action == "start")

    def _hand_over(self, run: Run, handover: Handover, attempt: int, *, start: bool) -> None:
        source = _source(handover.arrival)
        short = _create(processing_request(run, attempt, handover)) if start else None
        if short:
            self.judge.say(
                Kind.VALIDATION_WAITING,
                run,
                status="waiting for capacity",
                reason=short,
                attempt=attempt,
                data=source,
            )
            return
        job = run.validation(attempt)
        self.judge.say(
            Kind.VALIDATION_HANDED_OVER,
            run,
            status="started",
            reason=handover.explain(job),
            attempt=attempt,
            data={**source, "job": job},
        )


def _source(arrival: Arrival) -> dict[str, str]:
    return {"key": arrival.key, "version": arrival.version}


def _create(request: dict[str, Any]) -> str | None:
    """Start the job, unless it is there; AWS's words where there is no capacity for it now."""
    try:
        client("sagemaker").create_processing_job(**request)
    except ClientError as error:
        short = no_capacity(error)
        if short is None and error.response["Error"]["Code"] != "ResourceInUse":
            raise
        return short
    return None
