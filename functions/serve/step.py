"""The front door: finds the champion of a model, checks the request, has its endpoint answer."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from functions.serve import answers
from functions.serve.answers import Answer
from functions.serve.openapi import openapi
from functions.shared.endpoints import EndpointGone, Endpoints
from functions.shared.models import Models
from functions.shared.objects import Store
from functions.shared.signatures import signature_at
from sluice import requests
from sluice.contracts.errors import RequestRefused
from sluice.contracts.evaluation import Evaluation
from sluice.contracts.prediction import EXPECT_HEADER, VERSION_PARAMETER, Signature
from sluice.contracts.release import Champion

POINTER_SECONDS: Final = 5.0
"""How long a champion pointer is believed before it is read again."""

_MAX_ANSWER_BYTES: Final = 5_000_000
"""A Lambda answers 6 MB at most, its own envelope and the escaping of quotes included."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Call:
    """One request for predictions."""

    body: bytes
    content_type: str | None
    version: str | None
    """The version that the caller counts on; None: any."""


@dataclass(kw_only=True, slots=True)
class ServeStep:
    """One stack's front door; keeps pointers and signatures between calls."""

    models: Models
    artifacts: Store
    endpoints: Endpoints
    count: Callable[[str, str, int], None] = lambda name, model, value: None
    """Adds to a metric of a model."""
    clock: Callable[[], float] = time.monotonic
    _pointers: dict[str, tuple[float, Champion]] = field(default_factory=dict)
    _signatures: dict[str, Signature] = field(default_factory=dict)

    def answer(self, event: dict[str, Any]) -> Answer:
        """The answer to one proxied request."""
        model = (event.get("pathParameters") or {}).get("model", "")
        try:
            match event["httpMethod"], event["resource"]:
                case "GET", "/v1/models":
                    champions = self.models.champions()
                    summaries = [answers.summary(c, self._signature(c)) for c in champions]
                    return answers.document({"models": summaries})
                case "GET", "/v1/models/{model}":
                    return self._describe(model)
                case "POST", "/v1/models/{model}/predictions":
                    return self._predict(model, event)
                case "GET", "/v1/openapi.json":
                    champions = self.models.champions()
                    return answers.document(openapi([self._signature(c) for c in champions]))
                case method, resource:
                    raise RequestRefused(HTTPStatus.NOT_FOUND, f"There is no {method} {resource}.")
        except RequestRefused as refusal:
            return answers.refused(refusal)

    def _describe(self, model: str) -> Answer:
        champion = self._champion(model)
        found = self.artifacts.read_json(self._key(champion.evaluation))
        metrics = Evaluation.model_validate(found).candidate.metrics
        return answers.document(answers.described(champion, self._signature(champion), metrics))

    def _predict(self, model: str, event: dict[str, Any]) -> Answer:
        champion = self._champion(model)
        body = requests.expanded(_body(event), _header(event, "content-encoding"))
        # What is handed on, and captured, is UTF-8, whatever the caller's charset.
        body, content_type = requests.as_utf8(body, _header(event, "content-type"))
        call = _Call(body=body, content_type=content_type, version=_wanted(event))
        try:
            return self._ask(champion, call)
        except EndpointGone:
            del self._pointers[model]
        # The pointer may have moved on since it was read: look again, once.
        try:
            return self._ask(self._champion(model), call)
        except EndpointGone:
            raise RequestRefused(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"The endpoint of {model} is not in service.",
                remedy="Try again in a moment.",
            ) from None

    def _ask(self, champion: Champion, call: _Call) -> Answer:
        """Hold the request against the champion's signature, then have its endpoint answer."""
        if call.version not in (None, champion.version):
            raise RequestRefused(
                HTTPStatus.CONFLICT,
                f"Version {champion.version} of {champion.model} answers now, not {call.version}.",
                remedy=f"GET /v1/models/{champion.model} shows what it takes and gives; then "
                "expect that version, or none.",
            )
        requests.read(call.body, call.content_type, self._signature(champion))
        predicted = self.endpoints.invoke(champion, call.body, call.content_type)
        if len(predicted.body) > _MAX_ANSWER_BYTES:
            raise RequestRefused(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"The answer has {len(predicted.body):,} bytes, more than can be passed on.",
                remedy="Send fewer rows in one request.",
            )
        if predicted.warnings:
            self.count("PredictionWarnings", champion.model, predicted.warnings)
        return answers.predicted(champion.model, predicted.body)

    def _champion(self, model: str) -> Champion:
        known = self._pointers.get(model)
        if known and self.clock() - known[0] < POINTER_SECONDS:
            return known[1]
        champion = self.models.champion(model)
        if champion is None:
            self._pointers.pop(model, None)
            raise self._no_champion(model)
        self._pointers[model] = (self.clock(), champion)
        return champion

    def _no_champion(self, model: str) -> RequestRefused:
        if self.models.knows(model):
            return RequestRefused(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"No version of {model} has been released yet.",
                remedy="See its runs for what it waits for.",
            )
        return RequestRefused(
            HTTPStatus.NOT_FOUND,
            f"There is no model {model!r:.40}.",
            remedy="GET /v1/models lists them.",
        )

    def _signature(self, champion: Champion) -> Signature:
        known = self._signatures.get(champion.model)
        if known is None or known.version != champion.version:
            known = signature_at(self.artifacts, champion.artifacts)
            self._signatures[champion.model] = known
        return known

    def _key(self, uri: str) -> str:
        return uri.removeprefix(f"s3://{self.artifacts.bucket}/")


def _body(event: dict[str, Any]) -> bytes:
    text: str = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return text.encode()
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise RequestRefused(HTTPStatus.BAD_REQUEST, "The body is not base64.") from None


def _wanted(event: dict[str, Any]) -> str | None:
    """The version that the caller expects, by header or query."""
    query: dict[str, str] = event.get("queryStringParameters") or {}
    return _header(event, EXPECT_HEADER.lower()) or query.get(VERSION_PARAMETER)


def _header(event: dict[str, Any], name: str) -> str | None:
    headers: dict[str, str] = event.get("headers") or {}
    return next((value for key, value in headers.items() if key.lower() == name), None)
