"""What is open, and on whose queue reconcile puts it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import partial

import boto3
import pytest
from dropping import ledger, models, store

from functions.reconcile.handler import handle
from functions.reconcile.ledger import open_runs
from functions.reconcile.step import ReconcileStep
from functions.record.decide import line
from functions.shared.aws import AwsClients
from functions.shared.hints import read_hint
from sluice.contracts.environment import ReconcileEnvironment
from sluice.contracts.events import Kind, StageEvent
from sluice.contracts.names import Run
from tests.fakes import Context, SpokenBus, queued

pytestmark = pytest.mark.usefixtures("aws")

TICK = {"source": "sluice.schedule", "detail-type": "Scheduled", "detail": {}}
STAGES = ("validate", "train", "gate", "deploy")


@pytest.fixture
def ahead() -> dict[str, timedelta]:
    """How far reconcile's clock is ahead."""
    return {"by": timedelta()}


@pytest.fixture
def keeper(ahead: dict[str, timedelta]) -> ReconcileStep:
    sqs = boto3.client("sqs")
    queues = {f"{s}_queue": sqs.create_queue(QueueName=s)["QueueUrl"] for s in STAGES}
    return ReconcileStep(
        env=ReconcileEnvironment(
            slug="sluice",
            drop_bucket="drops",
            ledger_table="ledger",
            models_table="models",
            **queues,
        ),
        aws=AwsClients(),
        runs=partial(open_runs, ledger().table),
        drops=store("drops"),
        models=models(),
        say=SpokenBus(stage="drop"),
        now=lambda: datetime.now(UTC) + ahead["by"],
    )


def tick(keeper: ReconcileStep) -> dict[str, list[dict]]:
    assert handle(queued(TICK), Context(), by=keeper) == {"batchItemFailures": []}
    sqs = boto3.client("sqs")
    return {
        stage: [
            json.loads(m["Body"])
            for m in sqs.receive_message(
                QueueUrl=getattr(keeper.env, f"{stage}_queue"), MaxNumberOfMessages=10
            ).get("Messages", ())
        ]
        for stage in STAGES
    }


def heard(run: Run, kind: Kind, stage: str, status: str) -> None:
    event = StageEvent.of(
        kind,
        run,
        stage=stage,
        status=status,
        reason="Because.",
        at=datetime.now(UTC),
        data={"key": "iris/iris.csv", "version": "v1"},
    )
    hint = read_hint({"detail-type": kind.value, "detail": event.detail()}, "sluice")
    written = line(hint, at=event.at)
    assert written is not None
    ledger().write(run, written, event.data)


def test_an_open_run_goes_to_the_stage_it_waits_for_and_an_ended_one_nowhere(keeper):
    waits = Run(slug="sluice", model="iris", drop="a" * 12)
    ended = Run(slug="sluice", model="iris", drop="b" * 12)
    heard(waits, Kind.DATASET_ACCEPTED, "validate", "accepted")
    heard(ended, Kind.MODEL_RELEASED, "deploy", "released")
    sent = tick(keeper)
    assert [m["detail"]["run"] for m in sent["train"]] == [str(waits)]
    assert sent["validate"] == sent["gate"] == sent["deploy"] == []


def test_every_model_is_put_before_deploy(keeper):
    keeper.models.sequence(Run(slug="sluice", model="iris", drop="a" * 12), None)
    assert [m["detail"]["model"] for m in tick(keeper)["deploy"]] == ["iris"]


def test_a_folder_that_waits_over_a_day_is_told_of_once(keeper, ahead):
    boto3.client("s3").put_object(Bucket="drops", Key="iris/2026/part-0.csv", Body=b"x")
    tick(keeper)
    assert keeper.say.said == []
    ahead["by"] = timedelta(hours=25)
    tick(keeper)
    tick(keeper)
    (told,) = keeper.say.said
    assert (told.kind, told.status) == (Kind.DROP_INCOMPLETE, "waiting")
    assert "iris/2026/_SUCCESS" in told.reason
