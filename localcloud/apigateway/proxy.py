"""Lambda proxy integration: the event a function gets, and its answer made HTTP. Pure.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

from __future__ import annotations

import base64
import binascii
import fnmatch
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from localcloud.apigateway.refusals import Answer


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One HTTP request, already routed."""

    method: str
    path: str
    """Below the stage."""
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    resource: str
    """The resource's path as declared: `/v1/models/{model}`."""
    parameters: dict[str, str]
    """Values of the path's `{…}`."""
    stage: str
    api_id: str
    context: Mapping[str, str]
    """`$context` variables: requestId, identity.sourceIp, ..."""


def event(request: Request, *, binary_types: Sequence[str]) -> dict[str, Any]:
    """The proxy event, version 1.0."""
    single, multi = _spread(request.headers)
    query, multi_query = _spread(parse_qsl(request.query, keep_blank_values=True))
    content_type = _get(request.headers, "content-type")
    body, encoded = _body_text(request.body, binary=_matches(content_type, binary_types))
    context = request.context
    return {
        "resource": request.resource,
        "path": request.path,
        "httpMethod": request.method,
        "headers": single,
        "multiValueHeaders": multi,
        "queryStringParameters": query or None,
        "multiValueQueryStringParameters": multi_query or None,
        "pathParameters": request.parameters or None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": request.resource,
            "httpMethod": request.method,
            "path": f"/{request.stage}{request.path}",
            "protocol": "HTTP/1.1",
            "stage": request.stage,
            "apiId": request.api_id,
            "accountId": context["accountId"],
            "requestId": context["requestId"],
            "extendedRequestId": context["requestId"],
            "requestTime": context["requestTime"],
            "requestTimeEpoch": int(context["requestTimeEpoch"]),
            "domainName": context["domainName"],
            "identity": {
                "sourceIp": context["identity.sourceIp"],
                "userAgent": _get(request.headers, "user-agent"),
                "accessKey": context.get("identity.accessKey"),
                "accountId": context["accountId"],
                "caller": context.get("identity.caller"),
                "user": context.get("identity.user"),
                "userArn": context.get("identity.userArn"),
            },
        },
        "body": body,
        "isBase64Encoded": encoded,
    }


def answer(payload: bytes, *, accept: str, binary_types: Sequence[str]) -> Answer:
    """The function's answer as HTTP; `ValueError` where it is not of the proxy's form."""
    told = json.loads(payload)
    if not isinstance(told, dict) or not isinstance(told.get("statusCode"), int | str):
        raise ValueError("The function's answer has no statusCode.")
    headers: list[tuple[str, str]] = []
    many = told.get("multiValueHeaders") or {}
    for name, values in many.items():
        headers += [(name, str(value)) for value in values]
    given = {name.lower() for name in many}
    for name, value in (told.get("headers") or {}).items():
        if name.lower() not in given:
            headers.append((name, str(value)))
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    body = told.get("body")
    if body is not None and not isinstance(body, str):
        raise ValueError("The function's body is no string.")
    data = (body or "").encode()
    if told.get("isBase64Encoded") and _matches(accept, binary_types):
        try:
            data = base64.b64decode(data, validate=True)
        except binascii.Error as error:
            raise ValueError(f"The function's body is not base64: {error}.") from None
    return Answer(status=int(told["statusCode"]), headers=tuple(headers), body=data)


def _body_text(body: bytes, *, binary: bool) -> tuple[str | None, bool]:
    if not body:
        return None, False
    if binary:
        return base64.b64encode(body).decode(), True
    # AWS reads a body of no binary type as UTF-8 and puts U+FFFD where it is not.
    return body.decode("utf-8", errors="replace"), False


def _spread(
    pairs: Sequence[tuple[str, str]],
) -> tuple[dict[str, str], dict[str, list[str]]]:
    multi: dict[str, list[str]] = {}
    for name, value in pairs:
        multi.setdefault(name, []).append(value)
    return {name: values[-1] for name, values in multi.items()}, multi


def _get(headers: Sequence[tuple[str, str]], wanted: str) -> str:
    return next((value for name, value in headers if name.lower() == wanted), "")


def _matches(content_type: str, patterns: Sequence[str]) -> bool:
    """Whether a media type (or the first one of an Accept header) is among binaryMediaTypes."""
    # Where there is none, API Gateway takes JSON.
    first = content_type.split(",")[0].split(";")[0].strip().lower() or "application/json"
    return any(fnmatch.fnmatch(first, pattern.lower()) for pattern in patterns)
