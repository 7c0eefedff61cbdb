"""What the engine has to reach, and whether it did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from benchmarks.validate.files import Input
from benchmarks.validate.peers import DATASET, SLUICE, YARDSTICK, Contestant
from benchmarks.validate.runs import Runs, added, ratio

PARSES: Final = 1.5
"""The scan takes at most so many times the typed parse."""
PARSES_GOAL: Final = 1.25
PARSES_TO_WRITE: Final = 0.5
"""Writing the dataset adds at most so many times the typed parse."""
MEGABYTES: Final = 300
"""Resident, at any size."""
MEGABYTES_AT_A_GIGABYTE: Final = 250


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A bound, what was reached, and whether that is within it."""

    bound: str
    reached: str
    hit: bool

    @property
    def verdict(self) -> str:
        """As the table says it."""
        return f"{'hit' if self.hit else '**miss**'}: {self.reached}"


def targets(contestant: Contestant, file: Input, runs: Runs) -> list[Target]:
    """Those of one contestant on a CSV; other formats have none. Peers' are what Sluice owes."""
    if file.format != "csv":
        return []
    found: list[Target | None] = []
    if contestant.name == SLUICE:
        found = [_scan(runs), *_memory_of(contestant, file, runs)]
    elif contestant.name == DATASET:
        found = [_writing(runs), *_memory_of(contestant, file, runs)]
    elif contestant.times_slower is not None:
        found = [_slower(contestant, contestant.times_slower, runs)]
    return [target for target in found if target]


def memory(file: Input, peak: int) -> Target:
    """Flat: one bound for every size, a lower one at a gigabyte."""
    most = MEGABYTES_AT_A_GIGABYTE if file.megabytes == 1_000 else MEGABYTES
    return Target(
        bound=f"≤ {most} MB", reached=f"{peak / 1e6:.0f} MB", hit=peak <= most * 1_000_000
    )


def _memory_of(contestant: Contestant, file: Input, runs: Runs) -> list[Target]:
    measured = runs[contestant.name]
    if not isinstance(measured, list) or not measured:
        return []
    return [memory(file, max(run.peak for run in measured))]


def _scan(runs: Runs) -> Target | None:
    taken = ratio(runs, SLUICE, YARDSTICK)
    if not taken:
        return None
    goal = ", the goal too" if taken.median <= PARSES_GOAL else ""
    return Target(
        bound=f"≤ {PARSES}x parse (goal {PARSES_GOAL}x)",
        reached=f"{taken.median:.2f}x{goal}",
        hit=taken.median <= PARSES,
    )


def _writing(runs: Runs) -> Target | None:
    taken = added(runs, DATASET, SLUICE, YARDSTICK)
    if not taken:
        return None
    return Target(
        bound=f"adds ≤ {PARSES_TO_WRITE}x parse",
        reached=f"{taken.median:.2f}x",
        hit=taken.median <= PARSES_TO_WRITE,
    )


def _slower(contestant: Contestant, least: float, runs: Runs) -> Target | None:
    taken = ratio(runs, contestant.name, SLUICE)
    if not taken:
        return None
    return Target(
        bound=f"≥ {least:g}x Sluice",
        reached=f"{taken.median:.2f}x",
        hit=taken.median >= least,
    )
