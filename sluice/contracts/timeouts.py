"""How long functions may run, as their settings have it and as others reckon with it."""

from __future__ import annotations

from typing import Final

STAGE_SECONDS: Final = 60
"""Time-out of a function, unless it is said below."""

VALIDATE_SECONDS: Final = 900
"""Time-out of validate: the most that Lambda allows,
https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html"""

SERVE_SECONDS: Final = 29
"""Time-out of serve: API Gateway gives up then,
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html"""

ENDPOINT_SECONDS: Final = 25
"""Patience of serve with an endpoint: within its own time, so that the caller is told."""

MARGIN_SECONDS: Final = 30
"""Between a function's time-out and its message becoming visible again."""
