"""What validate accepts, and what train makes of it."""

from __future__ import annotations

import io
import zipfile

import boto3
import pytest
from dropping import GOOD, drop, models, store

from functions.shared.aws import AwsClients
from functions.train.handler import handle
from functions.train.step import TrainStep
from functions.validate.step import ValidateStep
from sluice.contracts.environment import TrainEnvironment
from sluice.contracts.events import Kind
from sluice.contracts.spec import Policy
from tests.fakes import Context, SpokenBus, queued

pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture
def trainer() -> TrainStep:
    env = TrainEnvironment(
        slug="sluice",
        policy=Policy().model_dump_json(),
        artifact_bucket="artifacts",
        models_table="models",
        training_image="image:1",
        training_role="arn:aws:iam::000000000000:role/train",
    )
    return TrainStep(
        env=env,
        aws=AwsClients(),
        artifacts=store("artifacts"),
        models=models(),
        say=SpokenBus(stage="train"),
    )


def reviews() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for i in range(60):
            archive.writestr(f"{'neg' if i % 2 else 'pos'}/{i}.txt", f"Review number {i}.")
    return out.getvalue()


def hear(trainer: TrainStep, intake: ValidateStep) -> None:
    said = intake.assessor.say.said[-1]
    assert said.kind == Kind.DATASET_ACCEPTED, said.reason
    event = {"source": "sluice.sluice", "detail-type": said.kind.value, "detail": said.detail()}
    answer = handle(queued(event, "sluice-train"), Context(), by=trainer)
    assert answer == {"batchItemFailures": []}


def jobs() -> list[str]:
    found = boto3.client("sagemaker").list_training_jobs()["TrainingJobSummaries"]
    return [job["TrainingJobName"] for job in found]


def test_texts_are_accepted_and_end_before_anything_is_started(intake, trainer):
    run = drop(intake, "films/reviews.zip", reviews())
    hear(trainer, intake)
    hear(trainer, intake)
    assert jobs() == []
    ends = {(event.kind, event.status, event.attempt, event.reason) for event in trainer.say.said}
    ((kind, status, attempt, reason),) = ends
    assert (kind, status, attempt) == (Kind.RUN_FAILED, "failed", 1)
    assert reason.startswith("The data is for telling texts apart")
    assert {event.run for event in trainer.say.said} == {str(run)}


def test_content_without_a_learner_may_be_dropped_again(intake, trainer):
    drop(intake, "films/reviews.zip", reviews())
    hear(trainer, intake)
    drop(intake, "films/again.zip", reviews())
    said = intake.assessor.say.said[-1]
    assert said.kind == Kind.DATASET_ACCEPTED, said.reason


def test_a_table_starts_its_first_attempt(intake, trainer):
    run = drop(intake, "paint/paint.csv", GOOD)
    hear(trainer, intake)
    assert jobs() == [run.attempt(1)]
    assert trainer.say.kinds == [Kind.TRAINING_STARTED]
