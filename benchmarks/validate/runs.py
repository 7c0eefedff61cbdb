"""What the rounds on one file gave, and how contestants compare."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass

from benchmarks.validate.measure import Failed, Measured

Runs = dict[str, list[Measured] | Failed]
"""By contestant: a run a round, or why there is none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """The middle of several rounds, and the outermost of them."""

    median: float
    lowest: float
    highest: float


def spread(values: Iterable[float]) -> Spread:
    """Of at least one value."""
    kept = list(values)
    return Spread(median=statistics.median(kept), lowest=min(kept), highest=max(kept))


def ratio(runs: Runs, one: str, other: str) -> Spread | None:
    """How many times `other`'s time `one` takes; none where either did not run."""
    return _compared(runs, one, other, None)


def added(runs: Runs, one: str, less: str, other: str) -> Spread | None:
    """What `one` takes beyond `less`, in times of `other`."""
    return _compared(runs, one, other, less)


def _compared(runs: Runs, one: str, other: str, less: str | None) -> Spread | None:
    """A machine drifts within minutes: only times of one round are held against each other."""
    series = []
    for name in (one, other, *([less] if less else [])):
        measured = runs.get(name)
        if isinstance(measured, Failed) or not measured:
            return None
        series.append([run.seconds for run in measured])
    rounds = zip(*series, strict=True)
    return spread((took - sum(spent)) / by for took, by, *spent in rounds)
