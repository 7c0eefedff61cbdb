"""What the place that validates can hold: the function, or the machine of a job. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from sluice.contracts.dataset import Report
from sluice.contracts.errors import Turn
from sluice.contracts.spec import Policy
from sluice.validation.refusals import Refused

MEGABYTE: Final = 1_000_000

ENGINE_MEGABYTES: Final = 1024
"""Memory that the function gives the engine; the rest of its own is for Python and uploads."""

BYTES_A_SECOND: Final = 1_000_000
"""Of a drop that the function judges, at the least. Measured on one core in 2026-11: 120 MB/s of
CSV with 12 columns, 5 MB/s with 10,000, 30 MB/s of JSON Lines, and 1.9 MB/s of a workbook."""

RETRIED_BYTES: Final = 10 * MEGABYTE
"""What the function still tries where a delivery before this one came to no end: one that ran out
of time, memory or disk would do so again."""

MACHINE_SHARE: Final = 0.6
"""Of a job's machine for the engine; the rest is for Python, the system and its file cache."""


class TooLarge(Turn):
    """This place does not hold the drop, a larger one may: nothing of it was written yet."""

    def __init__(self, size: int, why: str) -> None:
        super().__init__(why)
        self.size = size
        self.why = why


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """How much fits, and what bounds it."""

    drop_bytes: int
    why: str
    """What bounds `drop_bytes`, for people."""
    memory_megabytes: int
    """Of each process."""
    workers: int
    """Processes that read a large drop in pieces; 1: there is none beside the first."""
    most_megabytes: int
    """Of a drop, in any place of this stack."""
    is_largest: bool
    """Whether what does not fit here fits nowhere."""

    @classmethod
    def of_function(cls, policy: Policy, *, seconds_left: float, deliveries: int) -> Self:
        """The function's, with the time it has left at the `deliveries`th delivery."""
        bounds = [
            (policy.drop_megabytes * MEGABYTE, f"it takes in {policy.drop_megabytes:,} MB"),
            (int(seconds_left * BYTES_A_SECOND), f"it has {seconds_left:.0f} s left"),
        ]
        if deliveries > 1:
            bounds.append((RETRIED_BYTES, "it came to no end with it before"))
        drop_bytes, why = min(bounds)
        return cls(
            drop_bytes=drop_bytes,
            why=why,
            memory_megabytes=ENGINE_MEGABYTES,
            workers=1,
            most_megabytes=policy.processing_megabytes,
            is_largest=False,
        )

    @classmethod
    def of_machine(cls, policy: Policy, *, memory_bytes: int, cores: int) -> Self:
        """A job's, on a machine with so much memory and so many cores."""
        return cls(
            drop_bytes=policy.processing_megabytes * MEGABYTE,
            why="",
            memory_megabytes=int(memory_bytes * MACHINE_SHARE / (cores + 1)) // MEGABYTE,
            workers=cores,
            most_megabytes=policy.processing_megabytes,
            is_largest=True,
        )

    def admit(self, name: str, size: int) -> None:
        """Raise `Refused` for a drop that fits nowhere, `TooLarge` for one that fits elsewhere."""
        if size > self.most_megabytes * MEGABYTE:
            raise Refused(
                "too-large",
                f"{name} has {size:,} bytes; {self.most_megabytes:,} MB are the most that this "
                "stack takes in.",
                remedy="Drop fewer rows or columns, or ask who runs the stack to raise "
                "processing_megabytes of its policy.",
            )
        if size > self.drop_bytes and not self.is_largest:
            raise TooLarge(size, f"{self.why}, and {name} has {size:,} bytes")

    def check(self, size: int, report: Report) -> None:
        """Raise `TooLarge` where the engine ran out of memory that a larger place has."""
        refused = any(f.severity == "refuse" and f.code == "too-large" for f in report.findings)
        if refused and not self.is_largest:
            raise TooLarge(size, f"{self.memory_megabytes:,} MB of memory were not enough")
