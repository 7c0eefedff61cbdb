"""Metrics, as lines of a function's log that CloudWatch reads: its embedded metric format.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
import time
from typing import Final

NAMESPACE: Final = "Sluice"


def line(name: str, model: str, value: int, *, slug: str, at: float) -> str:
    """One line that adds `value` to the metric `name` of a model; `at` in seconds since 1970."""
    metrics = {
        "Namespace": NAMESPACE,
        "Dimensions": [["Stack", "Model"]],
        "Metrics": [{"Name": name, "Unit": "Count"}],
    }
    about = {"Timestamp": int(at * 1000), "CloudWatchMetrics": [metrics]}
    return json.dumps({"_aws": about, "Stack": slug, "Model": model, name: value})


def count(name: str, model: str, value: int, *, slug: str) -> None:
    """Add `value` to the metric `name` of a model."""
    print(line(name, model, value, slug=slug, at=time.time()), flush=True)  # noqa: T201
