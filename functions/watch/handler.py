"""A schedule ticked: count the calls and rows captured for each model since its release.

A second identical tick counts the same files to the same sums. Follow `step.py` for the steps.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from functions.shared.aws import AwsClients
from functions.shared.bus import Bus
from functions.shared.frame import run_step
from functions.shared.models import Models
from functions.shared.objects import Store
from functions.watch.step import WatchStep
from sluice.contracts.environment import WatchEnvironment

AWS = AwsClients.prepared("s3", "events")


@cache
def of_stack() -> WatchStep:
    """The step of this stack, from the function's environment."""
    env = WatchEnvironment.read()
    return WatchStep(
        slug=env.slug,
        artifacts=Store(AWS.client("s3"), env.artifact_bucket),
        models=Models(AWS.table(env.models_table)),
        say=Bus(slug=env.slug, stage="watch", events=AWS.client("events")),
    )


def handle(event: dict[str, Any], context: Any, by: WatchStep | None = None) -> dict[str, Any]:
    """Entry point of the Lambda; `by` lets a test bring its own step."""
    by = by or of_stack()
    return run_step(event, stage="watch", slug=by.slug, step=by.take)
