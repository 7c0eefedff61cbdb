"""The frame that every queue-fed handler runs in.

A message whose step raises goes back to its queue and, after the third time, to the stage's
dead-letter queue. What is only not ready yet (capacity, an endpoint that settles) is no failure:
the step ends, and the event that settles the matter, or reconcile, comes back to it.

Powertools' batch utility would do the loop below, and costs every cold start some 150 ms
(benchmarks/whole_way.md).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from aws_lambda_powertools import Logger

from functions.shared.hints import Hint, NotOurs, read_hint

Step = Callable[[Hint], None]


def run_step(event: Any, *, stage: str, slug: str, step: Step) -> dict[str, Any]:
    """Take `step` for each message of an SQS event; answers the messages to deliver again."""
    logger = Logger(service=stage, stage=stage)
    failed = []
    for record in event["Records"]:
        try:
            hint = replace(
                read_hint(json.loads(record["body"]), slug),
                deliveries=int(record["attributes"]["ApproximateReceiveCount"]),
            )
            logger.append_keys(run=hint.run_name, model=hint.model)
            logger.info(hint.detail_type)
            step(hint)
        except NotOurs as error:
            logger.warning("not about us", why=str(error))
        except Exception:
            logger.exception("the step failed")
            failed.append({"itemIdentifier": record["messageId"]})
        finally:
            logger.remove_keys(["run", "model"])
    return {"batchItemFailures": failed}
