"""An event of any stage, of S3 or of SageMaker was heard, or a message died: write it down.

A second identical event rewrites the same timeline item and moves the header by rank, that is, not
at all. A message from a stage's dead-letter queue becomes a `Run Failed` event that carries the
message, so that it can be sent again; that event then comes back here like any other. Follow
`step.py` for the steps and `decide.py` for what an event makes of a run.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from functions.record.ledger import Ledger
from functions.record.step import DEAD, RecordStep
from functions.shared.aws import AwsClients
from functions.shared.bus import Bus
from functions.shared.frame import run_step
from functions.shared.models import Models
from sluice.contracts.environment import RecordEnvironment

AWS = AwsClients.prepared("events")


@cache
def of_stack() -> RecordStep:
    """The step of this stack, from the function's environment."""
    env = RecordEnvironment.read()
    return RecordStep(
        slug=env.slug,
        ledger=Ledger(AWS.table(env.ledger_table)),
        models=Models(AWS.table(env.models_table)),
        say=Bus(slug=env.slug, stage="record", events=AWS.client("events")),
    )


def handle(event: dict[str, Any], context: Any, by: RecordStep | None = None) -> dict[str, Any]:
    """Entry point of the Lambda; `by` lets a test bring its own step."""
    by = by or of_stack()
    queue = event["Records"][0]["eventSourceARN"].rpartition(":")[2]
    if queue.endswith(DEAD):
        for message in event["Records"]:
            by.take_dead_letter(queue, message["body"])
        return {"batchItemFailures": []}
    return run_step(event, stage="record", slug=by.slug, step=by.take)
