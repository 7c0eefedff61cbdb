"""What the function hands over, the job reads; what the job leaves, the function finds."""

from __future__ import annotations

import tempfile
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from dropping import ENV, GOOD, artifacts, deliver, drop, make_intake, put, store
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sagemaker.models import sagemaker_backends

from functions.validate import job, room
from functions.validate.assess import Assessor
from functions.validate.handler import handle
from functions.validate.step import ValidateStep
from sluice.contracts.container import ContainerTree
from sluice.contracts.dataset import Accepted, Rejected
from sluice.contracts.events import Kind
from sluice.contracts.names import Run
from sluice.contracts.spec import Policy
from sluice.validation.rows import shard
from tests.fakes import Context, object_created, queued

pytestmark = pytest.mark.usefixtures("aws")

HEAD, *ROWS = GOOD.splitlines(keepends=True)
LARGE = HEAD + "".join(ROWS) * 1000
"""More than the 1 MB that the function takes in, less than the 2 MB that the stack does."""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The job's /opt/ml; the job moves all its temporary files there."""
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def jobs() -> list[dict[str, Any]]:
    sagemaker = boto3.client("sagemaker")
    return [sagemaker.describe_processing_job(ProcessingJobName=name) for name in processing_jobs()]


def processing_jobs() -> dict[str, Any]:
    return sagemaker_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].processing_jobs


def stands(run: Run, number: int, status: str, **said: str) -> None:
    """Make moto's job, which is born completed, stand as a real one would."""
    fake = processing_jobs()[run.validation(number)]
    fake.processing_job_status = status
    fake.failure_reason = said.get("FailureReason")
    fake.exit_message = said.get("ExitMessage")


def handed_over(intake: ValidateStep, key: str = "paint/large.csv") -> Run:
    run = drop(intake, key, LARGE)
    stands(run, 1, "InProgress")
    return run


def settled(intake: ValidateStep, run: Run, number: int = 1) -> None:
    """The event of the job's end."""
    event = {
        "source": "aws.sagemaker",
        "detail-type": "SageMaker Processing Job State Change",
        "detail": {"ProcessingJobName": run.validation(number)},
    }
    assert handle(queued(event), Context(), by=intake) == {"batchItemFailures": []}


def run_job(run: Run, root: Path) -> int:
    """As the container starts: with the arguments that the function asked for."""
    (described,) = jobs()
    assert described["ProcessingJobName"] == run.validation(1)
    return job.main(*described["AppSpecification"]["ContainerArguments"], ContainerTree(root=root))


def test_a_drop_larger_than_the_function_holds_is_validated_by_a_job(intake, root):
    run = handed_over(intake)
    said = intake.assessor.say.said
    assert [event.kind for event in said] == [Kind.VALIDATION_STARTED, Kind.VALIDATION_HANDED_OVER]
    for word in ("large.csv", "larger than the function holds", "1 MB", run.validation(1)):
        assert word in said[-1].reason
    assert artifacts(run.dataset_prefix) == set()
    assert run_job(run, root) == 0
    stands(run, 1, "Completed")
    settled(intake, run)
    assert said[-1].kind == Kind.DATASET_ACCEPTED
    accepted = Accepted.model_validate(
        store("artifacts").read_json(run.dataset_prefix + "accepted.json")
    )
    assert "120,000 rows" in accepted.reason
    assert artifacts(run.quarantine_prefix) == set()


def test_the_job_rejects_what_the_function_would_and_a_second_run_of_it_changes_nothing(
    intake, root
):
    run = drop(intake, "paint/large.csv", LARGE + "1,2\n")
    assert run_job(run, root) == 0
    rejected = Rejected.model_validate(
        store("artifacts").read_json(run.quarantine_prefix + "rejected.json")
    )
    assert "line 120002" in rejected.reason.replace(",", "")
    before = artifacts("")
    assert run_job(run, root) == 0
    assert artifacts("") == before
    settled(intake, run)
    assert intake.assessor.say.said[-1].kind == Kind.DROP_REJECTED


def test_a_duplicate_event_starts_no_second_job(intake):
    version = put("paint/large.csv", LARGE)
    for _ in range(2):
        deliver(intake, "paint/large.csv", version)
        run = Run.parse(intake.assessor.say.said[-1].run)
        stands(run, 1, "InProgress")
    settled(intake, run)
    assert [j["ProcessingJobName"] for j in jobs()] == [run.validation(1)]
    assert intake.assessor.say.said[-1].kind == Kind.VALIDATION_HANDED_OVER


@pytest.mark.parametrize(
    ("status", "said", "words"),
    [
        ("Failed", {"FailureReason": "AlgorithmError: , exit code: 137"}, ["137"]),
        ("Failed", {"ExitMessage": "MemoryError: "}, ["MemoryError"]),
        ("Stopped", {"FailureReason": "The job ran longer than MaxRuntime."}, ["MaxRuntime"]),
        ("Stopped", {}, ["stopped"]),
        ("Completed", {}, ["completed"]),
    ],
)
def test_a_job_that_left_no_marker_ends_its_drop_as_rejected_with_its_reason(
    intake, status, said, words
):
    run = handed_over(intake)
    stands(run, 1, status, **said)
    for _ in range(2):
        settled(intake, run)
        end = intake.assessor.say.said[-1]
        assert end.kind == Kind.DROP_REJECTED
        for word in [*words, "large.csv", "sluice logs"]:
            assert word in end.reason
    kept = artifacts(run.quarantine_prefix)
    assert kept == {"large.csv", "report.json", "report.html", "rejected.json"}
    assert len(jobs()) == 1


