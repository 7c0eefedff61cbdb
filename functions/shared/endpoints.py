"""Endpoints, as callers' requests reach them; what goes wrong there, in HTTP's terms."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError, ReadTimeoutError

from sluice.contracts.errors import RequestRefused, Turn
from sluice.contracts.prediction import WARNINGS_ATTRIBUTE
from sluice.contracts.release import Champion
from sluice.contracts.timeouts import ENDPOINT_SECONDS


@dataclass(frozen=True, kw_only=True, slots=True)
class Predicted:
    """An endpoint's answer."""

    body: bytes
    warnings: int = 0
    """How many values of the request were odd."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Invokes endpoints."""

    runtime: Any
    """boto3's client of sagemaker-runtime; it waits `ENDPOINT_SECONDS`."""

    def invoke(self, champion: Champion, body: bytes, content_type: str | None) -> Predicted:
        """What the champion's endpoint answers.

        Raises `EndpointGone` where there is none in service, and `RequestRefused` for all else that
        a caller can be told.
        """
        try:
            answer = self.runtime.invoke_endpoint(
                EndpointName=champion.endpoint,
                Body=body,
                ContentType=content_type or "",
                Accept="application/json",
            )
        except ClientError as error:
            raise _refusal(champion.model, error) from None
        except ReadTimeoutError:
            raise RequestRefused(
                HTTPStatus.GATEWAY_TIMEOUT,
                f"{champion.model} did not answer within {ENDPOINT_SECONDS} s.",
                remedy="Send fewer rows in one request.",
            ) from None
        except (ConnectionError, HTTPClientError):
            raise RequestRefused(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"The endpoint of {champion.model} cannot be reached.",
                remedy="Try again in a moment.",
            ) from None
        return Predicted(
            body=answer["Body"].read(), warnings=_warnings(answer.get("CustomAttributes", ""))
        )


class EndpointGone(Turn):
    """The endpoint that the pointer named is not there or not in service."""


def _refusal(model: str, error: ClientError) -> Exception:
    """What an endpoint's error means to a caller; an error of our own is handed back as it is."""
    code: str = error.response["Error"]["Code"]
    if code in ("ValidationError", "ValidationException"):
        return EndpointGone()
    if code in ("ThrottlingException", "TooManyRequestsException"):
        return RequestRefused(
            HTTPStatus.TOO_MANY_REQUESTS, f"{model} gets more calls than it can answer."
        )
    if code in ("ServiceUnavailable", "ModelNotReadyException"):
        return RequestRefused(
            HTTPStatus.SERVICE_UNAVAILABLE, f"The endpoint of {model} is not ready."
        )
    status = error.response.get("OriginalStatusCode", 0)
    if code == "ModelError" and 400 <= status < 500:
        return _refused_there(status, error.response.get("OriginalMessage", ""))
    if code == "ModelError":
        return RequestRefused(
            HTTPStatus.BAD_GATEWAY,
            f"The model of {model} failed on this request.",
            remedy="Its endpoint's log says why.",
        )
    own: Exception = error
    return own


def _refused_there(status: int, message: str) -> RequestRefused:
    """The container's own refusal, which it gave as a problem document."""
    try:
        told = json.loads(message)
        return RequestRefused(status, str(told["detail"]), problems=tuple(told.get("problems", ())))
    except (ValueError, TypeError, KeyError):
        return RequestRefused(status, "The model refused this request.")


def _warnings(attributes: str) -> int:
    """The count in the custom attributes that the container set, such as `warnings=3`."""
    name, _, number = attributes.partition("=")
    return int(number) if name == WARNINGS_ATTRIBUTE and number.isdecimal() else 0
