"""InvokeEndpoint: the data plane that stands before moto, a thin proxy to the instances.

Refusals carry AWS's codes and members, so that botocore raises what it raises on AWS.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import urllib3
from moto.sagemaker.models import sagemaker_backends

from localcloud import house
from localcloud.sagemaker.capture import Exchange
from localcloud.sagemaker.endpoints import Endpoint
from localcloud.sagemaker.fleets import Deployment, Fleet
from localcloud.sagemaker.resources import now

MAX_BODY_BYTES = 25 * 1024 * 1024
"""Largest request of a real-time endpoint (SageMaker AI hosting FAQ)."""

_PATH = re.compile(r"/endpoints/([^/]+)/(invocations|async-invocations|invocations-\w[\w-]*)")
_STATUS = {200: "OK", 400: "Bad Request", 424: "Failed Dependency", 501: "Not Implemented"}
_STATUS[503] = "Service Unavailable"

_PASSED = {
    "CONTENT_TYPE": "Content-Type",
    "HTTP_ACCEPT": "Accept",
    "HTTP_X_AMZN_SAGEMAKER_CUSTOM_ATTRIBUTES": "X-Amzn-SageMaker-Custom-Attributes",
    "HTTP_X_AMZN_SAGEMAKER_INFERENCE_ID": "X-Amzn-SageMaker-Inference-Id",
    "HTTP_X_AMZN_SAGEMAKER_TARGET_MODEL": "X-Amzn-SageMaker-Target-Model",
}
"""Request headers that reach the container."""

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """An HTTP answer."""

    status: int
    body: bytes
    headers: dict[str, str]


def handle(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes] | None:
    """Answer a request for an endpoint; None where the request is for somebody else."""
    match = _PATH.fullmatch(environ.get("PATH_INFO", ""))
    if match is None or environ.get("REQUEST_METHOD") != "POST":
        return None
    if match[2] != "invocations":
        reply = _refusal(
            501, "NotImplemented", f"{match[2]} is not there in the offline cloud; use invocations."
        )
    else:
        reply = invoke(unquote(match[1]), environ)
    headers = reply.headers | {"Content-Length": str(len(reply.body))}
    reason = _STATUS.get(reply.status, "Unknown")
    start_response(f"{reply.status} {reason}", list(headers.items()))
    return [reply.body]


def invoke(name: str, environ: dict[str, Any]) -> Reply:
    """Read the request, ask an instance, say what it said."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(min(length, MAX_BODY_BYTES + 1)) if length else b""
    if length > MAX_BODY_BYTES:
        message = f"Request {length} has exceeded the size limit of {MAX_BODY_BYTES} bytes."
        refusal = _refusal(400, "ValidationError", message)
        refusal.headers["Connection"] = "close"  # The rest of the body was not read.
        return refusal
    home = house.current()
    endpoint = sagemaker_backends[home.account][home.region].hosting.by_name.get(name)
    absent = f"Endpoint {name} of account {home.account} not found."
    if endpoint is None:
        return _refusal(400, "ValidationError", absent)
    headers = {to: environ[of] for of, to in _PASSED.items() if environ.get(of)}
    variant = environ.get("HTTP_X_AMZN_SAGEMAKER_TARGET_VARIANT")
    for _ in range(3):  # A deployment may be replaced between choosing it and leasing from it.
        live: Deployment | None = endpoint.live
        if live is None:
            return _refusal(400, "ValidationError", absent)
        fleet = live.choose(variant)
        if fleet is None:
            message = f'Variant "{variant}" does not exist for endpoint "{name}".'
            return _refusal(400, "ValidationError", message)
        reply = _ask(endpoint, live, fleet, body, headers)
        if reply is not None:
            return reply
        if endpoint.live is live:
            break
    return _refusal(
        503, "ServiceUnavailable", f"No instance of endpoint {name} is healthy; try again."
    )


def _ask(
    endpoint: Endpoint, live: Deployment, fleet: Fleet, body: bytes, headers: dict[str, str]
) -> Reply | None:
    """The answer of one instance; None where there is none, or where it could not be reached."""
    with fleet.lease() as instance:
        if instance is None:
            return None
        begun = time.perf_counter()
        try:
            answer = instance.call(body, headers)
        except urllib3.exceptions.NewConnectionError:
            return None  # It died just now and never saw the request.
        except urllib3.exceptions.TimeoutError:
            _record(fleet, begun, 500)
            return _model_error(
                endpoint,
                0,
                "Your invocation timed out while waiting for a response from container primary. "
                "Review the latency metrics for each container in Amazon CloudWatch, resolve the "
                "issue, and try again.",
            )
        except urllib3.exceptions.HTTPError:
            _record(fleet, begun, 500)
            message = "The container closed the connection before it had answered."
            return _model_error(endpoint, 0, message)
    _record(fleet, begun, answer.status)
    if answer.status >= 400:
        return _model_error(endpoint, answer.status, answer.data.decode("utf-8", "replace"))
    custom = "X-Amzn-SageMaker-Custom-Attributes"
    if live.capture:
        live.capture.offer(
            Exchange(
                variant=fleet.recipe.variant,
                content_type=headers.get("Content-Type", ""),
                body=body,
                answer_type=answer.headers.get("Content-Type", ""),
                answer=answer.data,
                at=now(),
                inference_id=headers.get("X-Amzn-SageMaker-Inference-Id"),
                custom_attributes=headers.get(custom),
            )
        )
    said = {
        "Content-Type": answer.headers.get("Content-Type", "application/octet-stream"),
        "x-Amzn-Invoked-Production-Variant": fleet.recipe.variant,
    }
    if custom in answer.headers:
        said[custom] = answer.headers[custom]
    return Reply(status=200, body=answer.data, headers=said)


def _record(fleet: Fleet, begun: float, status: int) -> None:
    seconds = time.perf_counter() - begun
    fleet.meter.record(seconds=seconds, status=status, instances=fleet.count)


def _model_error(endpoint: Endpoint, status: int, message: str) -> Reply:
    home = house.current()
    kind = "client" if 400 <= status < 500 else "server"
    group = f"/aws/sagemaker/Endpoints/{endpoint.name}"
    return _refusal(
        424,
        "ModelError",
        f'Received {kind} error ({status}) from primary with message "{message[:1024]}". '
        f"See {group} in account {home.account} for more information.",
        OriginalStatusCode=status,
        OriginalMessage=message,
        LogStreamArn=f"arn:aws:logs:{home.region}:{home.account}:log-group:{group}",
    )


def _refusal(status: int, code: str, message: str, **members: Any) -> Reply:
    body = json.dumps({"Message": message, "message": message, **members}).encode()
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": code}
    return Reply(status=status, body=body, headers=headers)
