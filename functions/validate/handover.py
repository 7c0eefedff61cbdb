"""What the function tells the job that validates a larger drop. Pure.

The settings go through an object of the artifact bucket: environment variables of a Processing job
hold 256 characters, a key may have 1,024.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateProcessingJob.html
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from sluice.contracts.drop import Arrival, read_arrival
from sluice.contracts.environment import ValidateEnvironment


class Handover(BaseModel):
    """One drop, handed from the function to a job."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    settings: dict[str, str]
    """The function's own, as environment variables."""
    key: str
    version: str
    size: int
    """In bytes."""
    why: str
    """What the function lacks, for people."""

    @property
    def arrival(self) -> Arrival:
        """What was dropped."""
        return read_arrival(self.key, self.version)

    @property
    def env(self) -> ValidateEnvironment:
        """The stack's settings."""
        return ValidateEnvironment.read(self.settings)

    def explain(self, job: str) -> str:
        """For the timeline."""
        return (
            f"{self.arrival.name} is larger than the function holds ({self.why}): the job {job} "
            "validates it."
        )
