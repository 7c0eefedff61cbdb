"""The gateway: routes a request as the deployed API says, authenticates, throttles, invokes.

A URL is `https://localhost:<port>/<api id>/<stage>/…`. What is not known to the API is refused as
AWS refuses it, by the API's own gateway responses.
"""

from __future__ import annotations

import base64
import json
import re
import traceback
import uuid
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from moto.apigateway.models import Method, RestAPI, Stage, apigateway_backends
from moto.awslambda.models import lambda_backends

from localcloud import house, identity, logs
from localcloud.apigateway import proxy, refusals
from localcloud.apigateway.refusals import Answer, Kind
from localcloud.apigateway.throttle import Throttle

MAX_BODY = 10 * 1024 * 1024
"""Bytes (https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html)."""

TIMEOUT_SECONDS = 29.0
"""Default integration timeout of a regional REST API."""

MAX_LAMBDA_BODY = 6 * 1024 * 1024

_FUNCTION = re.compile(r"functions/(arn:[^/]+)/invocations$")
_PLACE = re.compile(r"\{(\w+)(\+?)\}")
_threads = ThreadPoolExecutor(max_workers=64, thread_name_prefix="gateway")
_throttle = Throttle()

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """The WSGI application behind the HTTPS port."""
    context = _context(environ)
    try:
        answer = _answer(environ, context)
    except Exception:
        traceback.print_exc()
        answer = refusals.refuse(refusals.INTERNAL, {}, context)
    headers = [*answer.headers, ("x-amzn-RequestId", context["requestId"])]
    headers.append(("Content-Length", str(len(answer.body))))
    status = HTTPStatus(answer.status)
    start_response(f"{status.value} {status.phrase}", headers)
    return [answer.body]


def _answer(environ: dict[str, Any], context: dict[str, str]) -> Answer:
    home = house.current()
    # PATH_INFO is decoded already, so that an encoded slash would split a path parameter.
    parts = environ["REQUEST_URI"].partition("?")[0].split("/", 3)
    api_id, stage_name, rest = [*parts, "", "", ""][1:4]
    api: RestAPI | None = apigateway_backends[home.account][home.region].apis.get(api_id)
    stage: Stage | None = api.stages.get(stage_name) if api else None
    if api is None or stage is None:
        return refusals.refuse(refusals.ACCESS_DENIED, {}, context)
    context |= {"apiId": api_id, "stage": stage_name, "path": f"/{stage_name}/{rest}"}
    try:
        answer = _serve(api, stage, f"/{rest}", environ, context)
    except _Refused as refused:
        answer = refusals.refuse(refused.kind, api.gateway_responses, context)
    _access_log(stage, context, answer)
    return answer


class _Refused(Exception):
    def __init__(self, kind: Kind) -> None:
        self.kind = kind


def _serve(
    api: RestAPI, stage: Stage, path: str, environ: dict[str, Any], context: dict[str, str]
) -> Answer:
    verb = environ["REQUEST_METHOD"]
    resource, method, parameters = _route(api, path, verb)
    context["resourcePath"] = resource
    if method.authorization_type == "AWS_IAM":
        _authenticate(environ, context)
    elif method.authorization_type not in (None, "NONE"):
        raise NotImplementedError(f"API authorization {method.authorization_type} is not there.")
    body = _body(environ)
    settings = stage.method_settings.get("*/*", {})
    rate = float(settings.get("throttlingRateLimit", 10_000))
    burst = int(settings.get("throttlingBurstLimit", 5_000))
    if not _throttle.allows((api.id, context["stage"], resource, verb), rate=rate, burst=burst):
        raise _Refused(refusals.THROTTLED)
    request = proxy.Request(
        method=verb,
        path=unquote(path),
        query=environ.get("QUERY_STRING", ""),
        headers=_headers(environ),
        body=body,
        resource=resource,
        parameters=parameters,
        stage=context["stage"],
        api_id=api.id,
        context=context,
    )
    return _integrate(api, method, request, environ.get("HTTP_ACCEPT", ""))


def _integrate(api: RestAPI, method: Method, request: proxy.Request, accept: str) -> Answer:
    integration = method.method_integration
    kind = integration.integration_type if integration else None
    found = _FUNCTION.search(integration.uri or "") if integration else None
    if kind != "AWS_PROXY" or found is None:
        raise NotImplementedError(f"API integrations of type {kind} are not there.")
    home = house.current()
    function = lambda_backends[home.account][home.region].get_function(found[1])
    binary_types = api.binaryMediaTypes
    event = proxy.event(request, binary_types=binary_types)
    if len(event["body"] or "") > MAX_LAMBDA_BODY:
        raise _Refused(refusals.REQUEST_TOO_LARGE)
    timeout = float(getattr(integration, "timeout_in_millis", None) or 0) / 1000
    try:
        result = _threads.submit(function.run, event).result(timeout or TIMEOUT_SECONDS)
    except TimeoutError:
        raise _Refused(refusals.INTEGRATION_TIMEOUT) from None
    if result.failed:
        raise _Refused(refusals.LAMBDA_FAILED)
    try:
        return proxy.answer(result.payload, accept=accept, binary_types=binary_types)
    except ValueError:
        raise _Refused(refusals.LAMBDA_FAILED) from None


