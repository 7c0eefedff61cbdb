"""A schedule ticked: put every open run and every model on the queue of the stage it waits for.

A second identical tick puts the same hints on the same queues, and every stage takes hints twice
without harm. Follow `step.py` for the steps and `decide.py` for what is decided.
"""

from __future__ import annotations

from functools import cache, partial
from typing import Any

from functions.reconcile.ledger import open_runs
from functions.reconcile.step import ReconcileStep
from functions.shared.aws import AwsClients
from functions.shared.bus import Bus
from functions.shared.frame import run_step
from functions.shared.models import Models
from functions.shared.objects import Store
from sluice.contracts.environment import ReconcileEnvironment

AWS = AwsClients.prepared("s3", "sqs", "events")


@cache
def of_stack() -> ReconcileStep:
    """The step of this stack, from the function's environment."""
    env = ReconcileEnvironment.read()
    return ReconcileStep(
        env=env,
        aws=AWS,
        runs=partial(open_runs, AWS.table(env.ledger_table)),
        drops=Store(AWS.client("s3"), env.drop_bucket),
        models=Models(AWS.table(env.models_table)),
        say=Bus(slug=env.slug, stage="drop", events=AWS.client("events")),
    )


def handle(event: dict[str, Any], context: Any, by: ReconcileStep | None = None) -> dict[str, Any]:
    """Entry point of the Lambda; `by` lets a test bring its own step."""
    by = by or of_stack()
    return run_step(event, stage="reconcile", slug=by.env.slug, step=by.take)
