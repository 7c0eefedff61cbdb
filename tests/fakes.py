"""Stand-ins that tests pass where the product would pass the real thing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.shared.aws import Aws, Document
from functions.shared.registry import Package
from sluice.contracts.events import Kind, StageEvent
from sluice.contracts.names import Run
from sluice.contracts.release import Champion


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
class MemoryStore:
    """A bucket in memory: JSON documents, and the lines of captured traffic, by key."""

    bucket: str = "artifacts"
    documents: dict[str, Any] = field(default_factory=dict)
    bodies: dict[str, bytes] = field(default_factory=dict)

    def read(self, key: str) -> tuple[bytes, str] | None:
        return (self.bodies[key], "1") if key in self.bodies else None

    def read_json(self, key: str) -> Any | None:
        return self.documents.get(key)

    def list(self, prefix: str) -> Iterator[dict[str, Any]]:
        return ({"Key": key} for key in sorted(self.bodies) if key.startswith(prefix))


@dataclass
class MemoryModels:
    """The models table in memory."""

    serving: dict[str, Champion] = field(default_factory=dict)
    configs: dict[str, dict[str, str]] = field(default_factory=dict)
    noted: set[tuple[str, str]] = field(default_factory=set)
    leased: list[str] = field(default_factory=list)

    @contextmanager
    def lease(self, model: str, *, holder: str) -> Iterator[None]:
        assert model not in self.leased
        self.leased.append(model)
        try:
            yield
        finally:
            self.leased.remove(model)

    def champion(self, model: str) -> Champion | None:
        return self.serving.get(model)

    def champions(self) -> list[Champion]:
        return list(self.serving.values())

    def set_champion(self, champion: Champion) -> None:
        assert champion.model in self.leased
        self.serving[champion.model] = champion

    def asked(self, model: str) -> dict[str, str]:
        return dict(self.configs.get(model, {}))

    def note_asked(self, model: str, configs: dict[str, str]) -> None:
        assert model in self.leased
        self.configs[model] = dict(configs)

    def first_time(self, run: Run, what: str) -> bool:
        is_first = (str(run), what) not in self.noted
        self.noted.add((str(run), what))
        return is_first

    def note_failed(self, run: Run) -> None:
        self.first_time(run, "failed")

    def names(self) -> list[str]:
        return sorted(self.serving)


class CrashError(Exception):
    """The function is killed here."""


@dataclass
class MemoryAws:
    """SageMaker, its registry and the queues in memory.

    Endpoints that are asked for are `Creating` or `Updating` until `settle`. `short` are AWS's
    words where there is no capacity; after the call named `crash` the function is killed.
    """

    jobs: dict[str, Document] = field(default_factory=dict)
    registered: dict[str, Document] = field(default_factory=dict)
    endpoints: dict[str, Document] = field(default_factory=dict)
    models: dict[str, Document] = field(default_factory=dict)
    configs: dict[str, Document] = field(default_factory=dict)
    scaled: dict[str, Document] = field(default_factory=dict)
    sent: list[tuple[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    short: str | None = None
    crash: str | None = None

    def training_jobs(self, run: Run) -> list[Document]:
        return self._jobs(run, "TrainingJobName")

    def evaluations(self, run: Run) -> list[Document]:
        return self._jobs(run, "ProcessingJobName")

    def validations(self, run: Run) -> list[Document]:
        names = [run.validation(number) for number in range(1, 4)]
        return [self.jobs[name] for name in names if name in self.jobs]

    def _jobs(self, run: Run, member: str) -> list[Document]:
        kind = [job for job in self.jobs.values() if member in job]
        named = {job[member]: job for job in kind}
        return [named[n] for i in range(1, 100) if (n := run.attempt(i)) in named]

    def start(self, operation: str, request: Mapping[str, Any]) -> str | None:
        self.calls.append(operation)
        if self.short:
            return self.short
        if operation in ("create_endpoint", "update_endpoint"):
            name = request["EndpointName"]
            self.endpoints.setdefault(name, {"EndpointConfigName": request["EndpointConfigName"]})
            self.endpoints[name] |= {
                "EndpointName": name,
                "EndpointStatus": "Creating" if operation.startswith("create") else "Updating",
                "asked": request["EndpointConfigName"],
            }
        else:
            name = request.get("TrainingJobName") or request["ProcessingJobName"]
            self.jobs[f"{operation}/{name}"] = {
                **request,
                "TrainingJobStatus": "InProgress",
                "ProcessingJobStatus": "InProgress",
            }
        if self.crash == operation:
            raise CrashError(operation)
        return None

    def settle(self, name: str, status: str = "InService", *, rolled_back: bool = False) -> None:
        """End what the endpoint is at."""
        endpoint = self.endpoints[name]
        endpoint["EndpointStatus"] = status
        if not rolled_back:
            endpoint["EndpointConfigName"] = endpoint["asked"]

    def packages(self, slug: str, model: str) -> list[Package]:
        found = [package for a in self.registered.values() if (package := Package.of(a))]
        ours = [package for package in found if package.run.model == model]
        return sorted(ours, key=lambda package: package.properties.sequence, reverse=True)

    def register(self, request: Mapping[str, Any]) -> None:
        arn = f"arn:aws:sagemaker:mars-west-1:000000000000:model-package/{request['ClientToken']}"
        self.registered.setdefault(arn, {**request, "ModelPackageArn": arn})

    def change_package(self, arn: str, changes: Mapping[str, Any]) -> None:
        self.calls.append("change_package")
        self.registered[arn] = self.registered[arn] | dict(changes)

    def endpoint_names(self, prefix: str) -> list[str]:
        return [name for name in self.endpoints if name.startswith(prefix)]

    def endpoint(self, name: str) -> Document | None:
        return self.endpoints.get(name)

    def ensure_model(self, request: Mapping[str, Any]) -> None:
        self.models.setdefault(request["ModelName"], dict(request))

    def ensure_endpoint_config(self, request: Mapping[str, Any]) -> None:
        assert request["EndpointConfigName"] in self.models
        self.configs.setdefault(request["EndpointConfigName"], dict(request))

    def delete_endpoint(self, name: str) -> None:
        self.calls.append("delete_endpoint")
        del self.endpoints[name]

    def scale(self, target: Mapping[str, Any], policy: Mapping[str, Any]) -> None:
        assert target["ResourceId"] == policy["ResourceId"]
        self.scaled[target["ResourceId"]] = dict(target)

    def send(self, queue_url: str, body: str) -> None:
        self.sent.append((queue_url, json.loads(body)))


PORT: Aws = MemoryAws()
"""For the type checker: what stands in for AWS can all that the stages ask of it."""


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
