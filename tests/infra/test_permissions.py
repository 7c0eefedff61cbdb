"""Every role may do what its part does, and nothing of its neighbours."""

from __future__ import annotations

from typing import Any

import pytest

from infra.parts.acknowledged import EVERYWHERE
from tests.infra.template import Template, flat, many
from tests.infra.test_stages import FUNCTIONS, function

HOLDOUT = "datasets/iris/abcdefghij23/holdout/part-0.parquet"
TRAINING = "datasets/iris/abcdefghij23/train/part-0.parquet"


def allowed(template: Template) -> list[dict[str, Any]]:
    """Every statement of every role that allows something."""
    return [
        statement
        for role in template.of("AWS::IAM::Role")
        for statement in template.role(role)
        if statement["Effect"] == "Allow"
    ]


def role_of(template: Template, word: str) -> str:
    _, made = function(template, word)
    return str(made["Role"]["Fn::GetAtt"][0])


def passed_by(template: Template, word: str) -> str:
    """The one role that a stage may hand to SageMaker."""
    (statement,) = (
        s for s in template.role(role_of(template, word)) if s["Action"] == "iam:PassRole"
    )
    assert statement["Condition"] == {
        "StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}
    }
    return str(statement["Resource"]["Fn::GetAtt"][0])


def artifact(template: Template, key: str) -> str:
    bucket = template.body["Outputs"]["ArtifactBucket"]["Value"]["Ref"]
    return f"<{bucket}.Arn>/{key}"


def dropped(template: Template, key: str) -> str:
    return f"<{template.body['Outputs']['DropBucket']['Value']['Ref']}.Arn>/{key}"


def test_no_role_allows_wildcard_actions(dev: Template):
    assert [a for s in allowed(dev) for a in many(s["Action"]) if "*" in a] == []


def test_only_what_cannot_be_restricted_is_allowed_on_everything(dev: Template):
    everywhere = {a for s in allowed(dev) if s["Resource"] == "*" for a in many(s["Action"])}
    assert everywhere <= EVERYWHERE


def test_functions_and_containers_never_share_a_role(dev: Template):
    roles = [role_of(dev, word) for word in FUNCTIONS]
    roles += [passed_by(dev, word) for word in ("validate", "train", "gate", "deploy")]
    assert len(set(roles)) == len(roles)


@pytest.mark.parametrize("word", FUNCTIONS)
def test_sagemaker_is_touched_only_below_the_slug(prod: Template, word: str):
    for statement in prod.role(role_of(prod, word)):
        actions = set(many(statement["Action"]))
        if any(a.startswith("sagemaker:") for a in actions) and not actions <= EVERYWHERE:
            for resource in map(flat, many(statement["Resource"])):
                assert resource.rpartition("/")[2] == "shop-*"


@pytest.mark.parametrize("word", FUNCTIONS)
def test_a_function_writes_no_log_but_its_own(dev: Template, word: str):
    groups = {
        flat(r)
        for s in dev.role(role_of(dev, word))
        if "logs:PutLogEvents" in many(s["Action"])
        for r in many(s["Resource"])
    }
    id, _ = dev.one("AWS::Logs::LogGroup", LogGroupName=f"/aws/lambda/sluice-{word}")
    assert groups == {f"<{id}.Arn>"}


def test_training_cannot_read_the_rows_that_judge_it(dev: Template):
    training = passed_by(dev, "train")
    assert dev.allows(training, "s3:GetObject", artifact(dev, TRAINING))
    assert not dev.allows(training, "s3:GetObject", artifact(dev, HOLDOUT))
    denied = [s for s in dev.role(training) if s["Effect"] == "Deny"]
    assert [flat(s["Resource"]) for s in denied] == [artifact(dev, "datasets/*/holdout/*")]


def test_evaluation_reads_holdout_rows_and_no_training_rows(dev: Template):
    evaluation = passed_by(dev, "gate")
    assert dev.allows(evaluation, "s3:GetObject", artifact(dev, HOLDOUT))
    assert not dev.allows(evaluation, "s3:GetObject", artifact(dev, TRAINING))


def test_validates_job_may_read_and_write_what_its_function_may(dev: Template):
    function, job = role_of(dev, "validate"), passed_by(dev, "validate")
    for action, resource in (
        ("s3:GetObjectVersion", dropped(dev, "iris/iris.csv")),
        ("s3:PutObject", artifact(dev, TRAINING)),
        ("s3:PutObject", artifact(dev, "quarantine/iris/abcdefghij23/rejected.json")),
        ("s3:GetObject", artifact(dev, "handovers/iris/abcdefghij23.json")),
    ):
        assert dev.allows(function, action, resource)
        assert dev.allows(job, action, resource)
    for role in (function, job):
        assert not dev.allows(role, "s3:PutObject", artifact(dev, "runs/iris/r/model/model.onnx"))
    assert not [s for s in dev.role(job) if "sagemaker:" in str(s["Action"])]


def test_an_endpoint_reads_models_and_no_dataset(dev: Template):
    endpoint = passed_by(dev, "deploy")
    assert dev.allows(endpoint, "s3:GetObject", artifact(dev, "runs/iris/r/model/model.onnx"))
    assert dev.allows(endpoint, "s3:PutObject", artifact(dev, "captures/c/main/1.jsonl"))
    assert not dev.allows(endpoint, "s3:GetObject", artifact(dev, TRAINING))
    assert not dev.allows(endpoint, "s3:PutObject", artifact(dev, "runs/iris/r/model/model.onnx"))


def test_only_validate_reads_what_users_drop(dev: Template):
    readers = {
        word
        for word in FUNCTIONS
        if dev.allows(role_of(dev, word), "s3:GetObject", dropped(dev, "iris/iris.csv"))
    }
    assert readers == {"validate"}
    for word in ("train", "gate", "deploy"):
        role = passed_by(dev, word)
        assert not dev.allows(role, "s3:GetObject", dropped(dev, "iris/iris.csv"))


@pytest.mark.parametrize("word", FUNCTIONS)
def test_nobody_writes_into_the_drop_bucket(dev: Template, word: str):
    for action in ("s3:PutObject", "s3:DeleteObject"):
        assert not dev.allows(role_of(dev, word), action, dropped(dev, "iris/iris.csv"))


@pytest.mark.parametrize("word", FUNCTIONS)
def test_no_function_writes_models_but_by_a_training_job(dev: Template, word: str):
    model = artifact(dev, "runs/iris/r/output/model.onnx")
    assert not dev.allows(role_of(dev, word), "s3:PutObject", model)


@pytest.mark.parametrize("word", [w for w in FUNCTIONS if w != "serve"])
def test_a_function_speaks_only_as_its_own_stack(prod: Template, word: str):
    (statement,) = (s for s in prod.role(role_of(prod, word)) if s["Action"] == "events:PutEvents")
    assert statement["Condition"] == {"StringEquals": {"events:source": "sluice.shop"}}


def test_only_serve_invokes_endpoints(dev: Template):
    invokers = {
        word
        for word in FUNCTIONS
        if any(
            "sagemaker:InvokeEndpoint" in many(s["Action"]) for s in dev.role(role_of(dev, word))
        )
    }
    assert invokers == {"serve"}
