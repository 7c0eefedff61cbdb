"""Which backend serves which service: the one place where moto's are replaced.

`BackendDict.backend` is the class that moto instantiates per account and region; setting it covers
HTTP, CloudFormation and moto's own internal calls, and replaces no function. Undocumented, hence
moto is pinned and each override has a test in tests/parity.

Beginning here, everything of this region exists before the first thread does: moto creates a
backend of an unknown region without looking again under its lock, so that two first callers would
each get one and the first one's state be lost.
"""

from __future__ import annotations

from moto.apigateway.models import apigateway_backends
from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.awslambda.models import lambda_backends
from moto.cloudformation.models import cloudformation_backends
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.base_backend import BackendDict
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodbstreams.models import dynamodbstreams_backends
from moto.ecr.models import ecr_backends
from moto.events.models import events_backends
from moto.iam.models import iam_backends
from moto.kinesis.models import kinesis_backends
from moto.logs.models import logs_backends
from moto.s3.models import s3_backends
from moto.sagemaker.models import sagemaker_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from moto.ssm.models import ssm_backends
from moto.sts.models import sts_backends

from localcloud.awslambda.models import LocalLambdaBackend
from localcloud.cloudformation.models import LocalCloudFormationBackend
from localcloud.events.models import LocalEventsBackend
from localcloud.house import ACCOUNT, REGION
from localcloud.s3.models import LocalS3Backend
from localcloud.sagemaker.models import LocalSageMakerBackend
from localcloud.sqs.models import LocalSQSBackend

_REGIONAL: tuple[BackendDict[object], ...] = (
    apigateway_backends,
    applicationautoscaling_backends,
    cloudformation_backends,
    cloudwatch_backends,
    dynamodb_backends,
    dynamodbstreams_backends,
    ecr_backends,
    events_backends,
    kinesis_backends,
    lambda_backends,
    logs_backends,
    sagemaker_backends,
    sns_backends,
    sqs_backends,
    ssm_backends,
)
_GLOBAL: tuple[BackendDict[object], ...] = (iam_backends, s3_backends, sts_backends)


def install() -> None:
    """Put the offline cloud's backends in place and create this account's; call it once."""
    cloudformation_backends.backend = LocalCloudFormationBackend
    events_backends.backend = LocalEventsBackend
    lambda_backends.backend = LocalLambdaBackend
    s3_backends.backend = LocalS3Backend
    sagemaker_backends.backend = LocalSageMakerBackend
    sqs_backends.backend = LocalSQSBackend
    create(ACCOUNT, REGION)


def create(account: str, region: str) -> None:
    """Make every backend of an account and region, before a thread can ask for one."""
    for backends in _REGIONAL:
        backends[account][region]
    for backends in _GLOBAL:
        backends[account]["aws"]
