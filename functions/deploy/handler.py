"""A package's approval or an endpoint's state changed: converge that model.

Who approved (the gate, or a person in the AWS console) makes no difference. A second identical
event sees the same truth and takes no step. Follow `step.py` for the steps and `decide.py` for what
is decided.
"""

from __future__ import annotations

from functools import cache, partial
from typing import Any

from functions.deploy.step import DeployStep
from functions.shared.aws import AwsClients
from functions.shared.bus import Bus
from functions.shared.frame import run_step
from functions.shared.models import Models
from functions.shared.objects import Store
from sluice.contracts.environment import DeployEnvironment

AWS = AwsClients.prepared("s3", "events", "sagemaker", "application-autoscaling")


@cache
def of_stack() -> DeployStep:
    """The step of this stack, from the function's environment."""
    env = DeployEnvironment.read()
    return DeployStep(
        env=env,
        aws=AWS,
        artifacts=Store(AWS.client("s3"), env.artifact_bucket),
        models=Models(AWS.table(env.models_table)),
        say=Bus(slug=env.slug, stage="deploy", events=AWS.client("events")),
    )


def handle(event: dict[str, Any], context: Any, by: DeployStep | None = None) -> dict[str, Any]:
    """Entry point of the Lambda; `by` lets a test bring its own step."""
    by = by or of_stack()
    step = partial(by.take, holder=context.aws_request_id)
    return run_step(event, stage="deploy", slug=by.env.slug, step=step)
