"""Reconcile puts what is open on the queue of its stage, and tells of folders that stall."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from functions.reconcile.decide import OpenRun
from functions.reconcile.step import ReconcileStep
from functions.shared.hints import Hint
from sluice.contracts.environment import ReconcileEnvironment
from sluice.contracts.events import Kind
from sluice.contracts.names import Run
from tests.fakes import MemoryAws, MemoryModels, SpokenBus

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TICK = Hint(detail_type="Scheduled", detail={}, model="")
STAGES = ("validate", "train", "gate", "deploy")


class Drops:
    """The drop bucket's listing."""

    bucket = "drops"

    def __init__(self, *keys: str, age: timedelta = timedelta(days=2)) -> None:
        self.items = [{"Key": key, "ETag": "e", "LastModified": NOW - age} for key in keys]

    def list(self, prefix: str) -> list[dict[str, Any]]:
        return [item for item in self.items if item["Key"].startswith(prefix)]


def open_run(phase: str, rank: int) -> OpenRun:
    return OpenRun(
        run=Run.parse("sluice-iris-abcdefghijkl"),
        phase=phase,
        updated=NOW - timedelta(hours=1),
        stage_reached=rank,
        key="iris/iris.csv",
        version="1",
    )


def reconcile(*runs: OpenRun, drops: Drops | None = None) -> tuple[MemoryAws, SpokenBus]:
    aws, say = MemoryAws(), SpokenBus(stage="drop")
    models = MemoryModels()
    step = ReconcileStep(
        env=ReconcileEnvironment(
            slug="sluice",
            drop_bucket="drops",
            ledger_table="ledger",
            models_table="models",
            **{f"{stage}_queue": stage for stage in STAGES},
        ),
        aws=aws,
        runs=lambda: runs,
        drops=drops or Drops(),
        models=models,
        say=say,
        now=lambda: NOW,
    )
    step.take(TICK)
    step.take(TICK)
    return aws, say


def test_an_open_run_is_put_on_the_queue_it_waits_for_at_each_tick() -> None:
    for found, stages in (
        (open_run("validating", 20), ["validate"]),
        (open_run("training", 41), ["train", "gate"]),
        (open_run("evaluating", 50), ["gate"]),
        (open_run("waiting", 61), ["deploy"]),
    ):
        aws, _ = reconcile(found)

        assert [queue for queue, _ in aws.sent] == stages * 2
        assert {body["detail-type"] for _, body in aws.sent} == {Kind.RECONCILE}


def test_a_folder_without_its_marker_is_told_of_once() -> None:
    _, say = reconcile(drops=Drops("iris/day/part-0.csv"))

    (told,) = say.said
    assert told.kind == Kind.DROP_INCOMPLETE
    assert told.reason.endswith("aws s3api put-object --bucket drops --key iris/day/_SUCCESS")
