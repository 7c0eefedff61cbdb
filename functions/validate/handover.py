"""What the function tells the job that validates a larger drop, and how it asks for one. Pure.

The settings go through an object of the artifact bucket: environment variables of a Processing job
hold 256 characters, a key may have 1,024.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateProcessingJob.html
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from functions.shared.sagemaker import aws_to_blame
from sluice.contracts.drop import Arrival, read_arrival
from sluice.contracts.environment import ValidateEnvironment
from sluice.contracts.names import VALIDATION_ATTEMPTS, Run

_BASE_GIGABYTES: Final = 30
_GIGABYTES_A_GIGABYTE: Final = 8
"""Disk for each gigabyte dropped: the drop, its copy in UTF-8 and in pieces, its rows as they are
staged (four times a drop of single digits), and the dataset."""


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What to do about the jobs that a drop has."""

    action: Literal["start", "wait", "reject", "fail"]
    attempt: int
    reason: str = ""
    """Of the last job's end."""


def decide(jobs: Sequence[Mapping[str, Any]]) -> Decision:
    """By the Describe answers of all jobs of one drop, none of which left a marker."""
    if not jobs:
        return Decision(action="start", attempt=1)
    last, attempt = jobs[-1], len(jobs)
    status = last["ProcessingJobStatus"]
    if status in ("InProgress", "Stopping"):
        return Decision(action="wait", attempt=attempt)
    reason = last.get("ExitMessage") or last.get("FailureReason") or f"it {status.lower()}"
    reason = reason.rstrip(".")
    if not aws_to_blame(reason):
        return Decision(action="reject", attempt=attempt, reason=reason)
    if attempt < VALIDATION_ATTEMPTS:
        return Decision(action="start", attempt=attempt + 1)
    return Decision(action="fail", attempt=attempt, reason=reason)


def processing_request(run: Run, attempt: int, handover: Handover) -> dict[str, Any]:
    """The CreateProcessingJob request. The job reads S3 and writes its ends itself, as the function
    does, so it is not network-isolated and has neither inputs nor outputs."""
    env = handover.env
    policy = env.bounds()
    gigabytes = math.ceil(handover.size / 1e9)
    return {
        "ProcessingJobName": run.validation(attempt),
        "AppSpecification": {
            "ImageUri": env.validation_image,
            "ContainerArguments": [env.artifact_bucket, run.handover_key],
        },
        "ProcessingResources": {
            "ClusterConfig": {
                "InstanceCount": 1,
                "InstanceType": policy.validation_instance,
                "VolumeSizeInGB": _BASE_GIGABYTES + _GIGABYTES_A_GIGABYTE * gigabytes,
            }
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": policy.validation_minutes * 60},
        "RoleArn": env.validation_role,
        "Tags": [{"Key": "sluice:run", "Value": str(run)}],
    }
