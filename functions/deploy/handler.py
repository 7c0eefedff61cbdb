"""A package's approval or an endpoint's state changed: converge that model.

Who approved (the gate, or a person in the AWS console) makes no difference. A second identical
event sees the same truth and takes no step. Follow `converge.py` for the steps and `rollout.py` for
what is decided.
"""

from __future__ import annotations

from functools import cache, partial
from typing import Any

from functions.deploy.converge import Converger
from functions.shared.bus import Bus
from functions.shared.clients import prepare
from functions.shared.frame import run_step
from functions.shared.models import Models
from functions.shared.store import Store
from sluice.contracts.environment import DeployEnvironment

prepare("s3", "events", "sagemaker", "application-autoscaling")


@cache
def converger() -> Converger:
    """The converger of this stack, from the function's environment."""
    env = DeployEnvironment.read()
    return Converger(
        env=env,
        artifacts=Store(env.artifact_bucket),
        models=Models(env.models_table),
        say=Bus(slug=env.slug, stage="deploy"),
    )


def handle(event: dict[str, Any], context: Any, by: Converger | None = None) -> dict[str, Any]:
    """Entry point of the Lambda; `by` lets a test bring its own converger."""
    by = by or converger()
    step = partial(by.take, holder=context.aws_request_id)
    return run_step(event, stage="deploy", slug=by.env.slug, step=step)
