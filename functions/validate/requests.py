"""What validate asks SageMaker for: the job that validates a larger drop. Pure."""

from __future__ import annotations

import math
from typing import Any, Final

from functions.validate.handover import Handover
from sluice.contracts.names import Run

_BASE_GIGABYTES: Final = 30
_GIGABYTES_A_GIGABYTE: Final = 8
"""Disk for each gigabyte dropped: the drop, its copy in UTF-8 and in pieces, its rows as they are
staged (four times a drop of single digits), and the dataset."""


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
