"""The arrows: which event reaches which stage. Patterns are matched as EventBridge matches them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from moto.events.models import EventPattern

from sluice.contracts.events import Kind
from tests.infra.template import Template, flat
from tests.infra.test_stages import QUEUED


def heard_by(template: Template, event: dict[str, Any]) -> set[str]:
    """The stages (or `topic`) whose queue an event reaches."""
    names = {
        f"<{id}.Arn>": queue["QueueName"].removeprefix(f"{template.slug}-")
        for id, queue in template.of("AWS::SQS::Queue").items()
    }
    names[flat(template.body["Outputs"]["Topic"]["Value"])] = "topic"
    return {
        names[flat(target["Arn"])]
        for rule, target in template.targets()
        if "EventPattern" in rule and _matches(rule["EventPattern"], event)
    }


def _matches(pattern: dict[str, Any], event: dict[str, Any]) -> bool:
    return bool(EventPattern.load(json.dumps(_resolved(pattern))).matches_event(event))


def _resolved(pattern: Any) -> Any:
    """The pattern with every reference as one string."""
    if isinstance(pattern, list):
        return [_resolved(item) for item in pattern]
    if isinstance(pattern, dict) and "Ref" not in pattern:
        return {name: _resolved(value) for name, value in pattern.items()}
    return flat(pattern) if isinstance(pattern, dict) else pattern


def sagemaker(kind: str, **detail: str) -> dict[str, Any]:
    return {
        "source": "aws.sagemaker",
        "detail-type": f"SageMaker {kind} State Change",
        "detail": detail,
    }


def ours(kind: Kind, status: str) -> dict[str, Any]:
    return {"source": "sluice.sluice", "detail-type": kind.value, "detail": {"status": status}}


def training(status: str, name: str = "sluice-iris-abcdefghij23-01") -> dict[str, Any]:
    return sagemaker("Training Job", TrainingJobName=name, TrainingJobStatus=status)


def test_a_dropped_file_reaches_validate(dev: Template):
    event = {
        "source": "aws.s3",
        "detail-type": "Object Created",
        "detail": {"bucket": {"name": "another"}},
    }
    assert heard_by(dev, event) == set()
    event["detail"] = {"bucket": {"name": flat(dev.body["Outputs"]["DropBucket"]["Value"])}}
    assert heard_by(dev, event) == {"validate", "record"}


def test_an_accepted_dataset_reaches_train(dev: Template):
    assert heard_by(dev, ours(Kind.DATASET_ACCEPTED, "accepted")) == {"train", "record"}


@pytest.mark.parametrize(
    ("status", "stages"),
    [
        ("InProgress", {"record"}),
        ("Completed", {"gate", "record"}),
        ("Failed", {"train", "record"}),
        ("Stopped", {"train", "record"}),
    ],
)
def test_a_training_job_reaches_who_takes_the_next_step(
    dev: Template, status: str, stages: set[str]
):
    assert heard_by(dev, training(status)) == stages


@pytest.mark.parametrize(
    ("status", "stages"),
    [("InProgress", set()), ("Completed", {"gate"}), ("Failed", {"gate"}), ("Stopped", {"gate"})],
)
def test_an_evaluation_that_ended_reaches_gate(dev: Template, status: str, stages: set[str]):
    event = sagemaker("Processing Job", ProcessingJobName="sluice-x", ProcessingJobStatus=status)
    assert heard_by(dev, event) == stages


@pytest.mark.parametrize(
    ("name", "status", "stages"),
    [
        ("sluice-iris-abcdefghij23-v01", "InProgress", set()),
        ("sluice-iris-abcdefghij23-v01", "Completed", {"validate", "gate"}),
        ("sluice-iris-abcdefghij23-v03", "Failed", {"validate", "gate"}),
        ("sluice-my-v02-abcdefghij23-v02", "Stopped", {"validate", "gate"}),
        ("sluice-my-v02-abcdefghij23-01", "Stopped", {"gate"}),
        ("other-iris-abcdefghij23-v01", "Completed", set()),
    ],
)
def test_a_validation_that_ended_reaches_validate(
    dev: Template, name: str, status: str, stages: set[str]
):
    event = sagemaker("Processing Job", ProcessingJobName=name, ProcessingJobStatus=status)
    assert heard_by(dev, event) == stages


def test_a_changed_package_reaches_deploy(dev: Template):
    event = sagemaker("Model Package", ModelPackageGroupName="sluice-iris")
    assert heard_by(dev, event) == {"deploy", "record"}


def test_a_changed_endpoint_reaches_deploy(dev: Template):
    assert heard_by(dev, sagemaker("Endpoint", EndpointName="sluice-iris-g1")) == {"deploy"}


@pytest.mark.parametrize(
    "event",
    [
        training("Completed", name="somebody-elses"),
        sagemaker("Processing Job", ProcessingJobName="other", ProcessingJobStatus="Completed"),
        sagemaker("Model Package", ModelPackageGroupName="sluicegate-iris"),
        sagemaker("Endpoint", EndpointName="other-g1"),
    ],
)
def test_what_others_do_in_the_account_moves_nothing(dev: Template, event: dict[str, Any]):
    assert heard_by(dev, event) == set()


@pytest.mark.parametrize("status", ["rejected", "failed", "waiting", "rolled back"])
def test_people_are_told_when_a_run_ends_short_of_release(dev: Template, status: str):
    assert "topic" in heard_by(dev, ours(Kind.RUN_FAILED, status))


@pytest.mark.parametrize("status", ["started", "accepted", "released"])
def test_people_are_not_told_of_what_goes_well(dev: Template, status: str):
    assert "topic" not in heard_by(dev, ours(Kind.MODEL_RELEASED, status))


def test_people_read_one_sentence(dev: Template):
    (transformer,) = (t["InputTransformer"] for _, t in dev.targets() if "InputTransformer" in t)
    sentence = transformer["InputTemplate"]
    for name, path in transformer["InputPathsMap"].items():
        sentence = sentence.replace(f"<{name}>", path.removeprefix("$.detail."))
    assert json.loads(sentence) == "model, run run: status. reason"


@pytest.mark.parametrize("kind", Kind)
def test_record_hears_all_that_a_stage_says(dev: Template, kind: Kind):
    assert "record" in heard_by(dev, ours(kind, "any"))


@pytest.mark.parametrize(("word", "rate"), [("watch", "1 hour"), ("reconcile", "5 minutes")])
def test_the_keepers_of_time_tick(dev: Template, word: str, rate: str):
    queue_id, _ = dev.one("AWS::SQS::Queue", QueueName=f"sluice-{word}")
    (tick,) = (
        (rule["ScheduleExpression"], json.loads(target["Input"]))
        for rule, target in dev.targets()
        if flat(target["Arn"]) == f"<{queue_id}.Arn>"
    )
    assert tick[0] == f"rate({rate})"
    assert tick[1]["source"] == "sluice.schedule"


@pytest.mark.parametrize("word", QUEUED)
def test_every_queue_is_reached_and_takes_only_from_its_rules(dev: Template, word: str):
    queue_id, _ = dev.one("AWS::SQS::Queue", QueueName=f"sluice-{word}")
    rules = {
        f"<{id}.Arn>"
        for id, rule in dev.of("AWS::Events::Rule").items()
        if f"<{queue_id}.Arn>" in [flat(t["Arn"]) for t in rule["Targets"]]
    }
    senders = {
        flat(s["Condition"]["ArnEquals"]["aws:SourceArn"])
        for s in dev.policy_of("AWS::SQS::QueuePolicy", "Queues", queue_id)
        if s["Effect"] == "Allow"
    }
    assert rules
    assert senders == rules


def test_alarms_and_rules_may_use_the_encrypted_topic(dev: Template):
    topic = dev.body["Outputs"]["Topic"]["Value"]["Ref"]
    publishers = {
        s["Principal"]["Service"]
        for s in dev.policy_of("AWS::SNS::TopicPolicy", "Topics", topic)
        if s["Effect"] == "Allow"
    }
    ((_, key),) = dev.of("AWS::KMS::Key").items()
    users = {
        s["Principal"]["Service"]
        for s in key["KeyPolicy"]["Statement"]
        if "Service" in s["Principal"] and "kms:GenerateDataKey" in s["Action"]
    }
    assert publishers == users == {"events.amazonaws.com", "cloudwatch.amazonaws.com"}
