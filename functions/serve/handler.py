"""An application called over HTTPS: answer it, or explain why not.

The gateway has already refused what is unsigned, too large or too much. Calls change nothing, so a
repeated one is answered again. Follow `step.py` for the steps.
"""

from __future__ import annotations

from functools import cache, partial
from typing import Any

from aws_lambda_powertools import Logger

from functions.serve.step import ServeStep
from functions.shared.aws import AwsClients
from functions.shared.endpoints import Endpoints
from functions.shared.metrics import count
from functions.shared.models import Models
from functions.shared.objects import Store
from sluice.contracts.environment import ServeEnvironment
from sluice.contracts.timeouts import ENDPOINT_SECONDS

AWS = AwsClients.prepared("s3")


@cache
def of_stack() -> ServeStep:
    """The front door of this stack, from the function's environment."""
    env = ServeEnvironment.read()
    return ServeStep(
        models=Models(AWS.table(env.models_table)),
        artifacts=Store(AWS.client("s3"), env.artifact_bucket),
        endpoints=Endpoints(AWS.runtime(ENDPOINT_SECONDS)),
        count=partial(count, slug=env.slug),
    )


def handle(event: dict[str, Any], context: Any, by: ServeStep | None = None) -> dict[str, Any]:
    """Entry point of the Lambda; `by` lets a test bring its own step."""
    answer = (by or of_stack()).answer(event)
    if answer.status >= 500:
        # The path and the status only: bodies are the caller's own.
        Logger(service="serve").warning(
            "answered an error", path=event.get("path"), status=answer.status
        )
    return answer.proxied()
