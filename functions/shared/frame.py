"""The frame that every queue-fed handler runs in.

One message at a time. A message whose step raises goes back to its queue and, after the third
time, to the stage's dead-letter queue. `NotReady` is no failure: the event that settles the matter,
or reconcile, comes back to it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)

from functions.shared.hints import Hint, read_hint
from sluice.contracts.errors import NotReady

Step = Callable[[Hint], None]


def run_step(event: Any, context: Any, *, stage: str, slug: str, step: Step) -> dict[str, Any]:
    """Take `step` for each message of an SQS event; answers the messages to deliver again."""
    logger = Logger(service=stage)
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)

    def take(record: dict[str, Any]) -> None:
        hint = read_hint(json.loads(record["body"]), slug)
        with logger.append_context_keys(stage=stage, run=hint.run_name, model=hint.model):
            try:
                step(hint)
            except NotReady as wait:
                logger.info("not yet", why=str(wait))
            except Exception:
                logger.exception("the step failed", detail_type=hint.detail_type)
                raise

    return dict(
        process_partial_response(
            event=event, record_handler=take, processor=processor, context=context
        )
    )
