"""gate: set off by a training job that ended, then by its evaluation; leaves a model package."""

from __future__ import annotations

from aws_cdk.aws_ecr_assets import DockerImageAsset
from constructs import Construct

from infra.parts.handler import Stage, StageContext
from infra.parts.permissions import allow, pass_role, put_events, read, rows, sagemaker, write
from infra.parts.sagemaker_role import SageMakerRole
from sluice.contracts.environment import GateEnvironment


class Gate(Stage):
    """Has candidate and champion scored on the same holdout rows, decides, registers. Evaluations
    run as `job_role`, the only role of a container that sees `holdout/`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        context: StageContext,
        *,
        image: DockerImageAsset,
    ) -> None:
        job_role = SageMakerRole(
            scope,
            f"{id}Jobs",
            slug=context.slug,
            kind="ProcessingJobs",
            image=image,
            description="What evaluations may do: read holdout rows and models, write scores.",
            may=[
                *read(
                    context.artifacts, "datasets/*/holdout/*", "datasets/*/schema.json", "runs/*"
                ),
                write(context.artifacts, "runs/*"),
            ],
        )
        super().__init__(
            scope,
            id,
            context,
            environment=GateEnvironment(
                slug=context.slug,
                policy=context.config.policy.model_dump_json(),
                artifact_bucket=context.artifacts.bucket_name,
                models_table=context.models.table_name,
                serving_image=image.image_uri,
                evaluation_role=job_role.role_arn,
            ),
            may=[
                allow(
                    "sagemaker:DescribeTrainingJob",
                    on=sagemaker(scope, context.slug, "training-job"),
                ),
                allow(
                    "sagemaker:CreateProcessingJob",
                    "sagemaker:DescribeProcessingJob",
                    "sagemaker:AddTags",
                    on=sagemaker(scope, context.slug, "processing-job"),
                ),
                allow(
                    "sagemaker:CreateModelPackageGroup",
                    "sagemaker:DescribeModelPackageGroup",
                    "sagemaker:CreateModelPackage",
                    "sagemaker:DescribeModelPackage",
                    "sagemaker:ListModelPackages",
                    "sagemaker:AddTags",
                    on=sagemaker(scope, context.slug, "model-package-group", "model-package"),
                ),
                *read(context.artifacts, "datasets/*", "runs/*"),
                pass_role(job_role),
                rows(context.models, "GetItem", "PutItem"),
                put_events(scope, context.slug),
            ],
        )
        self.job_role = job_role
