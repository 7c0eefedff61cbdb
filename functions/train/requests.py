"""What train asks SageMaker for: one training job. Pure."""

from __future__ import annotations

from typing import Any, Final

from functions.train.decide import hardware, runtime_seconds
from sluice.contracts.dataset import Accepted
from sluice.contracts.environment import TrainEnvironment
from sluice.contracts.names import Run
from sluice.contracts.spec import Spec
from sluice.contracts.training import METRIC_DEFINITIONS, Hyperparameters

_ARTEFACT_MARGIN_SECONDS: Final = 300
"""Start-up, export and upload, on top of the learner's own budget."""

_MAX_WAIT_SECONDS: Final = 3600
"""How long a spot job may wait for capacity before the next attempt goes on demand."""


def training_request(
    run: Run,
    attempt: int,
    accepted: Accepted,
    task: str,
    *,
    env: TrainEnvironment,
    spot: bool,
) -> dict[str, Any]:
    """The CreateTrainingJob request. It mounts `train/` and two documents, never `holdout/`."""
    spec, policy = Spec.model_validate(accepted.spec), env.bounds()
    kind = hardware(spec, policy)
    bucket = f"s3://{env.artifact_bucket}/"
    dataset = bucket + run.dataset_prefix
    seconds = runtime_seconds(spec, policy)
    hyperparameters = Hyperparameters(
        model=run.model,
        version=f"{run.drop}-{attempt:02d}",
        task=task,
        minutes=round(seconds / 60, 3),
        precision="fp32",
    )
    stopping = {"MaxRuntimeInSeconds": seconds + _ARTEFACT_MARGIN_SECONDS}
    if spot:
        stopping["MaxWaitTimeInSeconds"] = stopping["MaxRuntimeInSeconds"] + _MAX_WAIT_SECONDS
    return {
        "TrainingJobName": run.attempt(attempt),
        "AlgorithmSpecification": {
            "TrainingImage": env.training_image,
            "TrainingInputMode": "File",
            "MetricDefinitions": list(METRIC_DEFINITIONS),
        },
        "HyperParameters": hyperparameters.as_strings(),
        "InputDataConfig": [
            _channel("train", dataset + "train/"),
            _channel("schema", dataset + "schema.json"),
            _channel("profile", dataset + "profile.json"),
        ],
        "OutputDataConfig": {
            "S3OutputPath": bucket + run.runs_prefix.rstrip("/"),
            "CompressionType": "NONE",
        },
        "CheckpointConfig": {"S3Uri": bucket + run.runs_prefix + "checkpoints"},
        "ResourceConfig": {
            "InstanceType": policy.training_instance[kind],
            "InstanceCount": 1,
            "VolumeSizeInGB": 30,
        },
        "StoppingCondition": stopping,
        "EnableManagedSpotTraining": spot,
        "EnableNetworkIsolation": True,
        "RoleArn": env.training_role,
        "Tags": [{"Key": "sluice:run", "Value": str(run)}],
    }


def _channel(name: str, uri: str) -> dict[str, Any]:
    return {
        "ChannelName": name,
        "DataSource": {
            "S3DataSource": {
                "S3DataType": "S3Prefix",
                "S3Uri": uri,
                "S3DataDistributionType": "FullyReplicated",
            }
        },
    }
