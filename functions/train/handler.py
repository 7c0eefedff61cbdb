"""A dataset was accepted, or a training job did not complete: start the next attempt, or end.

A second identical event finds the job by its name (DescribeTrainingJob) and only says again what is
under way. Follow `step.py` for the steps and `decide.py` for what is decided.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from functions.shared.aws import AwsClients
from functions.shared.bus import Bus
from functions.shared.frame import run_step
from functions.shared.models import Models
from functions.shared.objects import Store
from functions.train.step import TrainStep
from sluice.contracts.environment import TrainEnvironment

AWS = AwsClients.prepared("s3", "events", "sagemaker")


@cache
def of_stack() -> TrainStep:
    """The step of this stack, from the function's environment."""
    env = TrainEnvironment.read()
    return TrainStep(
        env=env,
        aws=AWS,
        artifacts=Store(AWS.client("s3"), env.artifact_bucket),
        models=Models(AWS.table(env.models_table)),
        say=Bus(slug=env.slug, stage="train", events=AWS.client("events")),
    )


def handle(event: dict[str, Any], context: Any, by: TrainStep | None = None) -> dict[str, Any]:
    """Entry point of the Lambda; `by` lets a test bring its own step."""
    by = by or of_stack()
    return run_step(event, stage="train", slug=by.env.slug, step=by.take)
