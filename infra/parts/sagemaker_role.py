"""The roles that SageMaker's containers run as: they never share one with a function."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from aws_cdk import Stack
from aws_cdk.aws_ecr_assets import DockerImageAsset
from aws_cdk.aws_iam import PolicyStatement, Role, ServicePrincipal
from constructs import Construct

from infra.parts.permissions import allow

Kind = Literal["TrainingJobs", "ProcessingJobs", "Endpoints"]


class SageMakerRole(Role):
    """May pull `image`, write the logs and metrics of its `kind`, and do what `may` says."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        slug: str,
        kind: Kind,
        image: DockerImageAsset,
        description: str,
        may: Sequence[PolicyStatement],
    ) -> None:
        super().__init__(
            scope,
            id,
            description=description,
            assumed_by=ServicePrincipal("sagemaker.amazonaws.com"),
        )
        image.repository.grant_pull(self)
        group = f"/aws/sagemaker/{kind}"
        # SageMaker gives endpoints a log group each; jobs share one, with a stream each.
        logs = (
            f"log-group:{group}/{slug}-*"
            if kind == "Endpoints"
            else f"log-group:{group}:log-stream:{slug}-*"
        )
        groups = f"log-group:{group}*"
        arn = Stack.of(self).format_arn
        for statement in (
            *may,
            allow(
                "logs:CreateLogGroup",
                "logs:DescribeLogStreams",
                on=[f"{arn(service='logs', resource=groups)}"],
            ),
            allow(
                "logs:CreateLogStream",
                "logs:PutLogEvents",
                on=[f"{arn(service='logs', resource=logs)}"],
            ),
            allow(
                "cloudwatch:PutMetricData",
                on=["*"],
                when={"StringEquals": {"cloudwatch:namespace": [group, group.removeprefix("/")]}},
            ),
        ):
            self.add_to_principal_policy(statement)
