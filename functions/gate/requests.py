"""What the gate asks SageMaker for: one evaluation, one model package. Pure."""

from __future__ import annotations

import uuid
from typing import Any, Final

from functions.gate.verdict import Verdict
from sluice.contracts import container
from sluice.contracts.environment import GateEnvironment
from sluice.contracts.names import Run, package_group
from sluice.contracts.release import Champion, PackageProperties

_MINUTES: Final = 30
"""Limit of one evaluation; scoring is far cheaper than training."""


def evaluation_prefix(run: Run, attempt: int) -> str:
    """Where one evaluation leaves its result in the artifact bucket; ends in `/`."""
    return f"{run.runs_prefix}{run.attempt(attempt)}/evaluation/"


def evaluation_request(
    run: Run,
    attempt: int,
    *,
    candidate: str,
    candidate_version: str,
    metric: str,
    champion: Champion | None,
    env: GateEnvironment,
) -> dict[str, Any]:
    """The CreateProcessingJob request: candidate and champion on the rows that either held out."""
    dataset = f"s3://{env.artifact_bucket}/{run.dataset_prefix}"
    inputs = {
        "holdout": dataset + "holdout/",
        "schema": dataset + "schema.json",
        "candidate": candidate,
    }
    variables = {
        container.METRIC_VARIABLE: metric,
        container.CANDIDATE_VARIABLE: candidate_version,
    }
    if champion:
        earlier = f"s3://{env.artifact_bucket}/{Run.parse(champion.run).dataset_prefix}"
        inputs["champion"] = champion.artifacts
        inputs["champion-holdout"] = earlier + "holdout/"
        inputs["champion-schema"] = earlier + "schema.json"
        variables[container.CHAMPION_VARIABLE] = champion.version
    return {
        "ProcessingJobName": run.attempt(attempt),
        "AppSpecification": {
            "ImageUri": env.serving_image,
            "ContainerEntrypoint": ["python", "-m", "serving.evaluate"],
        },
        "Environment": variables,
        "ProcessingInputs": [
            {
                "InputName": name,
                "S3Input": {
                    "S3Uri": uri,
                    "LocalPath": str(container.ON_SAGEMAKER.processing_input(name)),
                    "S3DataType": "S3Prefix",
                    "S3InputMode": "File",
                },
            }
            for name, uri in inputs.items()
        ],
        "ProcessingOutputConfig": {
            "Outputs": [
                {
                    "OutputName": "evaluation",
                    "S3Output": {
                        "S3Uri": f"s3://{env.artifact_bucket}/"
                        + evaluation_prefix(run, attempt).rstrip("/"),
                        "LocalPath": str(container.ON_SAGEMAKER.processing_output),
                        "S3UploadMode": "EndOfJob",
                    },
                }
            ]
        },
        "ProcessingResources": {
            "ClusterConfig": {
                "InstanceCount": 1,
                "InstanceType": env.bounds().evaluation_instance,
                "VolumeSizeInGB": 30,
            }
        },
        "NetworkConfig": {"EnableNetworkIsolation": True},
        "StoppingCondition": {"MaxRuntimeInSeconds": _MINUTES * 60},
        "RoleArn": env.evaluation_role,
        "Tags": [{"Key": "sluice:run", "Value": str(run)}],
    }


def package_request(
    run: Run,
    *,
    attempt: int,
    sequence: int,
    artifacts: str,
    evaluation_uri: str,
    verdict: Verdict,
    env: GateEnvironment,
) -> dict[str, Any]:
    """The CreateModelPackage request; `ClientToken` makes a second one the same package."""
    properties = PackageProperties(
        run=str(run), attempt=attempt, version=f"{run.drop}-{attempt:02d}", sequence=sequence
    )
    return {
        "ModelPackageGroupName": package_group(run.slug, run.model),
        "ModelPackageDescription": verdict.reason[:1024],
        "ModelApprovalStatus": verdict.status,
        "InferenceSpecification": {
            "Containers": [
                {
                    "Image": env.serving_image,
                    "ModelDataSource": {
                        "S3DataSource": {
                            "S3Uri": artifacts,
                            "S3DataType": "S3Prefix",
                            "CompressionType": "None",
                        }
                    },
                }
            ],
            "SupportedContentTypes": ["application/json", "text/csv"],
            "SupportedResponseMIMETypes": ["application/json"],
        },
        "ModelMetrics": {
            "ModelQuality": {
                "Statistics": {"ContentType": "application/json", "S3Uri": evaluation_uri}
            }
        },
        "CustomerMetadataProperties": properties.as_strings(),
        "ClientToken": str(uuid.uuid5(uuid.NAMESPACE_URL, run.attempt(attempt))),
    }
