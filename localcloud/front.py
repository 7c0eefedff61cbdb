"""The door to the control plane: moto's own WSGI application, and before it what moto cannot do.

In order: web pages are turned away, since a browser lets any page send requests to this machine;
SageMaker's InvokeEndpoint is answered; conditional writes take turns, because moto looks first and
then writes, so that two would win: S3's for each key, DynamoDB's requests all; then moto. What moto
has not is answered `NotImplemented`, by name, and never with an invented answer.
"""

from __future__ import annotations

import json
import re
import threading
import traceback
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from localcloud.sagemaker import runtime

StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

_keys = [threading.Lock() for _ in range(64)]
_tables = threading.Lock()
_LOCAL = re.compile(r"(https?://)?(localhost|127\.0\.0\.1|[\w.-]+\.localhost)(:\d+)?$")


def application() -> Application:
    """The WSGI application of the endpoint URL."""
    moto: Application = DomainDispatcherApplication(create_backend_app)

    def front(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        try:
            if not _is_local(environ):
                said = "Only programs on this machine may use the offline cloud."
                return _error(environ, start_response, "403 Forbidden", "AccessDenied", said)
            answered: Iterable[bytes] | None = runtime.handle(environ, start_response)
            if answered is not None:
                return answered
            with _turn(environ):
                return moto(environ, start_response)
        except NotImplementedError as error:
            said = str(error) or _operation(environ)
            return _error(environ, start_response, "501 Not Implemented", "NotImplemented", said)
        except Exception as error:
            traceback.print_exc()
            said = f"The offline cloud failed: {type(error).__name__}: {error}"
            return _error(environ, start_response, "500 Server Error", "InternalFailure", said)

    return front


def _is_local(environ: dict[str, Any]) -> bool:
    """Whether neither Host (DNS rebinding) nor Origin (a web page) is foreign."""
    named = (environ.get("HTTP_HOST"), environ.get("HTTP_ORIGIN"))
    return all(name is None or _LOCAL.match(name) for name in named)


def _turn(environ: dict[str, Any]) -> AbstractContextManager[Any]:
    if environ.get("HTTP_X_AMZ_TARGET", "").startswith("DynamoDB_"):
        return _tables
    conditional = "HTTP_IF_NONE_MATCH" in environ or "HTTP_IF_MATCH" in environ
    if conditional and environ["REQUEST_METHOD"] in ("PUT", "POST", "DELETE"):
        return _keys[hash(environ["PATH_INFO"]) % len(_keys)]
    return nullcontext()


def _operation(environ: dict[str, Any]) -> str:
    target = environ.get("HTTP_X_AMZ_TARGET")
    return target or f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"


def _error(
    environ: dict[str, Any], start_response: StartResponse, status: str, code: str, message: str
) -> list[bytes]:
    """An error in the form that the caller's protocol understands."""
    if "s3" in environ.get("HTTP_AUTHORIZATION", "").partition("/aws4_request")[0]:
        kind, body = "application/xml", f"<Error><Code>{code}</Code><Message>{_xml(message)}"
        body += "</Message></Error>"
    elif str(environ.get("CONTENT_TYPE", "")).startswith("application/x-www-form-urlencoded"):
        kind, body = "text/xml", f"<ErrorResponse><Error><Code>{code}</Code><Message>"
        body += f"{_xml(message)}</Message></Error><RequestId>0</RequestId></ErrorResponse>"
    else:
        kind, body = "application/json", json.dumps({"__type": code, "message": message})
    data = body.encode()
    headers = [("Content-Type", kind), ("Content-Length", str(len(data)))]
    start_response(status, [*headers, ("x-amzn-ErrorType", code)])
    return [data]


def _xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
