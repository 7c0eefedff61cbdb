"""deploy: set off by a package whose approval changed; leaves the model's endpoint converged."""

from __future__ import annotations

from aws_cdk import ArnFormat, Stack
from aws_cdk.aws_dynamodb import ITable
from aws_cdk.aws_ecr_assets import DockerImageAsset
from aws_cdk.aws_iam import PolicyStatement
from aws_cdk.aws_s3 import IBucket
from constructs import Construct

from infra.bundle import Bundle
from infra.config import Config
from infra.permissions import allow, pass_role, put_events, read, rows, sagemaker, write
from infra.sagemaker_role import SageMakerRole
from infra.stage import Stage
from sluice.contracts.environment import DeployEnvironment


class Deploy(Stage):
    """Creates, updates and scales endpoints. Their containers run as `endpoint_role`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: Config,
        bundle: Bundle,
        image: DockerImageAsset,
        artifacts: IBucket,
        models: ITable,
    ) -> None:
        endpoint_role = SageMakerRole(
            scope,
            f"{id}Endpoints",
            slug=config.slug,
            kind="Endpoints",
            image=image,
            description="What endpoints may do: read models, keep captured traffic.",
            may=[*read(artifacts, "runs/*"), write(artifacts, "captures/*")],
        )
        super().__init__(
            scope,
            id,
            config=config,
            bundle=bundle,
            word="deploy",
            environment=DeployEnvironment(
                slug=config.slug,
                policy=config.policy.model_dump_json(),
                artifact_bucket=artifacts.bucket_name,
                models_table=models.table_name,
                serving_image=image.image_uri,
                serving_role=endpoint_role.role_arn,
            ),
            may=[
                allow(
                    "sagemaker:ListModelPackages",
                    "sagemaker:DescribeModelPackage",
                    "sagemaker:UpdateModelPackage",
                    on=sagemaker(scope, config.slug, "model-package-group", "model-package"),
                ),
                *_endpoints(scope, config.slug),
                *_scaling(scope, config.slug),
                *read(artifacts, "runs/*", "datasets/*"),
                pass_role(endpoint_role),
                rows(
                    models,
                    "GetItem",
                    "PutItem",
                    "UpdateItem",
                    "DeleteItem",
                    "ConditionCheckItem",
                    "Query",
                ),
                put_events(scope, config.slug),
            ],
        )
        self.endpoint_role = endpoint_role


def _endpoints(scope: Construct, slug: str) -> list[PolicyStatement]:
    return [
        allow(
            "sagemaker:CreateModel",
            "sagemaker:DescribeModel",
            "sagemaker:DeleteModel",
            "sagemaker:CreateEndpointConfig",
            "sagemaker:DescribeEndpointConfig",
            "sagemaker:DeleteEndpointConfig",
            "sagemaker:CreateEndpoint",
            "sagemaker:DescribeEndpoint",
            "sagemaker:UpdateEndpoint",
            "sagemaker:UpdateEndpointWeightsAndCapacities",
            "sagemaker:DeleteEndpoint",
            "sagemaker:AddTags",
            on=sagemaker(scope, slug, "model", "endpoint-config", "endpoint"),
        ),
        # Lists cannot be restricted to names; policy.max_endpoints is counted with this one.
        allow("sagemaker:ListEndpoints", on=["*"]),
    ]


def _scaling(scope: Construct, slug: str) -> list[PolicyStatement]:
    """Target tracking acts with the caller's rights on alarms and endpoints, too:
    https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-prerequisites.html"""
    arn = Stack.of(scope).format_arn
    linked_role = (
        "role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/"
        "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
    )
    return [
        allow(
            "application-autoscaling:RegisterScalableTarget",
            "application-autoscaling:DeregisterScalableTarget",
            "application-autoscaling:PutScalingPolicy",
            "application-autoscaling:DeleteScalingPolicy",
            on=[
                arn(
                    service="application-autoscaling",
                    resource="scalable-target",
                    resource_name="*",
                )
            ],
            when={"StringEquals": {"application-autoscaling:service-namespace": "sagemaker"}},
        ),
        allow(
            "application-autoscaling:DescribeScalableTargets",
            "application-autoscaling:DescribeScalingPolicies",
            "application-autoscaling:DescribeScalingActivities",
            on=["*"],
        ),
        allow(
            "cloudwatch:PutMetricAlarm",
            "cloudwatch:DeleteAlarms",
            on=[
                arn(
                    service="cloudwatch",
                    resource="alarm",
                    resource_name=f"TargetTracking-endpoint/{slug}-*",
                    arn_format=ArnFormat.COLON_RESOURCE_NAME,
                )
            ],
        ),
        allow("cloudwatch:DescribeAlarms", on=["*"]),
        allow(
            "iam:CreateServiceLinkedRole",
            on=[arn(service="iam", region="", resource=linked_role)],
            when={
                "StringLike": {
                    "iam:AWSServiceName": "sagemaker.application-autoscaling.amazonaws.com"
                }
            },
        ),
    ]
