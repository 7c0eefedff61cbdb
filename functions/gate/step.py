"""Takes one trained candidate through its evaluation and its verdict into the registry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from functions.gate import requests
from functions.gate.decide import Evaluate, Fail, Judge, Rest, SayAgain, Scoring, next_step
from functions.gate.verdict import judge
from functions.shared.aws import Aws
from functions.shared.bus import Bus
from functions.shared.hints import Hint
from functions.shared.models import Models
from functions.shared.objects import Store
from functions.shared.registry import Package
from sluice.contracts import container
from sluice.contracts.dataset import Accepted
from sluice.contracts.environment import GateEnvironment
from sluice.contracts.evaluation import Evaluation
from sluice.contracts.events import CAPACITY, Kind
from sluice.contracts.names import Run
from sluice.contracts.release import Champion
from sluice.contracts.spec import Spec

_JUDGED: Final = {
    "Approved": "approved",
    "PendingManualApproval": "waiting",
    "Rejected": "rejected",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Candidate:
    """A model that a training job has left."""

    run: Run
    attempt: int
    artifacts: str
    """S3 URI of the model folder, ending in `/`."""
    accepted: Accepted

    @property
    def version(self) -> str:
        return f"{self.run.drop}-{self.attempt:02d}"

    @property
    def spec(self) -> Spec:
        return Spec.model_validate(self.accepted.spec)


@dataclass(frozen=True, kw_only=True, slots=True)
class GateStep:
    """The gate of one stack."""

    env: GateEnvironment
    aws: Aws
    artifacts: Store
    models: Models
    say: Bus

    def take(self, hint: Hint) -> None:
        """Bring the run one step on."""
        run = hint.require_run()
        jobs = self.aws.training_jobs(run)
        if not jobs or jobs[-1]["TrainingJobStatus"] != "Completed":
            return  # A job under way comes back when it ends; one that failed is train's.
        registered = self._registered(run)
        champion = self.models.champion(run.model)
        scorings = [] if registered else [_scoring(job) for job in self.aws.evaluations(run)]
        step = next_step(
            is_registered=registered is not None,
            scorings=scorings,
            champion=champion.version if champion else None,
        )
        match step:
            case SayAgain() if registered:
                self._say_judged(run, registered)
            case Evaluate(number):
                self._evaluate(self._candidate(run, jobs), number, champion)
            case Judge(number):
                self._judge(self._candidate(run, jobs), number)
            case Fail(number, reason):
                self.models.note_failed(run)
                self.say(Kind.RUN_FAILED, run, status="failed", reason=reason, attempt=number)
            case Rest():
                pass

    def _candidate(self, run: Run, jobs: list[dict[str, Any]]) -> _Candidate:
        uri: str = jobs[-1]["ModelArtifacts"]["S3ModelArtifacts"]
        found = self.artifacts.read_json(run.dataset_prefix + "accepted.json")
        return _Candidate(
            run=run,
            attempt=len(jobs),
            artifacts=uri.rstrip("/") + "/",
            accepted=Accepted.model_validate(found),
        )

    def _evaluate(self, candidate: _Candidate, number: int, champion: Champion | None) -> None:
        run = candidate.run
        request = requests.evaluation_request(
            run,
            number,
            candidate=candidate.artifacts,
            candidate_version=candidate.version,
            metric=candidate.spec.gate.metric,
            champion=champion,
            env=self.env,
        )
        if short := self.aws.start("create_processing_job", request):
            self.say(Kind.EVALUATION_WAITING, run, status=CAPACITY, reason=short, attempt=number)
            return
        beside = f"beside version {champion.version}" if champion else "alone: nothing serves yet"
        self.say(
            Kind.EVALUATION_STARTED,
            run,
            status="started",
            reason=f"Scoring the candidate on rows that it was not trained on, {beside}.",
            attempt=number,
            data={"job": run.attempt(number)},
        )

    def _judge(self, candidate: _Candidate, number: int) -> None:
        """Decide by evaluation `number`, and register the candidate with the verdict."""
        run = candidate.run
        key = requests.evaluation_prefix(run, number) + "evaluation.json"
        evaluation = Evaluation.model_validate(self.artifacts.read_json(key))
        accepted = candidate.accepted
        verdict = judge(
            evaluation,
            candidate.spec.gate,
            suspects=accepted.suspects,
            target_guessed=accepted.target_guessed,
        )
        self.aws.register(
            requests.package_request(
                run,
                attempt=candidate.attempt,
                sequence=accepted.sequence,
                artifacts=candidate.artifacts,
                evaluation_uri=f"s3://{self.env.artifact_bucket}/{key}",
                verdict=verdict,
                env=self.env,
            )
        )
        if registered := self._registered(run):
            self._say_judged(run, registered, evaluation)

    def _registered(self, run: Run) -> Package | None:
        found = self.aws.packages(run.slug, run.model)
        return next((p for p in found if p.properties.run == str(run)), None)

    def _say_judged(self, run: Run, package: Package, evaluation: Evaluation | None = None) -> None:
        data: dict[str, Any] = {"package": package.arn, "version": package.properties.version}
        if evaluation:
            data["metric"] = evaluation.metric
            # DynamoDB takes no floats; the ledger keeps what people read.
            data["score"] = f"{evaluation.candidate.score.value:.6f}"
        self.say(
            Kind.MODEL_JUDGED,
            run,
            status=_JUDGED[package.approval],
            reason=package.reason,
            attempt=package.properties.attempt,
            data=data,
        )


def _scoring(job: Mapping[str, Any]) -> Scoring:
    return Scoring(
        status=job["ProcessingJobStatus"],
        beside=job.get("Environment", {}).get(container.CHAMPION_VARIABLE),
        why=job.get("ExitMessage") or job.get("FailureReason") or "",
    )
