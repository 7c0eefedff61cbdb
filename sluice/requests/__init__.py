"""Reading one prediction request and holding it against a model's signature.

The front door (functions/serve) and the container (serving/) both call `read`, so they agree on
what a request may hold. Standard library and contracts only: it runs in a Lambda function.

Statuses of a refusal: 400 the body cannot be parsed, 413 too large, 415 not JSON or CSV, 422 it
can be parsed but the model cannot answer it (each fault with its row, from 0, and its column).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sluice.contracts.errors import RequestRefused
from sluice.contracts.prediction import MAX_BODY_BYTES, Signature
from sluice.requests.checking import Instances, check_objects, check_table
from sluice.requests.parsing import parse_csv, parse_json, strict_json
from sluice.requests.refusing import MAX_PROBLEMS, shown

__all__ = ["CSV", "JSON", "MAX_PROBLEMS", "Instances", "read", "too_large"]

JSON: Final = "application/json"
CSV: Final = "text/csv"


def read(
    body: bytes,
    content_type: str | None,
    signature: Signature,
    *,
    loads: Callable[[str], Any] | None = None,
) -> Instances:
    """The rows in `body`, checked; raises `RequestRefused`.

    `loads` may bring a faster JSON parser; it must raise `json.JSONDecodeError` on malformed text,
    on NaN and on Infinity.
    """
    if len(body) > MAX_BODY_BYTES:
        raise too_large()
    kind = (content_type or "").partition(";")[0].strip().lower()
    if kind not in (JSON, CSV):
        raise RequestRefused(
            415,
            f"The content type is {shown(content_type)}; this model reads {JSON} and {CSV}.",
            remedy=f"Set the header Content-Type: {JSON}.",
        )
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RequestRefused(
            400,
            f"The body is not UTF-8 text (byte {error.start}).",
            remedy="Encode it as UTF-8.",
        ) from None
    if kind == JSON:
        return check_objects(parse_json(text, loads or strict_json), signature)
    return check_table(parse_csv(text), signature)


def too_large() -> RequestRefused:
    """The refusal of a body beyond `MAX_BODY_BYTES`, for whoever counts bytes as they arrive."""
    return RequestRefused(
        413,
        f"The body has more than {MAX_BODY_BYTES} bytes.",
        remedy="Send fewer rows in one request.",
    )
