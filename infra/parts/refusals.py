"""What the HTTPS API itself refuses, before a function runs: problem documents (RFC 9457), like the
function's own, so that callers read one kind of error."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from aws_cdk.aws_apigateway import ResponseType, RestApi

from sluice.contracts.prediction import MAX_BODY_BYTES, PROBLEM_TYPE

_MESSAGE = "$context.error.messageString"
"""API Gateway's own sentence, quotes included."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """One kind of gateway response."""

    kind: str
    """The response type, as API Gateway names it:
    https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html"""
    title: str
    status: int | None = None
    """None: several statuses share this default, and the body names none."""
    detail: str | None = None
    """What the caller should do; None: API Gateway's own sentence."""
    retry_after: int | None = None
    """Seconds."""

    def body(self) -> str:
        """The template of the problem document; API Gateway fills in its variables."""
        detail = _MESSAGE if self.detail is None else json.dumps(self.detail)
        status = "" if self.status is None else f'"status":{self.status},'
        return (
            f'{{"type":"about:blank","title":{json.dumps(self.title)},{status}"detail":{detail}}}'
        )

    def add_to(self, api: RestApi) -> None:
        """Make `api` refuse so."""
        headers = {"Content-Type": f"'{PROBLEM_TYPE}'"}
        if self.retry_after is not None:
            headers["Retry-After"] = f"'{self.retry_after}'"
        api.add_gateway_response(
            self.kind,
            type=ResponseType.of(self.kind),
            status_code=None if self.status is None else str(self.status),
            response_headers=headers,
            templates={"application/json": self.body()},
        )


_SIGN = "Sign the request with AWS Signature Version 4, by an identity that may execute-api:Invoke."

REFUSALS: Final = (
    Refusal(kind="DEFAULT_4XX", title="The request was refused."),
    Refusal(kind="DEFAULT_5XX", title="The request could not be answered."),
    Refusal(
        kind="MISSING_AUTHENTICATION_TOKEN",
        status=403,
        title="The request is not signed, or there is no such path.",
        detail=f"{_SIGN} The paths are in /v1/openapi.json.",
    ),
    Refusal(kind="ACCESS_DENIED", status=403, title="This identity may not call.", detail=_SIGN),
    Refusal(
        kind="INVALID_SIGNATURE", status=403, title="The signature is not valid.", detail=_SIGN
    ),
    Refusal(kind="EXPIRED_TOKEN", status=403, title="The credentials have expired.", detail=_SIGN),
    Refusal(
        kind="REQUEST_TOO_LARGE",
        status=413,
        title="The request is too large.",
        detail=f"The body has more than {MAX_BODY_BYTES:,} bytes, the most that one request may "
        "have. Send fewer rows at once.",
    ),
    Refusal(
        kind="UNSUPPORTED_MEDIA_TYPE",
        status=415,
        title="The content type is not supported.",
        detail="Send application/json or text/csv.",
    ),
    Refusal(
        kind="THROTTLED",
        status=429,
        title="Too many requests.",
        detail="Wait a second, then try again, more slowly each time.",
        retry_after=1,
    ),
    Refusal(
        kind="INTEGRATION_TIMEOUT",
        status=504,
        title="The model did not answer in time.",
        detail="Try again, with fewer rows.",
    ),
)