def _route(api: RestAPI, path: str, verb: str) -> tuple[str, Method, dict[str, str]]:
    """The most specific resource: fixed parts before `{one}`, and that before `{rest+}`."""
    found: list[tuple[tuple[int, ...], str, Method, dict[str, str]]] = []
    for resource in api.resources.values():
        declared = resource.get_path()
        parameters = _match(declared, path)
        method = resource.resource_methods.get(verb) or resource.resource_methods.get("ANY")
        if parameters is not None and method is not None:
            found.append((_rank(declared), declared, method, parameters))
    if not found:
        raise _Refused(refusals.MISSING_AUTHENTICATION_TOKEN)
    _, declared, method, parameters = min(found, key=lambda entry: entry[0])
    return declared, method, parameters


def _match(declared: str, path: str) -> dict[str, str] | None:
    pattern = "".join(
        re.escape(part)
        if not (place := _PLACE.fullmatch(part))
        else f"(?P<{place[1]}>{'.+' if place[2] else '[^/]+'})"
        for part in re.split(r"(\{\w+\+?\})", declared)
    )
    found = re.fullmatch(pattern, path.rstrip("/") or "/")
    return {k: unquote(v) for k, v in found.groupdict().items()} if found else None


def _rank(declared: str) -> tuple[int, ...]:
    places = [_PLACE.fullmatch(part) for part in declared.split("/")]
    return tuple(0 if place is None else 2 if place[2] else 1 for place in places)


def _authenticate(environ: dict[str, Any], context: dict[str, str]) -> None:
    authorization = environ.get("HTTP_AUTHORIZATION", "")
    if not authorization.startswith("AWS4-HMAC-SHA256 "):
        raise _Refused(refusals.MISSING_AUTHENTICATION_TOKEN)
    caller = identity.signer(authorization)
    if caller is None:
        raise _Refused(refusals.INVALID_SIGNATURE)
    context |= {
        "identity.accessKey": caller.access_key,
        "identity.caller": caller.user_id,
        "identity.user": caller.user_id,
        "identity.userArn": caller.arn,
    }


def _body(environ: dict[str, Any]) -> bytes:
    length = environ.get("CONTENT_LENGTH") or ""
    if length and not length.isdigit():
        raise _Refused(refusals.BAD_REQUEST)
    if int(length or 0) > MAX_BODY:
        raise _Refused(refusals.REQUEST_TOO_LARGE)
    stream = environ["wsgi.input"]
    if length:
        return bytes(stream.read(int(length)))
    body = bytes(stream.read(MAX_BODY + 1)) if environ.get("wsgi.input_terminated") else b""
    if len(body) > MAX_BODY:
        raise _Refused(refusals.REQUEST_TOO_LARGE)
    return body


def _headers(environ: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    names = {"CONTENT_TYPE": "Content-Type", "CONTENT_LENGTH": "Content-Length"}
    plain = [(names[n], str(environ[n])) for n in names if environ.get(n)]
    rest = [
        (name[5:].replace("_", "-").title(), str(value))
        for name, value in environ.items()
        if name.startswith("HTTP_")
    ]
    return tuple(plain + rest)


def _context(environ: Mapping[str, Any]) -> dict[str, str]:
    home = house.current()
    now = home.clock.now()
    request_id = str(uuid.uuid4())
    return {
        "accountId": home.account,
        "requestId": request_id,
        "extendedRequestId": base64.b64encode(request_id.encode()[:9]).decode(),
        "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "requestTimeEpoch": str(int(now.timestamp() * 1000)),
        "httpMethod": str(environ["REQUEST_METHOD"]),
        "protocol": str(environ.get("SERVER_PROTOCOL", "HTTP/1.1")),
        "domainName": str(environ.get("HTTP_HOST", "localhost")),
        "identity.sourceIp": str(environ.get("REMOTE_ADDR", "127.0.0.1")),
    }


def _access_log(stage: Stage, context: Mapping[str, str], answer: Answer) -> None:
    setting: dict[str, str] = getattr(stage, "access_log", None) or {}
    if not setting:
        return
    group = setting["DestinationArn"].split(":log-group:")[-1].removesuffix(":*")
    known = dict(context) | {
        "status": str(answer.status),
        "responseLength": str(len(answer.body)),
    }
    line = refusals.fill(setting.get("Format") or json.dumps(known), known)
    logs.put_lines(group, "live", [(int(known["requestTimeEpoch"]), line)])
