"""An application called over HTTPS: answer it, or explain why not.

The gateway has already refused what is unsigned, too large or too much. Calls change nothing, so a
repeated one is answered again. Follow `door.py` for the steps.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from aws_lambda_powertools import Logger

from functions.serve.door import Door
from functions.shared.clients import prepare
from functions.shared.models import Models
from functions.shared.store import Store
from sluice.contracts.environment import ServeEnvironment

prepare("s3")


@cache
def door() -> Door:
    """The front door of this stack, from the function's environment."""
    env = ServeEnvironment.read()
    return Door(models=Models(env.models_table), artifacts=Store(env.artifact_bucket))


def handle(event: dict[str, Any], context: Any, by: Door | None = None) -> dict[str, Any]:
    """Entry point of the Lambda; `by` lets a test bring its own door."""
    answer = (by or door()).answer(event)
    if answer.status >= 500:
        # The path and the status only: bodies are the caller's own.
        Logger(service="serve").warning(
            "answered an error", path=event.get("path"), status=answer.status
        )
    return answer.proxied()
