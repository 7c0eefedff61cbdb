"""train: set off by `Dataset Accepted`; leaves a SageMaker training job."""

from __future__ import annotations

from aws_cdk.aws_dynamodb import ITable
from aws_cdk.aws_ecr_assets import DockerImageAsset
from aws_cdk.aws_s3 import IBucket
from constructs import Construct

from infra.bundle import Bundle
from infra.config import Config
from infra.permissions import allow, deny, pass_role, put_events, read, rows, sagemaker, write
from infra.sagemaker_role import SageMakerRole
from infra.stage import Stage
from sluice.contracts.environment import TrainEnvironment


class Train(Stage):
    """Starts training jobs. They run as `job_role`, which no policy can make see `holdout/`."""

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
        job_role = SageMakerRole(
            scope,
            f"{id}Jobs",
            slug=config.slug,
            kind="TrainingJobs",
            image=image,
            description="What training jobs may do: read training rows, write models.",
            may=[
                *read(
                    artifacts,
                    "datasets/*/train/*",
                    "datasets/*/schema.json",
                    "datasets/*/profile.json",
                    "runs/*",
                ),
                deny(
                    "s3:GetObject",
                    "s3:GetObjectVersion",
                    on=[artifacts.arn_for_objects("datasets/*/holdout/*")],
                ),
                write(artifacts, "runs/*"),
            ],
        )
        super().__init__(
            scope,
            id,
            config=config,
            bundle=bundle,
            word="train",
            environment=TrainEnvironment(
                slug=config.slug,
                policy=config.policy.model_dump_json(),
                artifact_bucket=artifacts.bucket_name,
                models_table=models.table_name,
                training_image=image.image_uri,
                training_role=job_role.role_arn,
            ),
            may=[
                *read(artifacts, "datasets/*"),
                allow(
                    "sagemaker:CreateTrainingJob",
                    "sagemaker:DescribeTrainingJob",
                    "sagemaker:AddTags",
                    on=sagemaker(scope, config.slug, "training-job"),
                ),
                pass_role(job_role),
                rows(models, "GetItem", "PutItem", "UpdateItem", "ConditionCheckItem", "Query"),
                put_events(scope, config.slug),
            ],
        )
        self.job_role = job_role
