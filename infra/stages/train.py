"""train: set off by `Dataset Accepted`; leaves a SageMaker training job."""

from __future__ import annotations

from aws_cdk.aws_ecr_assets import DockerImageAsset
from constructs import Construct

from infra.parts.handler import Stage, StageContext
from infra.parts.permissions import allow, deny, pass_role, put_events, read, rows, sagemaker, write
from infra.parts.sagemaker_role import SageMakerRole
from sluice.contracts.environment import TrainEnvironment


class Train(Stage):
    """Starts training jobs. They run as `job_role`, which no policy can make see `holdout/`."""

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
            kind="TrainingJobs",
            image=image,
            description="What training jobs may do: read training rows, write models.",
            may=[
                *read(
                    context.artifacts,
                    "datasets/*/train/*",
                    "datasets/*/schema.json",
                    "datasets/*/profile.json",
                    "runs/*",
                ),
                deny(
                    "s3:GetObject",
                    "s3:GetObjectVersion",
                    on=[context.artifacts.arn_for_objects("datasets/*/holdout/*")],
                ),
                write(context.artifacts, "runs/*"),
            ],
        )
        super().__init__(
            scope,
            id,
            context,
            environment=TrainEnvironment(
                slug=context.slug,
                policy=context.config.policy.model_dump_json(),
                artifact_bucket=context.artifacts.bucket_name,
                models_table=context.models.table_name,
                training_image=image.image_uri,
                training_role=job_role.role_arn,
            ),
            may=[
                *read(context.artifacts, "datasets/*"),
                allow(
                    "sagemaker:CreateTrainingJob",
                    "sagemaker:DescribeTrainingJob",
                    "sagemaker:AddTags",
                    on=sagemaker(scope, context.slug, "training-job"),
                ),
                pass_role(job_role),
                rows(context.models, "PutItem"),
                put_events(scope, context.slug),
            ],
        )
        self.job_role = job_role
