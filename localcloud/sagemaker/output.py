"""What a container prints: line by line into CloudWatch Logs, and metrics read off the lines."""

from __future__ import annotations

import io
import re
import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import IO, Any

from moto.cloudwatch.models import cloudwatch_backends

from localcloud import house, logs
from localcloud.sagemaker.resources import Document, now

MAX_LINE_BYTES = 256 * 1024
"""Longest event that CloudWatch Logs takes; longer lines are cut into several."""


def put_metrics(namespace: str, data: list[Document]) -> None:
    """PutMetricData in process; moto keeps its times without a time zone."""
    at = datetime.now(UTC).replace(tzinfo=None)
    home = house.current()
    backend = cloudwatch_backends[home.account][home.region]
    backend.put_metric_data(namespace, [{"Timestamp": at} | datum for datum in data])


class MetricFilter:
    """A training job's MetricDefinitions: regular expressions whose first group is a number."""

    namespace = "/aws/sagemaker/TrainingJobs"

    def __init__(self, job: str, definitions: Iterable[dict[str, str]]) -> None:
        self._dimensions = [{"Name": "TrainingJobName", "Value": job}]
        self._definitions = [(d["Name"], re.compile(d["Regex"])) for d in definitions]
        self.final: dict[str, Document] = {}
        """The newest value of each metric: FinalMetricDataList."""

    def read(self, line: str) -> None:
        """Put the metrics that `line` states; what is no number is no metric."""
        data = []
        for name, pattern in self._definitions:
            match = pattern.search(line)
            if not match or not match.groups():
                continue
            try:
                value = float(match[1])
            except ValueError:
                continue
            data.append({"MetricName": name, "Value": value, "Dimensions": self._dimensions})
            self.final[name] = {"MetricName": name, "Value": value, "Timestamp": now()}
        if data:
            put_metrics(self.namespace, data)


class Output(threading.Thread):
    """Reads one process's output until it ends."""

    def __init__(
        self, pipe: IO[bytes], *, group: str, stream: str, metrics: MetricFilter | None = None
    ) -> None:
        super().__init__(name=f"output of {stream}", daemon=True)
        self._pipe: Any = pipe
        self._group, self._stream, self._metrics = group, stream, metrics
        self.last_line = ""
        """The last line that was not blank: the best short reason when nothing better is known."""
        self.start()

    def run(self) -> None:
        """Take whatever is there, whole lines at a time."""
        rest = b""
        with self._pipe as pipe:
            reader = pipe if isinstance(pipe, io.BufferedReader) else io.BufferedReader(pipe)
            while chunk := reader.read1(MAX_LINE_BYTES):
                *lines, rest = (rest + chunk).split(b"\n")
                if len(rest) > MAX_LINE_BYTES:
                    lines.append(rest)
                    rest = b""
                self._take(lines)
        if rest:
            self._take([rest])

    def _take(self, lines: list[bytes]) -> None:
        at = time.time_ns() // 1_000_000
        texts = [line.decode("utf-8", "replace").rstrip("\r") for line in lines]
        for text in texts:
            if text.strip():
                self.last_line = text.strip()
            if self._metrics:
                self._metrics.read(text)
        logs.put_lines(self._group, self._stream, [(at, text) for text in texts if text])
