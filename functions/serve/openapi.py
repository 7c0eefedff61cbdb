"""The OpenAPI document of the front door, from the signatures of the models that serve. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sluice.contracts.prediction import (
    EXPECT_HEADER,
    MAX_ROWS,
    PROBLEM_TYPE,
    VERSION_PARAMETER,
    Signature,
    SignatureColumn,
)

_TYPES: Final[dict[str, dict[str, Any]]] = {
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "category": {"type": "string"},
    "date": {"type": "string", "format": "date"},
    "timestamp": {"type": "string", "format": "date-time"},
}
_EXPECTED_VERSION: Final = [
    {
        "name": name,
        "in": where,
        "description": "The version that the caller counts on; another one answers 409.",
        "schema": {"type": "string"},
    }
    for name, where in ((EXPECT_HEADER, "header"), (VERSION_PARAMETER, "query"))
]
_PROBLEM: Final = {
    "description": "Why not, by RFC 9457; `problems` names rows and columns.",
    "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def openapi(signatures: Iterable[Signature]) -> dict[str, Any]:
    """OpenAPI 3.1: one path a model, so that a client sees the columns it must send."""
    paths: dict[str, Any] = {
        "/v1/models": {"get": _operation("The models that answer", "array of summaries")},
        "/v1/models/{model}": {
            "get": _operation("One model: its signature and metrics", "model")
            | {
                "parameters": [
                    {
                        "name": "model",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string"},
                    }
                ]
            }
        },
    }
    for signature in signatures:
        paths[f"/v1/models/{signature.model}/predictions"] = {"post": _predictions(signature)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sluice predictions", "version": "1"},
        "paths": paths,
        "components": {
            "schemas": {
                "Problem": {
                    "type": "object",
                    "required": ["type", "title", "status", "detail"],
                    "properties": {
                        "type": {"type": "string"},
                        "title": {"type": "string"},
                        "status": {"type": "integer"},
                        "detail": {"type": "string"},
                        "problems": {"type": "array", "items": {"type": "object"}},
                    },
                }
            },
            "securitySchemes": {
                "sigv4": {"type": "apiKey", "name": "Authorization", "in": "header"}
            },
        },
        "security": [{"sigv4": []}],
    }


def _operation(summary: str, what: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"type": "object", "description": what}}}
    return {
        "summary": summary,
        "responses": {"200": {"description": what, "content": content}, "default": _PROBLEM},
    }


def _predictions(signature: Signature) -> dict[str, Any]:
    properties: dict[str, Any] = {c.name: _column(c) for c in signature.columns}
    for name in signature.read_past:
        properties[name] = {"description": "The model does not look at this column."}
    row = {
        "type": "object",
        "additionalProperties": False,
        "required": [c.name for c in signature.columns if not c.nullable],
        "properties": properties,
    }
    body = {
        "type": "object",
        "required": ["instances"],
        "additionalProperties": False,
        "properties": {
            "instances": {"type": "array", "minItems": 1, "maxItems": MAX_ROWS, "items": row}
        },
    }
    return _operation(f"Predict {signature.target}", f"one {signature.target} a row") | {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": body},
                "text/csv": {"schema": {"type": "string", "minLength": 1}},
            },
        },
        "parameters": _EXPECTED_VERSION,
    }


def _column(column: SignatureColumn) -> dict[str, Any]:
    kind = _TYPES[column.type]
    return {"anyOf": [kind, {"type": "null"}]} if column.nullable else kind
