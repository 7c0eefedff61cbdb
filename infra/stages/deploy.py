"""deploy: set off by a package whose approval changed; leaves the model's endpoint converged."""

from __future__ import annotations

from aws_cdk import ArnFormat, Stack
from aws_cdk.aws_ecr_assets import DockerImageAsset
from aws_cdk.aws_iam import PolicyStatement
from constructs import Construct

from infra.parts.handler import Stage, StageContext
from infra.parts.permissions import allow, pass_role, put_events, read, rows, sagemaker, write
from infra.parts.sagemaker_role import SageMakerRole
from sluice.contracts.environment import DeployEnvironment


class Deploy(Stage):
    """Creates, updates and scales endpoints. Their containers run as `endpoint_role`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        context: StageContext,
        *,
        image: DockerImageAsset,
    ) -> None:
        endpoint_role = SageMakerRole(
            scope,
            f"{id}Endpoints",
            slug=context.slug,
            kind="Endpoints",
            image=image,
            description="What endpoints may do: read models, keep captured traffic.",
            may=[*read(context.artifacts, "runs/*"), write(context.artifacts, "captures/*")],
        )
        super().__init__(
            scope,
            id,
            context,
            environment=DeployEnvironment(
                slug=context.slug,
                policy=context.config.policy.model_dump_json(),
                artifact_bucket=context.artifacts.bucket_name,
                models_table=context.models.table_name,
                serving_image=image.image_uri,
                serving_role=endpoint_role.role_arn,
            ),
            may=[
                allow(
                    "sagemaker:ListModelPackages",
                    "sagemaker:DescribeModelPackage",
                    "sagemaker:UpdateModelPackage",
                    on=sagemaker(scope, context.slug, "model-package-group", "model-package"),
                ),
                *_endpoints(scope, context.slug),
                *_scaling(scope, context.slug),
                *read(context.artifacts, "runs/*", "datasets/*"),
                pass_role(endpoint_role),
                rows(context.models, "GetItem", "PutItem", "DeleteItem"),
                put_events(scope, context.slug),
            ],
        )
        self.endpoint_role = endpoint_role


def _endpoints(scope: Construct, slug: str) -> list[PolicyStatement]:
    return [
        allow(
            "sagemaker:CreateModel",
            "sagemaker:DescribeModel",
            "sagemaker:CreateEndpointConfig",
            "sagemaker:DescribeEndpointConfig",
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
            "application-autoscaling:PutScalingPolicy",
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
