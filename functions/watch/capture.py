"""Reads SageMaker's data capture files. Pure.

The format is AWS's: JSON Lines, one call a line, `captureData.endpointInput.data` the body,
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture.html.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Traffic:
    """What a window of captured traffic held."""

    calls: int = 0
    rows: int = 0
    unreadable: int = 0
    """Lines or bodies that could not be read: counted, never fatal."""

    def __add__(self, other: Traffic) -> Traffic:
        return Traffic(
            calls=self.calls + other.calls,
            rows=self.rows + other.rows,
            unreadable=self.unreadable + other.unreadable,
        )


def read_capture(lines: Iterable[bytes]) -> Traffic:
    """Calls and rows in one capture file."""
    calls = rows = unreadable = 0
    for line in lines:
        if not line.strip():
            continue
        calls += 1
        try:
            sent = json.loads(line)["captureData"]["endpointInput"]
            rows += _rows(sent)
        except (ValueError, KeyError, TypeError, RecursionError):
            unreadable += 1
    return Traffic(calls=calls, rows=rows, unreadable=unreadable)


def _rows(sent: dict[str, str]) -> int:
    body = sent["data"]
    if sent.get("encoding") == "BASE64":
        body = base64.b64decode(body, validate=True).decode()
    if sent.get("observedContentType", "").startswith("text/csv"):
        return max(0, len(body.strip().splitlines()) - 1)
    return len(json.loads(body)["instances"])
