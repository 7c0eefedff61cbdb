"""What lands in the drop bucket, and what validate makes of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import boto3
import dropping
import pytest
from dropping import GOOD, artifacts, deliver, drop, put, store

from functions.validate.handler import handle
from sluice.client import Client
from sluice.clouds import Cloud
from sluice.contracts.dataset import Accepted, Schema
from sluice.contracts.events import Kind
from sluice.contracts.names import Run
from sluice.contracts.release import Champion
from tests.fakes import Context, object_created, queued

pytestmark = pytest.mark.usefixtures("aws")


def test_a_good_file_becomes_a_dataset_with_its_marker_and_its_event(intake):
    run = drop(intake, "paint/paint.csv", GOOD)
    assert intake.assessor.say.kinds == [Kind.VALIDATION_STARTED, Kind.DATASET_ACCEPTED]
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
        store("artifacts").read_json(run.dataset_prefix + "accepted.json")
    )
    assert accepted.repeats is None
    schema = Schema.model_validate(store("artifacts").read_json(run.dataset_prefix + "schema.json"))
    assert schema.target is not None
    assert (schema.target.name, schema.task) == ("colour", "classification")


def test_a_duplicate_event_only_says_it_again(intake):
    version = put("paint/paint.csv", GOOD)
    deliver(intake, "paint/paint.csv", version)
    before = artifacts("")
    deliver(intake, "paint/paint.csv", version)
    assert intake.assessor.say.kinds.count(Kind.DATASET_ACCEPTED) == 2
    assert intake.assessor.say.kinds.count(Kind.VALIDATION_STARTED) == 1
    assert artifacts("") == before


def test_the_same_content_again_repeats_the_first_run(intake):
    first = drop(intake, "paint/paint.csv", GOOD)
    second = drop(intake, "paint/again.csv", GOOD)
    assert second != first
    assert intake.assessor.say.said[-1].kind == Kind.DROP_REPEATED
    assert intake.assessor.say.said[-1].data["repeats"] == str(first)


def test_content_of_a_failed_run_may_be_tried_again(intake):
    first = drop(intake, "paint/paint.csv", GOOD)
    intake.assessor.models.note_failed(first)
    drop(intake, "paint/again.csv", GOOD)
    assert intake.assessor.say.said[-1].kind == Kind.DATASET_ACCEPTED


def test_another_sluice_yaml_makes_the_same_content_new(intake):
    drop(intake, "paint/paint.csv", GOOD)
    put("paint/sluice.yaml", "target: width\nschema: {evolve: true}\n")
    drop(intake, "paint/again.csv", GOOD)
    assert intake.assessor.say.said[-1].kind == Kind.DATASET_ACCEPTED
    assert "width" in intake.assessor.say.said[-1].reason


@pytest.mark.parametrize(
    ("key", "body", "words"),
    [
        ("paint/paint.csv", "x,y\n1,2\n3,4,5\n" + "1,2\n" * 40, ["line 3"]),
        ("paint.csv", GOOD, ["paint.csv", "outside any model's folder"]),
        ("Paint/paint.csv", GOOD, ["'Paint'", "no model name"]),
        ("paint/paint.docx", GOOD, ["paint.docx"]),
        ("paint/big.csv", "x,y\n" + "1,2\n" * 600_000, ["big.csv", "2,400,004 bytes", "2 MB"]),
    ],
)
def test_a_bad_drop_is_kept_aside_with_its_reason(intake, key, body, words):
    run = drop(intake, key, body)
    said = intake.assessor.say.said[-1]
    assert said.kind == Kind.DROP_REJECTED
    for word in words:
        assert word in said.reason
    assert artifacts(run.dataset_prefix) == set()
    kept = artifacts(run.quarantine_prefix)
    assert kept == {key.rpartition("/")[2], "report.json", "report.html", "rejected.json"}
    report = store("artifacts").read_json(run.quarantine_prefix + "report.json")
    assert report["verdict"] == "rejected"


def test_a_bad_sluice_yaml_rejects_the_next_drop_beside_it_and_a_mended_one_lets_it_in(intake):
    put("paint/sluice.yaml", "train: {minutes: 100000}\n")
    drop(intake, "paint/paint.csv", GOOD)
    assert "train.minutes is 100000" in intake.assessor.say.said[-1].reason
    put("paint/sluice.yaml", "train: {minutes: 5}\n")
    drop(intake, "paint/paint.csv", GOOD)
    assert intake.assessor.say.said[-1].kind == Kind.DATASET_ACCEPTED


def test_a_spec_and_a_part_start_nothing(intake):
    for key in ("paint/sluice.yaml", "paint/2026/part-0.csv", "paint/2026/"):
        deliver(intake, key, put(key, "x"))
    assert intake.assessor.say.said == []


def test_a_folder_becomes_a_drop_when_its_marker_arrives(intake):
    half = GOOD.splitlines(keepends=True)
    put("paint/2026/part-0.csv", "".join(half[:60]))
    put("paint/2026/part-1.csv", "".join([half[0], *half[60:]]))
    drop(intake, "paint/2026/_SUCCESS", b"")
    said = intake.assessor.say.said[-1]
    assert said.kind == Kind.DATASET_ACCEPTED, said.reason
    assert "120" in said.reason


class Stack(Cloud):
    """A cloud whose stack was never deployed, but is known."""

    outputs: ClassVar = {"Slug": "sluice", "DropBucket": "drops"}


def test_a_folder_dropped_by_the_client_is_taken_with_its_list_of_parts(intake, tmp_path):
    (tmp_path / "2026").mkdir()
    half = GOOD.splitlines(keepends=True)
    (tmp_path / "2026/part-0.csv").write_text("".join(half[:60]))
    (tmp_path / "2026/part-1.csv").write_text("".join([half[0], *half[60:]]))
    (tmp_path / "2026/.DS_Store").touch()
    cloud = Stack(
        description="", stack="sluice", session=boto3.Session(), endpoint_url=None, ca_file=None
    )
    run = Client(cloud).drop(tmp_path / "2026", model="paint")
    key = "paint/2026/_SUCCESS"
    body, version = store("drops").read(key)
    listed = json.loads(body)["parts"]
    assert [part["name"] for part in listed] == ["part-0.csv", "part-1.csv"]
    deliver(intake, key, version)
    said = intake.assessor.say.said[-1]
    assert (said.kind, said.run) == (Kind.DATASET_ACCEPTED, run), said.reason


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        ({"name": "part-0.csv", "sha256": "0" * 64}, ["2026/part-0.csv", "SHA-256"]),
        ({"name": "part-1.csv"}, ["2026/part-1.csv", "not there"]),
    ],
)
def test_a_folder_that_is_not_what_its_marker_lists_is_kept_aside(intake, listed, words):
    put("paint/2026/part-0.csv", GOOD)
    run = drop(intake, "paint/2026/_SUCCESS", json.dumps({"parts": [listed]}))
    said = intake.assessor.say.said[-1]
    assert said.kind == Kind.DROP_REJECTED
    for word in words:
        assert word in said.reason
    assert artifacts(run.quarantine_prefix) >= {"part-0.csv", "_SUCCESS", "rejected.json"}


def test_an_empty_folder_with_a_marker_is_refused(intake):
    drop(intake, "paint/2026/_SUCCESS", b"")
    assert "nothing but its _SUCCESS" in intake.assessor.say.said[-1].reason


def test_drops_are_ordered_by_arrival_however_late_they_are_taken_up(intake):
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    first, second, third = (Run(slug="sluice", model="paint", drop=c * 12) for c in "abc")
    sequence = intake.assessor.models.sequence
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
        sequence=intake.assessor.models.sequence(first, None) + 1,
        endpoint="sluice-paint-g1",
        generation=1,
        endpoint_config="later",
        package="arn",
        instance_type="ml.m5.large",
        artifacts="s3://artifacts/",
        evaluation="s3://artifacts/evaluation.json",
        released_at="2026-11-20T12:00:00+00:00",
    )
    intake.assessor.models.set_champion(champion)
    drop(intake, "paint/back.csv", GOOD)
    assert intake.assessor.say.said[-1].kind == Kind.DATASET_ACCEPTED


def test_a_drop_is_held_against_the_last_accepted_one_released_or_not(intake):
    drop(intake, "paint/paint.csv", GOOD)
    renamed = drop(intake, "paint/renamed.csv", GOOD.replace("width", "breadth", 1))
    assert intake.assessor.say.said[-1].kind == Kind.DROP_REJECTED
    assert "'width'" in intake.assessor.say.said[-1].reason
    assert intake.assessor.models.last_accepted("paint") != renamed

    longer = GOOD + "".join(f"{i},{i * 9.5},green\n" for i in range(120))
    accepted = drop(intake, "paint/longer.csv", longer)
    assert "'green'" in str(intake.assessor.say.said[-1].data["warnings"])
    assert intake.assessor.models.last_accepted("paint") == accepted


def test_the_last_accepted_drop_is_the_one_with_the_highest_sequence(intake):
    first, second = (Run(slug="sluice", model="paint", drop=c * 12) for c in "ab")
    intake.assessor.models.note_accepted(second, 2)
    intake.assessor.models.note_accepted(first, 1)
    assert intake.assessor.models.last_accepted("paint") == second
    intake.assessor.models.note_accepted(second, 2)
    assert intake.assessor.models.last_accepted("paint") == second
    assert intake.assessor.models.last_accepted("other") is None


def test_only_one_delivery_converges_a_model_at_a_time(intake):
    with (
        intake.assessor.models.lease("paint", holder="one"),
        pytest.raises(TimeoutError, match="paint"),
        intake.assessor.models.lease("paint", holder="two", patience=0.0, sleep=lambda _: None),
    ):
        pass
    with intake.assessor.models.lease("paint", holder="two", patience=0.0):
        pass


class Broken:
    """An intake whose step dies."""

    env = dropping.ENV

    def take(self, hint: object, *, seconds_left: float) -> None:
        raise RuntimeError("out of luck")


def test_a_message_whose_step_raises_goes_back_to_its_queue():
    event = queued(object_created("drops", "paint/paint.csv", "1"))
    answer = handle(event, Context(), by=Broken())
    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-1"}]}


def test_an_event_about_something_else_is_let_go(intake):
    foreign = {"detail-type": "SageMaker Endpoint State Change", "detail": {"EndpointName": "x"}}
    assert handle(queued(foreign), Context(), by=intake) == {"batchItemFailures": []}
