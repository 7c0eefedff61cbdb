"""The offline cloud's clock: real time, and how long a cloud second takes here.

The scale speeds up what the cloud does by waiting (schedules, visibility timeouts, baking,
cool-downs, metric periods). It never touches processes: training takes as long as it takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """Cloud time against real time."""

    scale: float = 1.0
    """Cloud seconds in one real second; 60 lets a schedule of an hour fire every minute."""

    def __post_init__(self) -> None:
        if not self.scale > 0:
            raise ValueError(f"The time scale is {self.scale}; it must be above 0.")

    def now(self) -> datetime:
        """The time now, real, in UTC: what timestamps in events and descriptions say."""
        return datetime.now(UTC)

    def seconds(self, cloud_seconds: float) -> float:
        """Real seconds that `cloud_seconds` of the cloud's waiting take."""
        return cloud_seconds / self.scale
