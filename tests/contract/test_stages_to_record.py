"""What the stages say, and what the ledger makes of it for people."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import permutations

import boto3
import pytest
from dropping import ledger, models

from functions.record.handler import handle
from functions.record.step import RecordStep
from sluice.contracts.events import Kind, StageEvent
from sluice.contracts.ledger import RunState
from sluice.contracts.names import Run
from tests.fakes import Context, SpokenBus, object_created, queued

pytestmark = pytest.mark.usefixtures("aws")

RUN = Run(slug="sluice", model="iris", drop="abcdefghijkl")
START = datetime(2026, 11, 20, 12, tzinfo=UTC)
WAY = (
    (Kind.VALIDATION_STARTED, "validate", "started"),
    (Kind.DATASET_ACCEPTED, "validate", "accepted"),
    (Kind.TRAINING_STARTED, "train", "started"),
    (Kind.MODEL_JUDGED, "gate", "approved"),
    (Kind.MODEL_RELEASED, "deploy", "released"),
)


@pytest.fixture
def recorder() -> RecordStep:
    return RecordStep(slug="sluice", ledger=ledger(), models=models(), say=SpokenBus())


def said(kind: Kind, stage: str, status: str, *, run: Run = RUN, second: int = 0, **data: str):
    event = StageEvent.of(
        kind,
        run,
        stage=stage,
        status=status,
        reason=f"{kind}.",
        at=START + timedelta(seconds=second),
        data=data,
    )
    return {"source": "sluice.sluice", "detail-type": kind.value, "detail": event.detail()}


def hear(recorder: RecordStep, event: dict) -> None:
    answer = handle(queued(event, "sluice-record"), Context(), by=recorder)
    assert answer == {"batchItemFailures": []}


def header(run: Run = RUN) -> RunState:
    table = boto3.resource("dynamodb").Table("ledger")
    return RunState.of(table.get_item(Key={"pk": f"run#{run}", "sk": "run"})["Item"])


def items(run: Run = RUN) -> list[dict]:
    table = boto3.resource("dynamodb").Table("ledger")
    return [i for i in table.scan()["Items"] if i["pk"] == f"run#{run}"]


def test_the_state_follows_the_way(recorder):
    states = []
    for second, step in enumerate(WAY):
        hear(recorder, said(*step, second=second))
        states.append((header().state, header().phase))
    assert states == [
        ("running", "validating"),
        ("running", "queued"),
        ("running", "training"),
        ("running", "deploying"),
        ("released", ""),
    ]


def test_disorder_and_duplicates_change_nothing(recorder):
    events = [said(*step, second=second) for second, step in enumerate(WAY)]
    for order in list(permutations(events))[::17]:
        for event in (*order, *order):
            hear(recorder, event)
        assert header().state == "released"
        assert len(items()) == len(WAY) + 1


def test_the_drop_itself_opens_the_run(recorder):
    event = object_created("drops", "iris/iris.csv", "v1", size=10)
    hear(recorder, event)
    (run,) = {i["run"] for i in boto3.resource("dynamodb").Table("ledger").scan()["Items"]}
    assert header(Run.parse(run)).source == "iris/iris.csv"


def test_a_repeat_ends_as_the_run_it_repeats_whichever_is_heard_first(recorder):
    before = Run(slug="sluice", model="iris", drop="b" * 12)
    after = Run(slug="sluice", model="iris", drop="c" * 12)
    repeated = (Kind.DROP_REPEATED, "validate", "repeated")
    hear(recorder, said(*repeated, run=before, repeats=str(RUN)))
    hear(recorder, said(*WAY[-1], second=9))
    hear(recorder, said(*repeated, run=after, repeats=str(RUN)))
    for run in (before, after):
        assert header(run).state == "released"
        assert str(RUN) in header(run).reason


def test_late_events_of_its_own_do_not_move_a_repeat(recorder):
    repeat = Run(slug="sluice", model="iris", drop="b" * 12)
    hear(recorder, said(*WAY[-1], second=9))
    hear(recorder, said(Kind.DROP_REPEATED, "validate", "repeated", run=repeat, repeats=str(RUN)))
    hear(recorder, said(*WAY[0], run=repeat, second=20))
    assert header(repeat).state == "released"


def test_a_dead_letter_fails_its_run_and_keeps_the_message_and_frees_the_content(recorder):
    recorder.models.claim_content(RUN, "digest")
    body = said(Kind.DATASET_ACCEPTED, "validate", "accepted")
    handle(queued(body, "sluice-train-dead"), Context(), by=recorder)
    (failed,) = recorder.say.said
    assert (failed.kind, failed.stage, failed.status) == (Kind.RUN_FAILED, "train", "failed")
    assert json.loads(failed.data["message"]) == body
    assert failed.data["queue"] == "sluice-train"
    other = Run(slug="sluice", model="iris", drop="d" * 12)
    assert recorder.models.claim_content(other, "digest") == str(other)


def test_a_dead_tick_of_a_schedule_is_no_runs_failure(recorder):
    tick = {"source": "sluice.schedule", "detail-type": "Scheduled Event", "detail": {}}
    handle(queued(tick, "sluice-watch-dead"), Context(), by=recorder)
    assert recorder.say.said == []
