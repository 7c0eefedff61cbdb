"""The events that move a drop along, as EventBridge patterns, and the arrows they become.

Every SageMaker pattern filters on the stack's name prefix: the account may train other things.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_cdk import Duration
from aws_cdk.aws_events import EventPattern, Match, Rule, RuleTargetInput, Schedule
from aws_cdk.aws_events_targets import SqsQueue
from aws_cdk.aws_s3 import IBucket
from constructs import Construct

from infra.parts.handler import Stage
from sluice.contracts.events import Kind
from sluice.contracts.names import VALIDATION_ATTEMPTS, event_source


def arrow(scope: Construct, id: str, *, says: str, on: EventPattern, to: tuple[Stage, ...]) -> None:
    """Deliver every event that matches `on` into the queue of each stage in `to`."""
    targets = [SqsQueue(stage.queue) for stage in to]
    Rule(scope, id, description=says, event_pattern=on, targets=targets)


def tick(scope: Construct, id: str, *, says: str, every: Duration, to: Stage) -> None:
    """Put one constant message into a stage's queue, `every` so often."""
    message = {
        "source": "sluice.schedule",
        "detail-type": "Scheduled",
        "detail": {"stage": to.node.id.lower()},
    }
    target = SqsQueue(to.queue, message=RuleTargetInput.from_object(message))
    Rule(scope, id, description=says, schedule=Schedule.rate(every), targets=[target])


def object_created(bucket: IBucket) -> EventPattern:
    """An object, or a new version of one, was put into `bucket`."""
    return EventPattern(
        source=["aws.s3"],
        detail_type=["Object Created"],
        detail={"bucket": {"name": [bucket.bucket_name]}},
    )


def ours(slug: str, *kinds: Kind, status: tuple[str, ...] = ()) -> EventPattern:
    """What a stage said: of one of `kinds` and with one of `status`, where given."""
    return EventPattern(
        source=[event_source(slug)],
        detail_type=[kind.value for kind in kinds] or None,
        detail={"status": list(status)} if status else None,
    )


def training_job(slug: str, *statuses: str) -> EventPattern:
    """A training job of ours changed (to one of `statuses`)."""
    return _sagemaker(
        "SageMaker Training Job State Change",
        {"TrainingJobName": Match.prefix(f"{slug}-")}
        | ({"TrainingJobStatus": list(statuses)} if statuses else {}),
    )


def validation_job(slug: str, *statuses: str) -> EventPattern:
    """A job that validates a large drop changed to one of `statuses`."""
    names = [f"{slug}-*-v{number:02d}" for number in range(1, VALIDATION_ATTEMPTS + 1)]
    return _sagemaker(
        "SageMaker Processing Job State Change",
        {
            "ProcessingJobName": Match.any_of(*map(Match.wildcard, names)),
            "ProcessingJobStatus": list(statuses),
        },
    )


def processing_job(slug: str, *statuses: str) -> EventPattern:
    """An evaluation, or a validation, of ours changed to one of `statuses`."""
    return _sagemaker(
        "SageMaker Processing Job State Change",
        {"ProcessingJobName": Match.prefix(f"{slug}-"), "ProcessingJobStatus": list(statuses)},
    )


def model_package(slug: str) -> EventPattern:
    """A model package was registered, or somebody changed its approval."""
    return _sagemaker(
        "SageMaker Model Package State Change",
        {"ModelPackageGroupName": Match.prefix(f"{slug}-")},
    )


def endpoint(slug: str) -> EventPattern:
    """An endpoint of ours settled, failed, or began to change."""
    return _sagemaker("SageMaker Endpoint State Change", {"EndpointName": Match.prefix(f"{slug}-")})


def _sagemaker(detail_type: str, detail: Mapping[str, Any]) -> EventPattern:
    return EventPattern(source=["aws.sagemaker"], detail_type=[detail_type], detail=detail)
