"""What an endpoint's traffic says in CloudWatch, once a metric period (60 s of cloud time).

Where no request came, zeros are put, as AWS does ("Automatic scaling prerequisites"): without
them an idle endpoint would never scale in.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from localcloud.sagemaker.output import put_metrics
from localcloud.sagemaker.resources import Document

NAMESPACE = "AWS/SageMaker"
PERIOD_SECONDS = 60.0
"""Cloud seconds between two data points ("Monitor SageMaker AI with CloudWatch")."""


@dataclass(kw_only=True, slots=True)
class _Count:
    calls: int = 0
    per_instance: float = 0.0
    client_errors: int = 0
    server_errors: int = 0
    latencies: list[float] | None = None
    """Count, sum, least and greatest, in microseconds."""


class Meter:
    """Counts the requests of one variant of one endpoint."""

    def __init__(self, endpoint: str, variant: str) -> None:
        self._dimensions = [
            {"Name": "EndpointName", "Value": endpoint},
            {"Name": "VariantName", "Value": variant},
        ]
        self._lock = threading.Lock()
        self._count = _Count()

    def record(self, *, seconds: float, status: int, instances: int) -> None:
        """One answered request; each counts as 1/instances towards InvocationsPerInstance."""
        latency = seconds * 1e6
        with self._lock:
            count = self._count
            count.calls += 1
            count.per_instance += 1 / max(1, instances)
            count.client_errors += 400 <= status < 500
            count.server_errors += status >= 500
            seen = count.latencies or [0, 0.0, latency, latency]
            count.latencies = [
                seen[0] + 1,
                seen[1] + latency,
                min(seen[2], latency),
                max(seen[3], latency),
            ]

    def publish(self) -> None:
        """Put what was counted since the last time."""
        with self._lock:
            count, self._count = self._count, _Count()
        data = [
            self._sum("Invocations", count.calls, count.calls),
            self._sum("InvocationsPerInstance", count.per_instance, count.calls),
            self._sum("Invocation4XXErrors", count.client_errors, count.calls),
            self._sum("Invocation5XXErrors", count.server_errors, count.calls),
        ]
        if count.latencies:
            number, total, least, greatest = count.latencies
            values = {"SampleCount": number, "Sum": total, "Minimum": least, "Maximum": greatest}
            data.append(
                {
                    "MetricName": "ModelLatency",
                    "Dimensions": self._dimensions,
                    "Unit": "Microseconds",
                    "StatisticValues": values,
                }
            )
        put_metrics(NAMESPACE, data)

    def _sum(self, name: str, total: float, samples: int) -> Document:
        number = max(1, samples)
        values = {"SampleCount": number, "Sum": total, "Minimum": 0, "Maximum": min(1, total)}
        return {
            "MetricName": name,
            "Dimensions": self._dimensions,
            "Unit": "None",
            "StatisticValues": values,
        }