def test_a_job_that_aws_lost_is_started_again_and_at_last_the_run_fails(intake):
    run = handed_over(intake)
    for number in (1, 2, 3):
        stands(run, number, "Failed", FailureReason="InternalServerError: We are sorry.")
        settled(intake, run, number)
    assert len(jobs()) == 3
    end = intake.assessor.say.said[-1]
    assert end.kind == Kind.RUN_FAILED
    assert "3 times: InternalServerError" in end.reason
    assert artifacts(run.quarantine_prefix) == set()


def test_a_job_that_ends_while_the_function_looks_is_not_rejected(intake, root):
    run = handed_over(intake)
    assert run_job(run, root) == 0
    stands(run, 1, "Failed", FailureReason="AlgorithmError: the event could not be put")

    class Late(Assessor):
        """To whom the marker shows only from the second look on."""

        def say_again(self, *about: Any) -> bool:
            return next(looks, True) and Assessor.say_again(self, *about)

    looks = iter([False])
    judge = Late(**{field.name: getattr(intake.assessor, field.name) for field in fields(Assessor)})
    settled(replace(intake, assessor=judge), run)
    assert intake.assessor.say.said[-1].kind == Kind.DATASET_ACCEPTED
    assert artifacts(run.quarantine_prefix) == set()


def test_memory_that_runs_out_in_the_function_hands_the_drop_over(monkeypatch):
    def runs_out(*_: object, **__: object) -> int:
        raise MemoryError

    monkeypatch.setattr(room, "ENGINE_MEGABYTES", 1)
    monkeypatch.setattr(shard, "store_rows", runs_out)
    policy = Policy(drop_megabytes=512, processing_megabytes=512)
    intake = make_intake(replace(ENV, policy=policy.model_dump_json()))
    run = drop(intake, "paint/wide.csv", "x,label\n" + "1,a\n2,b\n" * 40)
    assert intake.assessor.say.kinds[-1] == Kind.VALIDATION_HANDED_OVER
    assert "1 MB of memory were not enough" in intake.assessor.say.said[-1].reason
    assert artifacts(run.quarantine_prefix) == set()


def test_a_delivery_that_died_is_handed_over_when_it_comes_again():
    policy = Policy(drop_megabytes=512, processing_megabytes=512)
    intake = make_intake(replace(ENV, policy=policy.model_dump_json()))
    event = queued(object_created("drops", "paint/a.csv", put("paint/a.csv", "1" * 11_000_000)))
    event["Records"][0]["attributes"]["ApproximateReceiveCount"] = "2"
    assert handle(event, Context(), by=intake) == {"batchItemFailures": []}
    assert intake.assessor.say.kinds[-1] == Kind.VALIDATION_HANDED_OVER
    assert "came to no end" in intake.assessor.say.said[-1].reason


def test_no_capacity_is_a_phase_that_passes(intake, monkeypatch):
    sagemaker = intake.aws.client("sagemaker")
    answers = iter([short_of_quota])
    made = sagemaker.create_processing_job
    monkeypatch.setattr(
        sagemaker,
        "create_processing_job",
        lambda **request: next(answers, made)(**request),
    )
    version = put("paint/large.csv", LARGE)
    deliver(intake, "paint/large.csv", version)
    waits = intake.assessor.say.said[-1]
    assert (waits.kind, waits.status) == (Kind.VALIDATION_WAITING, "waiting for capacity")
    assert "ml.m5.xlarge" in waits.reason
    nudge = {
        "source": "sluice.sluice",
        "detail-type": Kind.RECONCILE.value,
        "detail": {"run": waits.run, "model": "paint", "data": waits.data},
    }
    assert handle(queued(nudge), Context(), by=intake) == {"batchItemFailures": []}
    assert intake.assessor.say.kinds == [
        Kind.VALIDATION_STARTED,
        Kind.VALIDATION_WAITING,
        Kind.VALIDATION_HANDED_OVER,
    ]
    assert len(jobs()) == 1


def short_of_quota(**_: Any) -> None:
    message = "The account-level service limit 'ml.m5.xlarge for processing' is 0 Instances."
    raise ClientError(
        {"Error": {"Code": "ResourceLimitExceeded", "Message": message}}, "CreateProcessingJob"
    )


def test_a_job_without_its_handover_says_so(root):
    assert job.main("artifacts", "handovers/paint/none.json", ContainerTree(root=root)) == 1
    assert "handovers/paint/none.json" in (root / "output/message").read_text()


def test_a_drop_larger_than_the_stack_takes_starts_no_job(intake):
    run = drop(intake, "paint/huge.csv", LARGE * 2)
    assert intake.assessor.say.said[-1].kind == Kind.DROP_REJECTED
    assert "processing_megabytes" in intake.assessor.say.said[-1].reason
    assert jobs() == []
    assert "rejected.json" in artifacts(run.quarantine_prefix)
