"""The ledger's items: one header a run, and one item for each thing that happened to it.

The table's key is (`pk`, `sk`); index `by_time` (`gsi`, `at`) lists the headers newest first.
The ledger is a projection for people. No stage decides by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Self

HEADER: Final = "run"
"""`sk` of a run's header item."""
EVENT: Final = "event#"
"""`sk` prefix of a timeline item: event#<at>… would let duplicates in, so the key is semantic:
event#<stage>#<attempt>#<kind>."""
REPEAT: Final = "repeat#"
"""`sk` prefix under a run for each later run that repeats its content."""
BY_TIME: Final = "by_time"
ALL_RUNS: Final = "runs"
"""`gsi` of every header."""


ACCEPTED_RANK: Final = 30
"""Rank of a run's header from which on its dataset is there: below it, the run waits for validate.
Which event gives which rank is record's table; headers move by rank alone."""


def run_key(run: str) -> str:
    """`pk` of all items of one run."""
    return f"run#{run}"


@dataclass(frozen=True, kw_only=True, slots=True)
class RunState:
    """The header of a run as people see it."""

    run_id: str
    model: str
    state: str
    """running, waiting, released, rejected or failed."""
    phase: str
    """While running: validating, queued, waiting for capacity, training, evaluating, deploying."""
    reason: str
    source: str
    """Key of the dropped object."""
    started_at: str
    updated_at: str
    repeats: str | None = None

    @classmethod
    def of(cls, item: dict[str, Any]) -> Self:
        """From a header item."""
        return cls(
            run_id=item["run"],
            model=item["model"],
            state=item["state"],
            phase=item["phase"],
            reason=item["reason"],
            source=item.get("source", ""),
            started_at=item["at"],
            updated_at=item["updated"],
            repeats=item.get("repeats"),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class TimelineEntry:
    """One line of a run's timeline."""

    at: str
    stage: str
    kind: str
    status: str
    attempt: int
    reason: str
    data: dict[str, Any]

    @classmethod
    def of(cls, item: dict[str, Any]) -> Self:
        """From a timeline item."""
        return cls(
            at=item["at"],
            stage=item["stage"],
            kind=item["kind"],
            status=item["status"],
            attempt=int(item["attempt"]),
            reason=item["reason"],
            data=item.get("data", {}),
        )
