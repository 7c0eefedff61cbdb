"""Decides who should look again at what. Pure: what is open in, messages out."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sluice.contracts.drop import is_part, read_arrival
from sluice.contracts.events import CAPACITY, Kind
from sluice.contracts.ledger import ACCEPTED_RANK
from sluice.contracts.names import SUCCESS_MARKER, Run, event_source
from sluice.contracts.timeouts import MARGIN_SECONDS, VALIDATE_SECONDS

INCOMPLETE_AFTER: Final = timedelta(hours=24)
"""How long a folder may wait for its `_SUCCESS` before its owner is told."""

QueuedStage = Literal["validate", "train", "gate", "deploy"]

_WAITS_FOR: Final[dict[str, tuple[QueuedStage, ...]]] = {
    "queued": ("train",),
    CAPACITY: ("train", "gate", "deploy"),
    "training": ("train", "gate"),
    "evaluating": ("gate",),
    "deploying": ("deploy",),
    # A person's answer whose event was lost: deploy finds it in the registry.
    "waiting": ("deploy",),
}
_VALIDATES_FOR: Final = timedelta(seconds=VALIDATE_SECONDS + MARGIN_SECONDS)
"""Younger, validate may still be at work, and a second delivery would only take another's place."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenRun:
    """A run that has not ended, as the ledger has it."""

    run: Run
    phase: str
    """Of a run that waits for a person: `waiting`."""
    updated: datetime
    stage_reached: int
    """Rank of its header; it tells the two kinds of `queued` apart."""
    key: str
    version: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One hint for one stage's queue."""

    stage: QueuedStage
    body: dict[str, Any]


def messages(
    slug: str, runs: Iterable[OpenRun], models: Iterable[str], now: datetime
) -> Iterator[Message]:
    """Every open run for the stages it may wait for, and every model for deploy."""
    for open_run in runs:
        if open_run.stage_reached >= ACCEPTED_RANK:
            stages = _WAITS_FOR[open_run.phase]
        elif open_run.phase == CAPACITY or now - open_run.updated >= _VALIDATES_FOR:
            stages = ("validate",)
        else:
            continue
        for stage in stages:
            yield Message(stage=stage, body=_body(slug, open_run=open_run))
    for model in models:
        yield Message(stage="deploy", body=_body(slug, model=model))


def _body(slug: str, *, open_run: OpenRun | None = None, model: str = "") -> dict[str, Any]:
    detail: dict[str, Any] = {"model": model}
    if open_run:
        detail = {
            "run": str(open_run.run),
            "model": open_run.run.model,
            "drop": open_run.run.drop,
            "data": {"key": open_run.key, "version": open_run.version},
        }
    return {"source": event_source(slug), "detail-type": Kind.RECONCILE.value, "detail": detail}


@dataclass(frozen=True, kw_only=True, slots=True)
class DroppedObject:
    """One object of the drop bucket, as a listing shows it."""

    key: str
    etag: str
    modified: datetime


def waiting_folders(objects: Iterable[DroppedObject], now: datetime) -> dict[str, DroppedObject]:
    """Folders without `_SUCCESS` whose newest part is over 24 hours old: folder -> that part.

    Folders below one, such as Firehose's by year, month, day and hour, are one drop with it, unless
    one of them is closed by itself.
    """
    newest: dict[str, DroppedObject] = {}
    closed = set()
    for item in objects:
        if read_arrival(item.key, "").kind not in ("part", "drop"):
            continue
        folder, _, name = item.key.rpartition("/")
        if name == SUCCESS_MARKER:
            closed.add(folder)
        elif "/" in folder and is_part(item.key) and _is_newer(item, newest.get(folder)):
            newest[folder] = item
    for folder in list(newest):
        top = "/".join(folder.split("/")[:2])
        if top != folder and not any(done == top or done.startswith(top + "/") for done in closed):
            part = newest.pop(folder)
            if _is_newer(part, newest.get(top)):
                newest[top] = part
    return {
        folder: part
        for folder, part in newest.items()
        if now - part.modified > INCOMPLETE_AFTER
        and not any(folder == done or folder.startswith(done + "/") for done in closed)
    }


def _is_newer(item: DroppedObject, than: DroppedObject | None) -> bool:
    return than is None or item.modified > than.modified


def closing_command(bucket: str, folder: str) -> str:
    """What closes a folder, for a shell: an empty object is written in it."""
    key = shlex.quote(f"{folder}/{SUCCESS_MARKER}")
    return f"aws s3api put-object --bucket {bucket} --key {key}"
