"""Takes one run through its training attempts.

Two deliveries at the same moment are told apart by SageMaker, which takes a job name once. Capacity
or quota that is not there leaves the run waiting: reconcile puts it on the queue again.
"""

from __future__ import annotations

from dataclasses import dataclass

from functions.shared.aws import Aws
from functions.shared.bus import Bus
from functions.shared.hints import Hint
from functions.shared.models import Models
from functions.shared.objects import Store
from functions.train import decide
from functions.train.requests import training_request
from sluice.contracts.dataset import Accepted, Schema
from sluice.contracts.environment import TrainEnvironment
from sluice.contracts.events import CAPACITY, Kind
from sluice.contracts.learnable import no_learner
from sluice.contracts.names import Run


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainStep:
    """Starts the training jobs of one stack."""

    env: TrainEnvironment
    aws: Aws
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
        schema = self._schema(run)
        if nobody := no_learner(schema):
            self._fail(run, str(nobody))
            return
        described = self.aws.training_jobs(run)
        jobs = [
            decide.Job(
                attempt=attempt,
                status=job["TrainingJobStatus"],
                secondary=job["SecondaryStatus"],
                failure=job.get("FailureReason", ""),
            )
            for attempt, job in enumerate(described, start=1)
        ]
        decision = decide.next_attempt(jobs)
        if decision.action == "start":
            self._start(run, decision.attempt, accepted, schema.task)
        elif decision.action == "wait":
            spot = bool(described[-1].get("EnableManagedSpotTraining"))
            self._say_started(run, decision.attempt, accepted, schema.task, spot=spot)
        elif decision.action == "fail":
            self._fail(run, decision.reason, attempt=decision.attempt)

    def _fail(self, run: Run, reason: str, attempt: int = 1) -> None:
        """End the run; its content may be dropped again."""
        self.models.note_failed(run)
        self.say(Kind.RUN_FAILED, run, status="failed", reason=reason, attempt=attempt)

    def _start(self, run: Run, attempt: int, accepted: Accepted, task: str) -> None:
        spot = decide.on_spot(accepted, attempt)
        short = self._create(run, attempt, accepted, task, spot=spot)
        if short and spot:
            # Spot has a quota of its own, which is 0 in many accounts.
            spot = False
            short = self._create(run, attempt, accepted, task, spot=spot)
        if short:
            self.say(
                Kind.TRAINING_WAITING,
                run,
                status=CAPACITY,
                reason=short,
                attempt=attempt,
            )
            return
        self._say_started(run, attempt, accepted, task, spot=spot)

    def _create(
        self, run: Run, attempt: int, accepted: Accepted, task: str, *, spot: bool
    ) -> str | None:
        """Start the job; AWS's words where there is no capacity for it now."""
        request = training_request(run, attempt, accepted, task, env=self.env, spot=spot)
        return self.aws.start("create_training_job", request)

    def _say_started(
        self, run: Run, attempt: int, accepted: Accepted, task: str, *, spot: bool
    ) -> None:
        self.say(
            Kind.TRAINING_STARTED,
            run,
            status="started",
            reason=decide.explain(accepted, task, policy=self.env.bounds(), spot=spot),
            attempt=attempt,
            data={"job": run.attempt(attempt)},
        )

    def _schema(self, run: Run) -> Schema:
        return Schema.model_validate(self.artifacts.read_json(run.dataset_prefix + "schema.json"))
