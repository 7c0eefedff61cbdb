"""The answers of the front door, as API Gateway's Lambda proxy integration takes them. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from sluice.contracts.errors import RequestRefused
from sluice.contracts.prediction import PROBLEM_TYPE, Signature, problem
from sluice.contracts.release import Champion

RETRY_SECONDS: Final = 10
"""What Retry-After says: an endpoint is back, or throttling has passed, within seconds."""

_RETRY_LATER: Final = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One HTTP answer."""

    status: int
    body: str
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    def proxied(self) -> dict[str, Any]:
        """As the Lambda proxy integration takes it."""
        return {
            "statusCode": self.status,
            "headers": {"Content-Type": self.content_type} | self.headers,
            "body": self.body,
            "isBase64Encoded": False,
        }


def document(body: Any) -> Answer:
    """A JSON document."""
    return Answer(status=HTTPStatus.OK, body=json.dumps(body))


def refused(refusal: RequestRefused) -> Answer:
    """A refusal as RFC 9457 problem."""
    status = HTTPStatus(refusal.status)
    body = problem(
        status,
        status.phrase,
        refusal.reason,
        remedy=refusal.remedy,
        problems=refusal.problems,
    )
    headers = {"Retry-After": str(RETRY_SECONDS)} if status in _RETRY_LATER else {}
    return Answer(status=status, body=json.dumps(body), content_type=PROBLEM_TYPE, headers=headers)


def predicted(model: str, body: bytes) -> Answer:
    """The container's answer, with the model's name put in front.

    The container writes `{"version": …, "predictions": […]}`; it is passed on without parsing.
    """
    text = body.decode()
    if not text.startswith("{"):
        raise RequestRefused(
            HTTPStatus.BAD_GATEWAY, f"The endpoint of {model} answered something that is no object."
        )
    return Answer(status=HTTPStatus.OK, body=f'{{"model":{json.dumps(model)},{text[1:]}')


def summary(champion: Champion, signature: Signature) -> dict[str, Any]:
    """One model in the list of models.

    `interface` counts how often what callers depend on (target, columns, how they are read) has
    changed: two versions of one number take the same requests.
    """
    return {
        "model": champion.model,
        "version": champion.version,
        "target": signature.target,
        "interface": champion.generation,
        "run": champion.run,
        "endpoint": champion.endpoint,
        "released_at": champion.released_at,
    }


def described(
    champion: Champion, signature: Signature, metrics: dict[str, float]
) -> dict[str, Any]:
    """One model, its signature and its held-out metrics."""
    shown = signature.model_dump(mode="json", exclude={"model", "version"})
    return summary(champion, signature) | {"signature": shown, "metrics": metrics}
