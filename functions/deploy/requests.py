"""What deploy asks of SageMaker and Application Auto Scaling. Pure."""

from __future__ import annotations

from typing import Any, Final

from functions.shared.registry import Package
from sluice.contracts import container
from sluice.contracts.environment import DeployEnvironment
from sluice.contracts.names import VARIANT, capture_prefix
from sluice.contracts.spec import Policy, Spec

SCALABLE: Final = {
    "ServiceNamespace": "sagemaker",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}


def model_request(name: str, package: Package, env: DeployEnvironment) -> dict[str, Any]:
    """CreateModel: the package's own folder, and the version that answers will name."""
    return {
        "ModelName": name,
        "PrimaryContainer": {
            "Image": package.image,
            "ModelDataSource": {
                "S3DataSource": {
                    "S3Uri": package.artifacts,
                    "S3DataType": "S3Prefix",
                    "CompressionType": "None",
                }
            },
            "Environment": {container.VERSION_VARIABLE: package.properties.version},
        },
        "EnableNetworkIsolation": True,
        "ExecutionRoleArn": env.serving_role,
        "Tags": _tags(package),
    }


def config_request(
    name: str, package: Package, spec: Spec, env: DeployEnvironment
) -> dict[str, Any]:
    """CreateEndpointConfig: one variant, its traffic captured below its own prefix."""
    policy = env.bounds()
    return {
        "EndpointConfigName": name,
        "ProductionVariants": [
            {
                "VariantName": VARIANT,
                "ModelName": name,
                "InstanceType": policy.endpoint_instance,
                "InitialInstanceCount": spec.deploy.min,
                "InitialVariantWeight": 1.0,
            }
        ],
        "DataCaptureConfig": {
            "EnableCapture": policy.capture_percent > 0,
            "InitialSamplingPercentage": policy.capture_percent,
            "DestinationS3Uri": f"s3://{env.artifact_bucket}/" + capture_prefix(name).rstrip("/"),
            "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
            "CaptureContentTypeHeader": {
                "JsonContentTypes": ["application/json"],
                "CsvContentTypes": ["text/csv"],
            },
        },
        "Tags": _tags(package),
    }


def create_request(endpoint: str, config: str, package: Package) -> dict[str, Any]:
    """CreateEndpoint."""
    return {"EndpointName": endpoint, "EndpointConfigName": config, "Tags": _tags(package)}


def update_request(endpoint: str, config: str) -> dict[str, Any]:
    """UpdateEndpoint: all at once beside the old fleet, at the size that scaling has reached."""
    return {
        "EndpointName": endpoint,
        "EndpointConfigName": config,
        # Without it the fleet would fall back to InitialInstanceCount under load.
        "RetainAllVariantProperties": True,
        "DeploymentConfig": {
            "BlueGreenUpdatePolicy": {
                "TrafficRoutingConfiguration": {
                    "Type": "ALL_AT_ONCE",
                    "WaitIntervalInSeconds": 0,
                },
                "TerminationWaitInSeconds": 0,
            }
        },
    }


def scalable_target(endpoint: str, spec: Spec) -> dict[str, Any]:
    """RegisterScalableTarget."""
    return SCALABLE | {
        "ResourceId": f"endpoint/{endpoint}/variant/{VARIANT}",
        "MinCapacity": spec.deploy.min,
        "MaxCapacity": spec.deploy.max,
    }


def scaling_policy(endpoint: str, policy: Policy) -> dict[str, Any]:
    """PutScalingPolicy: target tracking on calls a minute and instance."""
    return SCALABLE | {
        "PolicyName": f"{endpoint}-invocations",
        "ResourceId": f"endpoint/{endpoint}/variant/{VARIANT}",
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": policy.target_invocations_per_instance,
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
            },
            "ScaleInCooldown": 300,
            "ScaleOutCooldown": 60,
        },
    }


def _tags(package: Package) -> list[dict[str, str]]:
    return [{"Key": "sluice:run", "Value": package.properties.run}]
