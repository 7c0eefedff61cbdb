"""Data capture: requests and answers as JSON Lines in S3, off the request's path.

The lines and the keys are as AWS writes them ("Capture data from real-time endpoint").
"""

from __future__ import annotations

import base64
import json
import logging
import random
import threading
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from localcloud import house
from localcloud.sagemaker import storage
from localcloud.sagemaker.errors import JobFailure
from localcloud.sagemaker.resources import Document, now

FLUSH_SECONDS = 5.0
"""Cloud seconds between two files; AWS writes about once a minute."""

FLUSH_RECORDS = 500
"""Records after which a file is written at once."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchange:
    """One request and its answer."""

    variant: str
    content_type: str
    body: bytes
    answer_type: str
    answer: bytes
    at: datetime
    inference_id: str | None = None
    custom_attributes: str | None = None


class Capture:
    """Writes what one deployment is asked and answers."""

    def __init__(self, config: Document, *, endpoint: str, role_arn: str) -> None:
        self.config = config
        self._endpoint, self._role = endpoint, role_arn
        modes = [option["CaptureMode"] for option in config["CaptureOptions"]]
        self._input = "Input" in modes or "InputAndOutput" in modes
        self._output = "Output" in modes or "InputAndOutput" in modes
        types = config.get("CaptureContentTypeHeader") or {}
        self._csv = set(types.get("CsvContentTypes") or ())
        self._json = set(types.get("JsonContentTypes") or ())
        self._waiting: list[Exchange] = []
        self._lock = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._write_on, name="data capture", daemon=True)
        self._thread.start()

    def offer(self, exchange: Exchange) -> None:
        """Keep it if the sampling says so; costs the request next to nothing."""
        if random.random() * 100 >= self.config["InitialSamplingPercentage"]:  # noqa: S311
            return
        with self._lock:
            self._waiting.append(exchange)
            if len(self._waiting) >= FLUSH_RECORDS:
                self._lock.notify_all()

    def close(self, *, write: bool = True) -> None:
        """End, after what waits was written out."""
        with self._lock:
            self._closed = True
            if not write:
                self._waiting.clear()
            self._lock.notify_all()
        if write:
            self._thread.join()

    def _write_on(self) -> None:
        period = house.current().clock.seconds(FLUSH_SECONDS)
        closed = False
        while not closed:
            with self._lock:
                self._lock.wait_for(
                    lambda: self._closed or len(self._waiting) >= FLUSH_RECORDS, period
                )
                taken, self._waiting, closed = self._waiting, [], self._closed
            by_variant: dict[str, list[Exchange]] = {}
            for exchange in taken:
                by_variant.setdefault(exchange.variant, []).append(exchange)
            for variant, exchanges in by_variant.items():
                self._write(variant, exchanges)

    def _write(self, variant: str, exchanges: list[Exchange]) -> None:
        at = now()
        name = f"{at:%M-%S}-{at.microsecond // 1000:03d}-{uuid.uuid4()}.jsonl"
        base = self.config["DestinationS3Uri"].rstrip("/")
        uri = f"{base}/{self._endpoint}/{variant}/{at:%Y/%m/%d/%H}/{name}"
        lines = "".join(json.dumps(self._line(exchange)) + "\n" for exchange in exchanges)
        try:
            storage.put_bytes(self._role, lines.encode(), uri)
        except (JobFailure, ClientError) as error:
            # As on AWS, capture that cannot be written never fails the endpoint.
            _log.error(
                "%d captured records could not be written to %s: %s", len(exchanges), uri, error
            )

    def _line(self, exchange: Exchange) -> Document:
        data: Document = {}
        if self._input:
            data["endpointInput"] = self._side("INPUT", exchange.content_type, exchange.body)
        if self._output:
            data["endpointOutput"] = self._side("OUTPUT", exchange.answer_type, exchange.answer)
        about: Document = {
            "eventId": str(uuid.uuid4()),
            "inferenceTime": exchange.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        if exchange.inference_id:
            about["inferenceId"] = exchange.inference_id
        if exchange.custom_attributes:
            about["customAttributes"] = [exchange.custom_attributes]
        return {"captureData": data, "eventMetadata": about, "eventVersion": "0"}

    def _side(self, mode: str, content_type: str, body: bytes) -> dict[str, Any]:
        bare = content_type.partition(";")[0].strip()
        encoding = "CSV" if bare in self._csv else "JSON" if bare in self._json else "BASE64"
        try:
            text = base64.b64encode(body).decode() if encoding == "BASE64" else body.decode()
        except UnicodeDecodeError:
            encoding, text = "BASE64", base64.b64encode(body).decode()
        return {
            "observedContentType": content_type,
            "mode": mode,
            "data": text,
            "encoding": encoding,
        }
