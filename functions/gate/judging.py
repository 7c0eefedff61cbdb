"""Takes one trained candidate through its evaluation and its verdict into the registry.

If the champion has moved since the candidate was scored beside it, it is scored again: a verdict
names the version that it beat.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from functions.gate import requests
from functions.gate.verdict import judge
from functions.shared.bus import Bus
from functions.shared.clients import client
from functions.shared.hints import Hint
from functions.shared.models import Models
from functions.shared.sagemaker import Package, describe, describe_attempts, no_capacity, packages
from functions.shared.store import Store
from sluice.contracts import container
from sluice.contracts.dataset import Accepted
from sluice.contracts.environment import GateEnvironment
from sluice.contracts.evaluation import Evaluation
from sluice.contracts.events import Kind
from sluice.contracts.names import Run, package_group
from sluice.contracts.spec import Spec

_MAX_EVALUATION_FAILURES = 2
_JUDGED = {"Approved": "approved", "PendingManualApproval": "waiting", "Rejected": "rejected"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Judge:
    """The gate of one stack."""

    env: GateEnvironment
    artifacts: Store
    models: Models
    say: Bus

    def take(self, hint: Hint) -> None:
        """Bring the run one step on."""
        run = hint.require_run()
        jobs = list(describe_attempts("training", run))
        if not jobs or jobs[-1][1]["TrainingJobStatus"] != "Completed":
            return  # A job under way comes back when it ends; one that failed is train's.
        attempt, job = jobs[-1]
        registered = self._registered(run)
        if registered:
            self._say_judged(run, registered)
            return
        candidate = job["ModelArtifacts"]["S3ModelArtifacts"].rstrip("/") + "/"
        accepted = Accepted.model_validate(
            self.artifacts.read_json(run.dataset_prefix + "accepted.json")
        )
        evaluations = list(describe_attempts("processing", run))
        number, last = evaluations[-1] if evaluations else (0, None)
        if last is None:
            self._evaluate(run, 1, attempt, candidate, accepted)
        elif last["ProcessingJobStatus"] == "Completed":
            beside = last.get("Environment", {}).get(container.CHAMPION_VARIABLE)
            self._judge(run, number, attempt, candidate, accepted, beside=beside)
        elif last["ProcessingJobStatus"] in ("Failed", "Stopped"):
            failures = [
                e for _, e in evaluations if e["ProcessingJobStatus"] in ("Failed", "Stopped")
            ]
            if len(failures) < _MAX_EVALUATION_FAILURES:
                self._evaluate(run, number + 1, attempt, candidate, accepted)
                return
            why = last.get("ExitMessage") or last.get("FailureReason") or "it was stopped"
            self.models.note_failed(run)
            self.say(
                Kind.RUN_FAILED,
                run,
                status="failed",
                reason=f"The evaluation failed {len(failures)} times: {why}",
                attempt=number,
            )

    def _evaluate(
        self, run: Run, number: int, attempt: int, candidate: str, accepted: Accepted
    ) -> None:
        champion = self.models.champion(run.model)
        spec = Spec.model_validate(accepted.spec)
        request = requests.evaluation_request(
            run,
            number,
            candidate=candidate,
            candidate_version=f"{run.drop}-{attempt:02d}",
            metric=spec.gate.metric,
            champion=champion,
            env=self.env,
        )
        try:
            client("sagemaker").create_processing_job(**request)
        except ClientError as error:
            if short := no_capacity(error):
                self.say(
                    Kind.EVALUATION_WAITING,
                    run,
                    status="waiting for capacity",
                    reason=short,
                    attempt=number,
                )
                return
            if error.response["Error"]["Code"] != "ResourceInUse":
                raise
        beside = f"beside version {champion.version}" if champion else "alone: nothing serves yet"
        self.say(
            Kind.EVALUATION_STARTED,
            run,
            status="started",
            reason=f"Scoring the candidate on the holdout rows, {beside}.",
            attempt=number,
            data={"job": run.attempt(number)},
        )

    def _judge(
        self,
        run: Run,
        number: int,
        attempt: int,
        candidate: str,
        accepted: Accepted,
        *,
        beside: str | None,
    ) -> None:
        """Decide by evaluation `number`, which scored the candidate beside version `beside`."""
        key = requests.evaluation_prefix(run, number) + "evaluation.json"
        evaluation = Evaluation.model_validate(self.artifacts.read_json(key))
        champion = self.models.champion(run.model)
        if beside != (champion.version if champion else None):
            self._evaluate(run, number + 1, attempt, candidate, accepted)
            return
        verdict = judge(evaluation, Spec.model_validate(accepted.spec).gate)
        group = package_group(run.slug, run.model)
        if describe("describe_model_package_group", ModelPackageGroupName=group) is None:
            self._make_group(group)
        client("sagemaker").create_model_package(
            **requests.package_request(
                run,
                attempt=attempt,
                sequence=accepted.sequence,
                artifacts=candidate,
                evaluation_uri=f"s3://{self.env.artifact_bucket}/{key}",
                verdict=verdict,
                env=self.env,
            )
        )
        registered = self._registered(run)
        if registered:
            self._say_judged(run, registered, evaluation)

    def _make_group(self, group: str) -> None:
        try:
            client("sagemaker").create_model_package_group(ModelPackageGroupName=group)
        except ClientError as error:
            if "already exist" not in error.response["Error"]["Message"].lower():
                raise

    def _registered(self, run: Run) -> Package | None:
        found = packages(run.slug, run.model)
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
