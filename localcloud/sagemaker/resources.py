"""What the control plane keeps: a document in the API's own spelling, its ARN and its tags.

A document is what Describe answers, so nothing that a client sent gets lost on the way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from localcloud import house
from localcloud.sagemaker.errors import ValidationException

Document = dict[str, Any]

SOURCE = "aws.sagemaker"


@dataclass(kw_only=True, eq=False)
class Resource:
    """One thing that has a name; `arn` and `tags` are what moto's tag operations look for."""

    arn: str
    tags: list[dict[str, str]]
    document: Document


def now() -> datetime:
    """The time now, as documents hold it."""
    return house.current().clock.now()


def arn(kind: str, name: str) -> str:
    """ARN of the SageMaker resource `kind/name`."""
    home = house.current()
    return f"arn:aws:sagemaker:{home.region}:{home.account}:{kind}/{name}"


_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")


def checked_name(request: Document, member: str) -> str:
    """The name in `request`; names become folders here, so AWS's own rule for them matters."""
    name = str(request[member])
    if len(name) > 63 or not _NAME.fullmatch(name):
        raise ValidationException(
            f"1 validation error detected: Value '{name[:80]}' at "
            f"'{member[0].lower()}{member[1:]}' failed to satisfy constraint: Member must have "
            f"at most 63 characters and satisfy regular expression pattern: {_NAME.pattern}"
        )
    return name


def copied(request: Document, *left_out: str) -> Document:
    """A deep copy of a request without some members and without empty ones."""
    return {k: deepcopy(v) for k, v in request.items() if k not in left_out and v is not None}


def listing(
    resources: Iterable[Resource],
    request: Document,
    *,
    result: str,
    kind: str,
    members: tuple[str, ...],
    newest_first: bool = False,
    keep: Callable[[Document], bool] = lambda document: True,
) -> Document:
    """The answer to a List operation: filtered, sorted and paged as the request says.

    `kind` is the prefix of the name and status members (`TrainingJob`: `TrainingJobName`).
    """
    name, status = f"{kind}Name", f"{kind}Status"
    documents = [dict(resource.document) for resource in resources]
    documents = [d for d in documents if keep(d) and _fits(d, request, name, status)]
    by = {"Name": name, "Status": status}.get(request.get("SortBy", ""), "CreationTime")
    order = request.get("SortOrder") or ("Descending" if newest_first else "Ascending")
    documents.sort(key=lambda d: d.get(by) or "", reverse=order == "Descending")
    start = int(request.get("NextToken") or 0)
    end = start + int(request.get("MaxResults") or 100)
    page = [{m: d[m] for m in members if d.get(m) is not None} for d in documents[start:end]]
    return {result: page} | ({"NextToken": str(end)} if end < len(documents) else {})


def _fits(document: Document, request: Document, name: str, status: str) -> bool:
    if (request.get("NameContains") or "") not in str(document.get(name) or ""):
        return False
    if request.get("StatusEquals") not in (None, document.get(status)):
        return False
    for member in ("CreationTime", "LastModifiedTime"):
        at = document.get(member) or document["CreationTime"]
        after, before = request.get(f"{member}After"), request.get(f"{member}Before")
        if (after and at <= _utc(after)) or (before and at >= _utc(before)):
            return False
    return True


def _utc(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def plain(value: Any, *, times_as_text: bool) -> Any:
    """A document as event details spell it: times in milliseconds since 1970.

    Job events carry them as strings, endpoint and package events as numbers (AWS's samples in
    "Automating SageMaker AI with Amazon EventBridge").
    """
    if isinstance(value, datetime):
        milliseconds = int(value.timestamp() * 1000)
        return str(milliseconds) if times_as_text else milliseconds
    if isinstance(value, dict):
        return {k: plain(v, times_as_text=times_as_text) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v, times_as_text=times_as_text) for v in value]
    return value


def tag_map(tags: list[dict[str, str]]) -> dict[str, str]:
    """Tags as event details spell them."""
    return {tag["Key"]: tag["Value"] for tag in tags}
