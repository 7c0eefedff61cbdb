"""The stack of `aws`, as stages see it; dropping into its bucket, and a step that takes it."""

from __future__ import annotations

from dataclasses import replace

import boto3

from functions.record.ledger import Ledger
from functions.shared.aws import AwsClients
from functions.shared.models import Models
from functions.shared.objects import Store
from functions.validate.assess import Assessor
from functions.validate.handler import handle
from functions.validate.step import ValidateStep
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


def store(bucket: str) -> Store:
    """One of the two buckets."""
    return Store(boto3.client("s3"), bucket)


def models() -> Models:
    """The models table."""
    return Models(boto3.resource("dynamodb").Table("models"))


def ledger() -> Ledger:
    """The ledger table."""
    return Ledger(boto3.resource("dynamodb").Table("ledger"))


def make_intake(env: ValidateEnvironment = ENV) -> ValidateStep:
    """Validate's step, whose words are kept."""
    aws = AwsClients()
    assessor = replace(Assessor.of_stack(env, aws), say=SpokenBus())
    return ValidateStep(env=env, aws=aws, assessor=assessor)


def put(key: str, body: str | bytes) -> str:
    """The version that it got."""
    version: str = boto3.client("s3").put_object(Bucket="drops", Key=key, Body=body)["VersionId"]
    return version


def deliver(intake: ValidateStep, key: str, version: str) -> None:
    """The news of an object."""
    answer = handle(queued(object_created("drops", key, version)), Context(), by=intake)
    assert answer == {"batchItemFailures": []}


def drop(intake: ValidateStep, key: str, body: str | bytes) -> Run:
    """Put and deliver; the run that was spoken of last."""
    deliver(intake, key, put(key, body))
    return Run.parse(intake.assessor.say.said[-1].run)


def artifacts(prefix: str) -> set[str]:
    """What lies below a prefix of the artifact bucket."""
    return {item["Key"].removeprefix(prefix) for item in store("artifacts").list(prefix)}
