"""Takes one arrival to its end, or hands it to a job where it is larger than the function holds.

A job that is killed leaves no marker: the event of its end, or reconcile, brings the drop back
here, and it ends with the job's reason.
"""

from __future__ import annotations

from dataclasses import dataclass

from functions.shared.aws import Aws
from functions.shared.hints import Hint
from functions.validate.assess import Assessor
from functions.validate.decide import ends_a_drop, is_first_news, next_job
from functions.validate.handover import Handover
from functions.validate.requests import processing_request
from functions.validate.room import Room, TooLarge
from sluice.contracts.drop import Arrival
from sluice.contracts.environment import ValidateEnvironment
from sluice.contracts.events import CAPACITY, Kind
from sluice.contracts.names import Run
from sluice.validation.refusals import Refused, refusal_report


@dataclass(frozen=True, kw_only=True, slots=True)
class ValidateStep:
    """Validates the drops of one stack."""

    env: ValidateEnvironment
    aws: Aws
    assessor: Assessor

    def take(self, hint: Hint, *, seconds_left: float) -> None:
        """Bring one arrival a step on."""
        handover = self._handover(hint.run) if hint.run and not is_first_news(hint) else None
        arrival = hint.arrival or (handover.arrival if handover else None)
        if arrival is None or not ends_a_drop(arrival):
            return
        run = arrival.run(self.env.slug)
        if self.assessor.say_again(run, arrival):
            return
        if handover:
            self._follow(run, handover)
            return
        self.assessor.say(
            Kind.VALIDATION_STARTED,
            run,
            status="started",
            reason=f"{arrival.key} is being read.",
            data=_source(arrival),
        )
        room = Room.of_function(
            self.assessor.policy, seconds_left=seconds_left, deliveries=hint.deliveries
        )
        try:
            self.assessor.finish(arrival, room)
        except TooLarge as found:
            handover = Handover(
                settings=self.env.variables(), size=found.size, why=found.why, **_source(arrival)
            )
            document = handover.model_dump_json().encode()
            self.assessor.artifacts.write_once(run.handover_key, document)
            self._follow(run, self._handover(run) or handover)

    def _handover(self, run: Run) -> Handover | None:
        found = self.assessor.artifacts.read_json(run.handover_key)
        return Handover.model_validate(found) if found else None

    def _follow(self, run: Run, handover: Handover) -> None:
        """Take the next step of a drop that was handed over."""
        arrival = handover.arrival
        jobs = self.aws.validations(run)
        # A job may have come to its end between the look at the marker and the look at the job.
        if jobs and self.assessor.say_again(run, arrival):
            return
        decision = next_job(jobs)
        if decision.action == "reject":
            refusal = Refused(
                "validation-job-failed",
                f"{arrival.name}: the job that validated it came to no end: {decision.reason}.",
                remedy=f"`sluice logs {run}` shows what it wrote. Drop fewer rows or columns, or "
                "ask who runs the stack for a larger validation_instance.",
            )
            self.assessor.reject(run, arrival, refusal_report(arrival.name, refusal))
        elif decision.action == "fail":
            self.assessor.models.note_failed(run)
            self.assessor.say(
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
        request = processing_request(run, attempt, handover)
        short = self.aws.start("create_processing_job", request) if start else None
        if short:
            self.assessor.say(
                Kind.VALIDATION_WAITING,
                run,
                status=CAPACITY,
                reason=short,
                attempt=attempt,
                data=source,
            )
            return
        job = run.validation(attempt)
        self.assessor.say(
            Kind.VALIDATION_HANDED_OVER,
            run,
            status="started",
            reason=handover.explain(job),
            attempt=attempt,
            data={**source, "job": job},
        )


def _source(arrival: Arrival) -> dict[str, str]:
    return {"key": arrival.key, "version": arrival.version}
