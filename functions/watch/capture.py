"""Reads SageMaker's data capture files, each body as the model that answered it read it. Pure.

The format is AWS's: JSON Lines, one call a line, `captureData.endpointInput.data` the body,
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture.html.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass

from sluice import requests
from sluice.contracts.errors import RequestRefused
from sluice.contracts.prediction import Signature
from sluice.requests import Instances


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


def read_capture(lines: Iterable[bytes], signature: Signature) -> Traffic:
    """Calls and rows in one capture file of a model of this signature."""
    calls = rows = unreadable = 0
    for line in lines:
        if not line.strip():
            continue
        calls += 1
        try:
            sent = json.loads(line)["captureData"]["endpointInput"]
            rows += captured(sent, signature).rows
        except (ValueError, KeyError, TypeError, RecursionError, RequestRefused):
            unreadable += 1
    return Traffic(calls=calls, rows=rows, unreadable=unreadable)


def captured(sent: dict[str, str], signature: Signature) -> Instances:
    """The rows of one call's `endpointInput`; raises what `requests.read` raises, and ValueError
    or KeyError where it is no such member."""
    body = sent["data"].encode()
    if sent.get("encoding") == "BASE64":
        body = base64.b64decode(body, validate=True)
    return requests.read(body, sent.get("observedContentType"), signature)
