"""The inference server: `python -m serving.server serve`, on SageMaker's container contract.

GET /ping answers 200 from the moment that connections are accepted, which is after the model
answered a first row. POST /invocations takes JSON or CSV and answers JSON, or RFC 9457 problems.
SIGTERM: no new connections, answer what is in flight, exit 0.

One process, one thread that computes: the platform scales by instances.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import traceback
from collections.abc import Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Any, Final

import orjson
from granian.server.embed import Server

from learners import interface
from learners.interface import Model
from sluice import requests
from sluice.contracts.container import DONE, MISUSED
from sluice.contracts.environment import ContainerEnvironment
from sluice.contracts.errors import RequestRefused
from sluice.contracts.prediction import (
    MAX_BODY_BYTES,
    PROBLEM_TYPE,
    WARNINGS_ATTRIBUTE,
    problem,
)

_PATIENCE: Final = 32 * 1024 * 1024
"""Bytes of a body after which the connection is given up: beyond what SageMaker passes on."""

_ATTRIBUTES: Final = "x-amzn-sagemaker-custom-attributes"
"""Header that SageMaker hands on as `CustomAttributes` of InvokeEndpoint's answer."""


class Application:
    """Answers HTTP requests on one model; an RSGI application."""

    def __init__(self, model: Model, version: str) -> None:
        self._model = model
        self._version = version

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one request (https://github.com/emmett-framework/granian, RSGI 1.5)."""
        status, body, headers = HTTPStatus.OK, b"", []
        try:
            match scope.method, scope.path:
                case "GET", "/ping":
                    pass
                case "POST", "/invocations":
                    sent = await _bounded_body(protocol)
                    sent = requests.expanded(sent, scope.headers.get("content-encoding"))
                    body, warned = self.invoke(sent, scope.headers.get("content-type"))
                    headers = [(_ATTRIBUTES, f"{WARNINGS_ATTRIBUTE}={warned}")] if warned else []
                case _, "/ping" | "/invocations":
                    raise RequestRefused(405, f"{scope.path} does not take {scope.method}.")
                case _:
                    raise RequestRefused(404, "There are /ping and /invocations here.")
        except RequestRefused as refusal:
            status, body = HTTPStatus(refusal.status), _problem(refusal)
        except Exception:  # the server's edge: one request fails, the next must not
            traceback.print_exc()
            status = HTTPStatus.INTERNAL_SERVER_ERROR
            body = _problem(RequestRefused(status, "The model failed on this request."))
        kind = "application/json" if status is HTTPStatus.OK else PROBLEM_TYPE
        protocol.response_bytes(int(status), [("content-type", kind), *headers], body)

    def invoke(self, body: bytes, content_type: str | None) -> tuple[bytes, int]:
        """Predictions for one request body, as JSON, and how many warnings there are of them;
        raises `RequestRefused`."""
        signature = self._model.signature
        instances = requests.read(body, content_type, signature, fast=orjson.loads)
        answers = self._model.respond(instances.columns)
        document: dict[str, Any] = {"version": self._version, "predictions": answers.predictions}
        warnings = [
            *(_read_past(name) for name in instances.read_past),
            *map(asdict, answers.warnings),
        ]
        if answers.warned > len(answers.warnings):
            more = f"There are {answers.warned - len(answers.warnings):,} more warnings."
            warnings.append({"row": None, "column": None, "detail": more})
        if warnings:
            document["warnings"] = warnings
        return orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY), answers.warned


def _read_past(name: str) -> dict[str, Any]:
    return {"row": None, "column": name, "detail": "The model does not look at this column."}


async def _bounded_body(protocol: Any) -> bytes:
    """The body; of one that is too large, what follows is read to be forgotten.

    A client that is still sending does not read, so a refusal must wait for it, within bounds.
    """
    body = bytearray()
    size = 0
    async for chunk in protocol:
        size += len(chunk)
        if size <= MAX_BODY_BYTES:
            body += chunk
        elif size > _PATIENCE:
            break
    if size > MAX_BODY_BYTES:
        raise requests.too_large()
    return bytes(body)


def _problem(refusal: RequestRefused) -> bytes:
    return orjson.dumps(
        problem(
            refusal.status,
            HTTPStatus(refusal.status).phrase,
            refusal.reason,
            remedy=refusal.remedy,
            problems=refusal.problems,
        )
    )


async def serve(env: ContainerEnvironment) -> None:
    """Load, warm up, listen, until SIGTERM or SIGINT."""
    model = interface.load(env.tree.model)
    model.warm_up()
    version = env.version or model.signature.version
    server = Server(
        Application(model, version),
        address="0.0.0.0",  # noqa: S104 - the platform's load balancer calls from outside
        port=env.port,
        websockets=False,
        log_enabled=False,
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    await server.serve()


def main(arguments: Sequence[str]) -> int:
    """Serve until told to stop; the exit code."""
    if list(arguments) != ["serve"]:
        print("usage: python -m serving.server serve", file=sys.stderr)
        return MISUSED
    asyncio.run(serve(ContainerEnvironment.read()))
    return DONE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
