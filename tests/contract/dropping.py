"""Dropping into a bucket, and an intake that takes it."""

from __future__ import annotations

from dataclasses import replace

import boto3

from functions.shared.store import Store
from functions.validate.handler import handle
from functions.validate.intake import Intake
from functions.validate.judging import Judge
from sluice.contracts.environment import ValidateEnvironment
from sluice.contracts.names import Run
from sluice.contracts.spec import Policy
from tests.fakes import Context, SpokenBus, object_created, queued

GOOD = "length,width,colour\n" + "".join(
    f"{i},{i * 0.5},{'red' if i % 2 else 'blue'}\n" for i in range(120)
)
ENV = ValidateEnvironment(
    slug="sluice",
    policy=Policy(drop_megabytes=1, processing_megabytes=2).model_dump_json(),
    drop_bucket="drops",
    artifact_bucket="artifacts",
    models_table="models",
    validation_image="000000000000.dkr.ecr.us-east-1.amazonaws.com/validation:1",
    validation_role="arn:aws:iam::000000000000:role/validation",
)


def make_intake(env: ValidateEnvironment = ENV) -> Intake:
    """An intake whose words are kept."""
    return Intake(env=env, judge=replace(Judge.of_stack(env), say=SpokenBus()))


def put(key: str, body: str | bytes) -> str:
    """The version that it got."""
    version: str = boto3.client("s3").put_object(Bucket="drops", Key=key, Body=body)["VersionId"]
    return version


def deliver(intake: Intake, key: str, version: str) -> None:
    """The news of an object."""
    answer = handle(queued(object_created("drops", key, version)), Context(), by=intake)
    assert answer == {"batchItemFailures": []}


def drop(intake: Intake, key: str, body: str | bytes) -> Run:
    """Put and deliver; the run that was spoken of last."""
    deliver(intake, key, put(key, body))
    return Run.parse(intake.judge.say.said[-1].run)


def artifacts(prefix: str) -> set[str]:
    """What lies below a prefix of the artifact bucket."""
    return {item["Key"].removeprefix(prefix) for item in Store("artifacts").list(prefix)}
