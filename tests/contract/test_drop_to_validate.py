"""What lands in the drop bucket, and what validate makes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import boto3
import pytest

from functions.shared.models import Models
from functions.shared.store import Store
from functions.validate.handler import handle
from functions.validate.intake import Intake
from sluice.contracts.dataset import Accepted, Schema
from sluice.contracts.events import Kind
from sluice.contracts.names import Run
from sluice.contracts.release import Champion
from sluice.contracts.spec import Policy
from tests.fakes import Context, SpokenBus, object_created, queued

pytestmark = pytest.mark.usefixtures("aws")

GOOD = "length,width,colour\n" + "".join(
    f"{i},{i * 0.5},{'red' if i % 2 else 'blue'}\n" for i in range(120)
)


@pytest.fixture
def intake() -> Intake:
    return Intake(
        slug="sluice",
        policy=Policy(drop_megabytes=1),
        drops=Store("drops"),
        artifacts=Store("artifacts"),
        models=Models("models"),
        say=SpokenBus(),
    )


def put(key: str, body: str | bytes) -> str:
    return boto3.client("s3").put_object(Bucket="drops", Key=key, Body=body)["VersionId"]


def deliver(intake: Intake, key: str, version: str) -> None:
    answer = handle(queued(object_created("drops", key, version)), Context(), by=intake)
    assert answer == {"batchItemFailures": []}


def drop(intake: Intake, key: str, body: str | bytes) -> Run:
    deliver(intake, key, put(key, body))
    return Run.parse(intake.say.said[-1].run)


def artifacts(prefix: str) -> set[str]:
    return {item["Key"].removeprefix(prefix) for item in Store("artifacts").list(prefix)}


def test_a_good_file_becomes_a_dataset_with_its_marker_and_its_event(intake):
    run = drop(intake, "paint/paint.csv", GOOD)
    assert intake.say.kinds == [Kind.VALIDATION_STARTED, Kind.DATASET_ACCEPTED]
    files = artifacts(run.dataset_prefix)
    assert files >= {
        "schema.json",
        "profile.json",
        "report.json",
        "report.html",
        "accepted.json",
    }
    assert any(name.startswith("train/") for name in files)
    assert any(name.startswith("holdout/") for name in files)
    accepted = Accepted.model_validate(
        Store("artifacts").read_json(run.dataset_prefix + "accepted.json")
    )
    assert accepted.repeats is None
    schema = Schema.model_validate(Store("artifacts").read_json(run.dataset_prefix + "schema.json"))
    assert schema.target is not None
    assert (schema.target.name, schema.task) == ("colour", "classification")


def test_a_duplicate_event_only_says_it_again(intake):
    version = put("paint/paint.csv", GOOD)
    deliver(intake, "paint/paint.csv", version)
    before = artifacts("")
    deliver(intake, "paint/paint.csv", version)
    assert intake.say.kinds.count(Kind.DATASET_ACCEPTED) == 2
    assert intake.say.kinds.count(Kind.VALIDATION_STARTED) == 1
    assert artifacts("") == before


def test_the_same_content_again_repeats_the_first_run(intake):
    first = drop(intake, "paint/paint.csv", GOOD)
    second = drop(intake, "paint/again.csv", GOOD)
    assert second != first
    assert intake.say.said[-1].kind == Kind.DROP_REPEATED
    assert intake.say.said[-1].data["repeats"] == str(first)


def test_content_of_a_failed_run_may_be_tried_again(intake):
    first = drop(intake, "paint/paint.csv", GOOD)
    intake.models.note_failed(first)
    drop(intake, "paint/again.csv", GOOD)
    assert intake.say.said[-1].kind == Kind.DATASET_ACCEPTED


def test_another_sluice_yaml_makes_the_same_content_new(intake):
    drop(intake, "paint/paint.csv", GOOD)
    put("paint/sluice.yaml", "target: width\n")
    drop(intake, "paint/again.csv", GOOD)
    assert intake.say.said[-1].kind == Kind.DATASET_ACCEPTED
    assert "width" in intake.say.said[-1].reason


@pytest.mark.parametrize(
    ("key", "body", "words"),
    [
        ("paint/paint.csv", "x,y\n1,2\n3,4,5\n" + "1,2\n" * 40, ["line 3"]),
        ("paint.csv", GOOD, ["paint.csv", "outside any model's folder"]),
        ("Paint/paint.csv", GOOD, ["'Paint'", "no model name"]),
        ("paint/paint.docx", GOOD, ["paint.docx"]),
        ("paint/big.csv", "x,y\n" + "1,2\n" * 300_000, ["1 MB"]),
    ],
)
def test_a_bad_drop_is_kept_aside_with_its_reason(intake, key, body, words):
    run = drop(intake, key, body)
    said = intake.say.said[-1]
    assert said.kind == Kind.DROP_REJECTED
    for word in words:
        assert word in said.reason
    assert artifacts(run.dataset_prefix) == set()
    kept = artifacts(run.quarantine_prefix)
    assert kept == {key.rpartition("/")[2], "report.json", "report.html", "rejected.json"}
    report = Store("artifacts").read_json(run.quarantine_prefix + "report.json")
    assert report["verdict"] == "rejected"


def test_a_bad_sluice_yaml_rejects_the_next_drop_beside_it_and_a_mended_one_lets_it_in(intake):
    put("paint/sluice.yaml", "train: {minutes: 100000}\n")
    drop(intake, "paint/paint.csv", GOOD)
    assert "train.minutes is 100000" in intake.say.said[-1].reason
    put("paint/sluice.yaml", "train: {minutes: 5}\n")
    drop(intake, "paint/paint.csv", GOOD)
    assert intake.say.said[-1].kind == Kind.DATASET_ACCEPTED


def test_a_spec_and_a_part_start_nothing(intake):
    for key in ("paint/sluice.yaml", "paint/2026/part-0.csv", "paint/2026/"):
        deliver(intake, key, put(key, "x"))
    assert intake.say.said == []


def test_a_folder_becomes_a_drop_when_its_marker_arrives(intake):
    half = GOOD.splitlines(keepends=True)
    put("paint/2026/part-0.csv", "".join(half[:60]))
    put("paint/2026/part-1.csv", "".join([half[0], *half[60:]]))
    drop(intake, "paint/2026/_SUCCESS", b"")
    said = intake.say.said[-1]
    assert said.kind == Kind.DATASET_ACCEPTED, said.reason
    assert "120" in said.reason


def test_an_empty_folder_with_a_marker_is_refused(intake):
    drop(intake, "paint/2026/_SUCCESS", b"")
    assert "nothing but its _SUCCESS" in intake.say.said[-1].reason


def test_drops_are_ordered_by_arrival_however_late_they_are_taken_up(intake):
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    first, second, third = (Run(slug="sluice", model="paint", drop=c * 12) for c in "abc")
    sequence = intake.models.sequence
    late = sequence(second, noon + timedelta(seconds=1))
    assert sequence(first, noon) < late < sequence(third, noon + timedelta(seconds=1))
    assert sequence(second, noon + timedelta(hours=1)) == late


def test_going_back_to_content_that_was_replaced_is_no_repetition(intake):
    first = drop(intake, "paint/paint.csv", GOOD)
    champion = Champion(
        model="paint",
        version="later",
        run=str(first),
        attempt=1,
        sequence=intake.models.sequence(first, None) + 1,
        endpoint="sluice-paint-g1",
        generation=1,
        endpoint_config="later",
        package="arn",
        instance_type="ml.m5.large",
        artifacts="s3://artifacts/",
        evaluation="s3://artifacts/evaluation.json",
        released_at="2026-11-20T12:00:00+00:00",
    )
    intake.models.crown(champion)
    drop(intake, "paint/back.csv", GOOD)
    assert intake.say.said[-1].kind == Kind.DATASET_ACCEPTED


def test_a_part_in_a_folder_below_is_refused_not_lost(intake):
    put("paint/2026/a=1/part-0.csv", GOOD)
    put("paint/2026/a=2/part-0.csv", GOOD)
    drop(intake, "paint/2026/_SUCCESS", b"")
    assert "below the drop's" in intake.say.said[-1].reason


def test_only_one_delivery_converges_a_model_at_a_time(intake):
    with (
        intake.models.lease("paint", holder="one"),
        pytest.raises(TimeoutError, match="paint"),
        intake.models.lease("paint", holder="two", patience=0.0, sleep=lambda _: None),
    ):
        pass
    with intake.models.lease("paint", holder="two", patience=0.0):
        pass


class Broken:
    """An intake whose step dies."""

    slug = "sluice"

    def take(self, hint: object) -> None:
        raise RuntimeError("out of luck")


def test_a_message_whose_step_raises_goes_back_to_its_queue():
    event = queued(object_created("drops", "paint/paint.csv", "1"))
    answer = handle(event, Context(), by=Broken())
    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-1"}]}


def test_an_event_about_something_else_is_let_go(intake):
    foreign = {"detail-type": "SageMaker Endpoint State Change", "detail": {"EndpointName": "x"}}
    assert handle(queued(foreign), Context(), by=intake) == {"batchItemFailures": []}
