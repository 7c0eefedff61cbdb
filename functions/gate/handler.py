"""A training job or an evaluation ended: have the candidate scored, judge it, register it.

A second identical event finds the evaluation by its name and the package by its run, and only says
again what was decided. Follow `step.py` for the steps, `decide.py` for which is next, and
`verdict.py` for how a candidate is judged.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from functions.gate.step import GateStep
from functions.shared.aws import AwsClients
from functions.shared.bus import Bus
from functions.shared.frame import run_step
from functions.shared.models import Models
from functions.shared.objects import Store
from sluice.contracts.environment import GateEnvironment

AWS = AwsClients.prepared("s3", "events", "sagemaker")


@cache
def of_stack() -> GateStep:
    """The step of this stack, from the function's environment."""
    env = GateEnvironment.read()
    return GateStep(
        env=env,
        aws=AWS,
        artifacts=Store(AWS.client("s3"), env.artifact_bucket),
        models=Models(AWS.table(env.models_table)),
        say=Bus(slug=env.slug, stage="gate", events=AWS.client("events")),
    )


def handle(event: dict[str, Any], context: Any, by: GateStep | None = None) -> dict[str, Any]:
    """Entry point of the Lambda; `by` lets a test bring its own step."""
    by = by or of_stack()
    return run_step(event, stage="gate", slug=by.env.slug, step=by.take)
