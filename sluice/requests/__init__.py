"""Reading one prediction request and holding it against a model's signature.

The front door (functions/serve), the container (serving/) and the reader of captured traffic
(functions/watch) all call `read`, so they agree on what a request may hold and what its cells mean.
Standard library and contracts only: it runs in a Lambda function.

Statuses of a refusal: 400 the body cannot be parsed, 413 too large, 415 not JSON or CSV, or in a
charset that is not known, 422 it can be parsed but the model cannot answer it (each fault with its
row, from 0, and its column).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sluice.contracts.errors import RequestRefused
from sluice.contracts.prediction import Signature
from sluice.requests.body import as_utf8, decoded, expanded, too_large
from sluice.requests.checking import Instances, check_objects, check_table
from sluice.requests.parsing import parse_csv, parse_json
from sluice.requests.refusing import MAX_PROBLEMS, shown

__all__ = [
    "CSV",
    "JSON",
    "MAX_PROBLEMS",
    "Instances",
    "as_utf8",
    "expanded",
    "read",
    "too_large",
]

JSON: Final = "application/json"
CSV: Final = "text/csv"


def read(
    body: bytes,
    content_type: str | None,
    signature: Signature,
    *,
    fast: Callable[[str], Any] | None = None,
) -> Instances:
    """The rows in `body`, checked; raises `RequestRefused`.

    `fast` may bring a parser of JSON that is quicker than Python's own: what it refuses with a
    ValueError is read again by Python's, which settles it. It must not take what Python's refuses.
    """
    plain = expanded(body, None)
    kind = (content_type or "").partition(";")[0].strip().lower()
    if kind not in (JSON, CSV):
        raise RequestRefused(
            415,
            f"The content type is {shown(content_type)}; this model reads {JSON} and {CSV}.",
            remedy=f"Set the header Content-Type: {JSON}.",
        )
    text = decoded(plain, content_type or "")
    if kind == JSON:
        return check_objects(parse_json(text, fast), signature)
    return check_table(parse_csv(text), signature)
