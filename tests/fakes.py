"""Stand-ins that tests pass where the product would pass the real thing."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sluice.contracts.events import Kind, StageEvent
from sluice.contracts.names import Run


@dataclass
class SpokenBus:
    """A bus that keeps what a stage said on it; its clock moves a second a look."""

    slug: str = "sluice"
    stage: str = "validate"
    said: list[StageEvent] = field(default_factory=list)
    start: datetime = datetime(2026, 11, 20, 12, tzinfo=UTC)

    def now(self) -> datetime:
        self.advance(timedelta(seconds=1))
        return self.start

    def advance(self, by: timedelta) -> None:
        self.start += by

    def __call__(self, kind: Kind, run: Run, *, status: str, reason: str, **more: Any) -> None:
        self.said.append(
            StageEvent.of(
                kind,
                run,
                status=status,
                reason=reason,
                at=self.now(),
                **{"stage": self.stage} | more,
            )
        )

    @property
    def kinds(self) -> list[Kind]:
        return [event.kind for event in self.said]


@dataclass
class Context:
    """What Lambda tells a function of its invocation."""

    aws_request_id: str = "request-1"
    function_name: str = "sluice-test"
    memory_limit_in_mb: int = 256
    invoked_function_arn: str = "arn:aws:lambda:mars-west-1:000000000000:function:sluice-test"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


def queued(event: dict[str, Any], queue: str = "sluice-validate") -> dict[str, Any]:
    """An EventBridge event as an SQS event source mapping delivers it."""
    return {
        "Records": [
            {
                "messageId": "message-1",
                "receiptHandle": "handle",
                "body": json.dumps(event),
                "attributes": {"ApproximateReceiveCount": "1"},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:mars-west-1:000000000000:{queue}",
                "awsRegion": "mars-west-1",
            }
        ]
    }


def object_created(bucket: str, key: str, version: str, size: int = 1) -> dict[str, Any]:
    """S3's `Object Created` as EventBridge carries it."""
    return {
        "source": "aws.s3",
        "detail-type": "Object Created",
        "detail": {
            "bucket": {"name": bucket},
            "object": {"key": key, "size": size, "version-id": version},
        },
    }
