"""What an event is about, whoever sent it: S3, SageMaker, one of our stages, or reconcile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sluice.contracts.drop import Arrival, read_arrival
from sluice.contracts.errors import Turn
from sluice.contracts.names import Run, parse_attempt, parse_endpoint


class NotOurs(Turn):
    """The event is about something that only carries our prefix; nobody needs to act on it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hint:
    """An event reduced to its subject. `run` is None where the event is about a whole model."""

    detail_type: str
    detail: dict[str, Any]
    model: str
    run: Run | None = None
    attempt: int | None = None
    arrival: Arrival | None = None
    deliveries: int = 1
    """How often this very message was delivered; more than once, the last time came to no end."""

    @property
    def run_name(self) -> str:
        """For logs: the run, or nothing."""
        return str(self.run) if self.run else ""

    def require_run(self) -> Run:
        """The run; an event without one never reaches a stage that asks for it."""
        if self.run is None:
            raise ValueError(f"{self.detail_type} names no run: {self.detail}")
        return self.run


def read_hint(event: dict[str, Any], slug: str) -> Hint:
    """The subject of an EventBridge event; `NotOurs` where it is about none of our runs."""
    try:
        return _read(event, slug)
    except ValueError as error:
        raise NotOurs(str(error)) from None


def _read(event: dict[str, Any], slug: str) -> Hint:
    kind, detail = event["detail-type"], event.get("detail") or {}
    if kind == "Object Created":
        item = detail["object"]
        arrival = read_arrival(item["key"], item.get("version-id", ""))
        run = arrival.run(slug) if arrival.kind in ("drop", "misplaced") else None
        return Hint(detail_type=kind, detail=detail, model=arrival.model, run=run, arrival=arrival)
    for member in ("TrainingJobName", "ProcessingJobName"):
        if member in detail:
            run, attempt = parse_attempt(detail[member])
            return Hint(detail_type=kind, detail=detail, model=run.model, run=run, attempt=attempt)
    if "ModelPackageGroupName" in detail:
        name = (detail.get("CustomerMetadataProperties") or {}).get("run")
        return Hint(
            detail_type=kind,
            detail=detail,
            model=detail["ModelPackageGroupName"].removeprefix(f"{slug}-"),
            run=Run.parse(name) if name else None,
        )
    if "EndpointName" in detail:
        _, model, _ = parse_endpoint(detail["EndpointName"])
        run, attempt = parse_attempt(detail["EndpointConfigName"])
        return Hint(detail_type=kind, detail=detail, model=model, run=run, attempt=attempt)
    if "model" in detail:
        run = Run.parse(detail["run"]) if detail.get("run") else None
        data = detail.get("data") or {}
        dropped = read_arrival(data["key"], data["version"]) if "key" in data else None
        return Hint(
            detail_type=kind,
            detail=detail,
            model=detail["model"],
            run=run,
            attempt=detail.get("attempt"),
            arrival=dropped,
        )
    if event.get("source") == "sluice.schedule":
        return Hint(detail_type=kind, detail=detail, model="")
    raise ValueError(f"An event about none of our runs: {kind!r} with {sorted(detail)}.")
