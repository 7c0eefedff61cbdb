"""Each stage has its queue, its dead-letter queue and its function, all under one word."""

from __future__ import annotations

from typing import Any

import pytest

from infra.parts.source import ROOT
from sluice.contracts import environment as env
from sluice.contracts.names import KEEPERS, STAGES
from tests.infra.template import Template, flat

QUEUED = tuple(s for s in STAGES if s not in ("drop", "serve")) + KEEPERS
FUNCTIONS = (*QUEUED, "serve")
ENVIRONMENTS: dict[str, type[env.Environment]] = {
    word: getattr(env, f"{word.capitalize()}Environment") for word in FUNCTIONS
}


def function(template: Template, word: str) -> tuple[str, dict[str, Any]]:
    return template.one("AWS::Lambda::Function", FunctionName=f"{template.slug}-{word}")


def test_no_function_is_without_a_stage(dev: Template):
    names = {f["FunctionName"] for f in dev.of("AWS::Lambda::Function").values()}
    assert names == {f"sluice-{word}" for word in FUNCTIONS}


@pytest.mark.parametrize("word", FUNCTIONS)
def test_a_function_runs_the_handler_of_its_stage(dev: Template, word: str):
    _, made = function(dev, word)
    assert made["Handler"] == f"functions.{word}.handler.handle"
    assert made["Runtime"] == "python3.13"
    assert (ROOT / "functions" / word).is_dir()


@pytest.mark.parametrize("word", FUNCTIONS)
def test_a_function_is_told_all_that_its_environment_names(dev: Template, word: str):
    _, made = function(dev, word)
    variables = {k: flat(v) for k, v in made["Environment"]["Variables"].items()}
    read = ENVIRONMENTS[word].read(variables)
    assert read.slug == "sluice"
    assert read.variables() == variables


@pytest.mark.parametrize("word", ["validate", "train", "gate", "deploy"])
def test_a_policy_reaches_the_functions_that_are_bound_by_it(prod: Template, word: str):
    _, made = function(prod, word)
    variables = {k: flat(v) for k, v in made["Environment"]["Variables"].items()}
    read: Any = ENVIRONMENTS[word].read(variables)
    assert read.bounds().approval == "manual"


@pytest.mark.parametrize("word", QUEUED)
def test_a_message_is_hidden_for_longer_than_its_function_may_run(dev: Template, word: str):
    _, made = function(dev, word)
    _, queue = dev.one("AWS::SQS::Queue", QueueName=f"sluice-{word}")
    assert queue["VisibilityTimeout"] > made["Timeout"]


def test_dead_letters_are_hidden_for_longer_than_record_may_run(dev: Template):
    _, record = function(dev, "record")
    for queue in dev.of("AWS::SQS::Queue").values():
        assert queue["VisibilityTimeout"] > record["Timeout"]


@pytest.mark.parametrize("word", QUEUED)
def test_what_fails_three_times_is_kept_for_two_weeks(dev: Template, word: str):
    dead_id, dead = dev.one("AWS::SQS::Queue", QueueName=f"sluice-{word}-dead")
    _, queue = dev.one("AWS::SQS::Queue", QueueName=f"sluice-{word}")
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 3
    assert flat(queue["RedrivePolicy"]["deadLetterTargetArn"]) == f"<{dead_id}.Arn>"
    assert dead["MessageRetentionPeriod"] == 14 * 24 * 3600


def test_queues_are_encrypted_and_take_tls_only(dev: Template):
    for id, queue in dev.of("AWS::SQS::Queue").items():
        assert queue["SqsManagedSseEnabled"]
        refusals = [
            s for s in dev.policy_of("AWS::SQS::QueuePolicy", "Queues", id) if s["Effect"] == "Deny"
        ]
        assert refusals[0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize("word", QUEUED)
def test_a_queue_feeds_its_function_one_message_at_a_time(dev: Template, word: str):
    function_id, _ = function(dev, word)
    queue_id, _ = dev.one("AWS::SQS::Queue", QueueName=f"sluice-{word}")
    mapping = mapping_from(dev, queue_id)
    assert flat(mapping["FunctionName"]) == f"<{function_id}>"
    assert mapping["BatchSize"] == 1
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["ScalingConfig"]["MaximumConcurrency"] >= 2


@pytest.mark.parametrize("word", [w for w in QUEUED if w != "record"])
def test_record_hears_of_every_dead_letter_but_its_own(dev: Template, word: str):
    record, _ = function(dev, "record")
    queue_id, _ = dev.one("AWS::SQS::Queue", QueueName=f"sluice-{word}-dead")
    assert flat(mapping_from(dev, queue_id)["FunctionName"]) == f"<{record}>"


def test_record_never_takes_its_own_dead_letters(dev: Template):
    queue_id, _ = dev.one("AWS::SQS::Queue", QueueName="sluice-record-dead")
    sources = {
        flat(m["EventSourceArn"]) for m in dev.of("AWS::Lambda::EventSourceMapping").values()
    }
    assert f"<{queue_id}.Arn>" not in sources


@pytest.mark.parametrize("word", QUEUED)
def test_an_alarm_tells_people_of_dead_letters(dev: Template, word: str):
    queue_id, _ = dev.one("AWS::SQS::Queue", QueueName=f"sluice-{word}-dead")
    topic = flat(dev.body["Outputs"]["Topic"]["Value"])
    alarms = [
        alarm
        for alarm in dev.of("AWS::CloudWatch::Alarm").values()
        if f"<{queue_id}.QueueName>" in [flat(d["Value"]) for d in alarm["Dimensions"]]
    ]
    assert [flat(a) for alarm in alarms for a in alarm["AlarmActions"]] == [topic]


@pytest.mark.parametrize("word", FUNCTIONS)
def test_a_function_logs_into_a_group_of_its_own_that_forgets(dev: Template, word: str):
    _, made = function(dev, word)
    id, group = dev.one("AWS::Logs::LogGroup", LogGroupName=f"/aws/lambda/sluice-{word}")
    assert flat(made["LoggingConfig"]["LogGroup"]) == f"<{id}>"
    assert group["RetentionInDays"] == 30


def mapping_from(template: Template, queue_id: str) -> dict[str, Any]:
    (mapping,) = (
        m
        for m in template.of("AWS::Lambda::EventSourceMapping").values()
        if flat(m["EventSourceArn"]) == f"<{queue_id}.Arn>"
    )
    return mapping
