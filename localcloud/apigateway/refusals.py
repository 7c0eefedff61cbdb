"""What the gateway itself answers: gateway responses, filled in from their templates. Pure.

https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_VARIABLE = re.compile(r"\$context\.([A-Za-z][\w.]*\w)|\$\{context\.([A-Za-z][\w.]*\w)\}")

DEFAULT_TEMPLATE = '{"message":$context.error.messageString}'


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """One gateway response type: its default status and the sentence AWS answers with."""

    name: str
    status: int
    message: str


MISSING_AUTHENTICATION_TOKEN = Kind(
    name="MISSING_AUTHENTICATION_TOKEN", status=403, message="Missing Authentication Token"
)
INVALID_SIGNATURE = Kind(
    name="INVALID_SIGNATURE",
    status=403,
    message="The security token included in the request is invalid.",
)
ACCESS_DENIED = Kind(name="ACCESS_DENIED", status=403, message="Forbidden")
REQUEST_TOO_LARGE = Kind(name="REQUEST_TOO_LARGE", status=413, message="Request Too Long")
THROTTLED = Kind(name="THROTTLED", status=429, message="Too Many Requests")
BAD_REQUEST = Kind(name="DEFAULT_4XX", status=400, message="Bad Request")
LAMBDA_FAILED = Kind(name="DEFAULT_5XX", status=502, message="Internal server error")
INTEGRATION_TIMEOUT = Kind(
    name="INTEGRATION_TIMEOUT", status=504, message="Endpoint request timed out"
)
INTERNAL = Kind(name="DEFAULT_5XX", status=500, message="Internal server error")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A whole HTTP answer."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def refuse(kind: Kind, responses: Mapping[str, Any], context: Mapping[str, str]) -> Answer:
    """The API's own gateway response for `kind` (moto's `GatewayResponse`s by type), or AWS's."""
    default = "DEFAULT_4XX" if kind.status < 500 else "DEFAULT_5XX"
    response = responses.get(kind.name) or responses.get(default)
    status, template, headers = kind.status, DEFAULT_TEMPLATE, {}
    if response is not None:
        status = int(response.status_code or kind.status)
        template = (response.response_templates or {}).get("application/json", DEFAULT_TEMPLATE)
        headers = {
            name.removeprefix("gatewayresponse.header."): str(value).strip("'")
            for name, value in (response.response_parameters or {}).items()
            if name.startswith("gatewayresponse.header.")
        }
    known = dict(context) | {
        "error.message": kind.message,
        "error.messageString": json.dumps(kind.message),
        "error.responseType": kind.name,
    }
    headers = {"Content-Type": "application/json", **headers}
    body = fill(template, known).encode()
    return Answer(status=status, headers=tuple(headers.items()), body=body)


def fill(template: str, context: Mapping[str, str]) -> str:
    """`$context.x` replaced; what is not known becomes `-`, as in AWS's access logs."""
    return _VARIABLE.sub(lambda found: context.get(found[1] or found[2], "-"), template)
