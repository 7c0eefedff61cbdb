"""Takes one run through its training attempts.

Two deliveries at the same moment are told apart by SageMaker, which takes a job name once. Capacity
or quota that is not there leaves the run waiting: reconcile puts it on the queue again.
"""

from __future__ import annotations

from dataclasses import dataclass

from botocore.exceptions import ClientError

from functions.shared.bus import Bus
from functions.shared.clients import client
from functions.shared.hints import Hint
from functions.shared.models import Models
from functions.shared.sagemaker import describe_attempts
from functions.shared.store import Store
from functions.train import plan
from sluice.contracts.dataset import Accepted, Schema
from sluice.contracts.environment import TrainEnvironment
from sluice.contracts.events import Kind
from sluice.contracts.names import Run


@dataclass(frozen=True, kw_only=True, slots=True)
class Trainer:
    """Starts the training jobs of one stack."""

    env: TrainEnvironment
    artifacts: Store
    models: Models
    say: Bus

    def take(self, hint: Hint) -> None:
        """Bring the run one step on."""
        run = hint.require_run()
        found = self.artifacts.read_json(run.dataset_prefix + "accepted.json")
        if found is None:
            return  # Only validate makes a dataset; its own event comes back to us.
        accepted = Accepted.model_validate(found)
        if accepted.repeats:
            return
        jobs = [
            plan.Job(
                attempt=attempt,
                status=job["TrainingJobStatus"],
                secondary=job["SecondaryStatus"],
                failure=job.get("FailureReason", ""),
            )
            for attempt, job in describe_attempts("training", run)
        ]
        decision = plan.decide(jobs)
        if decision.action == "start":
            self._start(run, decision.attempt, accepted)
        elif decision.action == "wait":
            self._say_started(run, decision.attempt, accepted)
        elif decision.action == "fail":
            self.models.note_failed(run)
            self.say(
                Kind.RUN_FAILED,
                run,
                status="failed",
                reason=decision.reason,
                attempt=decision.attempt,
            )

    def _start(self, run: Run, attempt: int, accepted: Accepted) -> None:
        task = self._task(run)
        try:
            client("sagemaker").create_training_job(
                **plan.request(run, attempt, accepted, task, env=self.env)
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "ResourceInUse":
                return  # Another delivery of the same event started it.
            if code == "ResourceLimitExceeded":
                self.say(
                    Kind.TRAINING_WAITING,
                    run,
                    status="waiting for capacity",
                    reason=error.response["Error"]["Message"],
                    attempt=attempt,
                )
                return
            raise
        self._say_started(run, attempt, accepted)

    def _say_started(self, run: Run, attempt: int, accepted: Accepted) -> None:
        self.say(
            Kind.TRAINING_STARTED,
            run,
            status="started",
            reason=plan.explain(attempt, accepted, self._task(run), policy=self.env.bounds()),
            attempt=attempt,
            data={"job": run.attempt(attempt)},
        )

    def _task(self, run: Run) -> str:
        schema = self.artifacts.read_json(run.dataset_prefix + "schema.json")
        return Schema.model_validate(schema).task
