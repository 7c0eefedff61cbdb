"""gate: set off by a training job that ended, then by its evaluation; leaves a model package."""

from __future__ import annotations

from aws_cdk.aws_dynamodb import ITable
from aws_cdk.aws_ecr_assets import DockerImageAsset
from aws_cdk.aws_s3 import IBucket
from constructs import Construct

from infra.bundle import Bundle
from infra.config import Config
from infra.permissions import allow, pass_role, put_events, read, rows, sagemaker, write
from infra.sagemaker_role import SageMakerRole
from infra.stage import Stage
from sluice.contracts.environment import GateEnvironment


class Gate(Stage):
    """Has candidate and champion scored on the same holdout rows, decides, registers. Evaluations
    run as `job_role`, the only role of a container that sees `holdout/`."""

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
            kind="ProcessingJobs",
            image=image,
            description="What evaluations may do: read holdout rows and models, write scores.",
            may=[
                *read(artifacts, "datasets/*/holdout/*", "datasets/*/schema.json", "runs/*"),
                write(artifacts, "runs/*"),
            ],
        )
        super().__init__(
            scope,
            id,
            config=config,
            bundle=bundle,
            word="gate",
            environment=GateEnvironment(
                slug=config.slug,
                policy=config.policy.model_dump_json(),
                artifact_bucket=artifacts.bucket_name,
                models_table=models.table_name,
                serving_image=image.image_uri,
                evaluation_role=job_role.role_arn,
            ),
            may=[
                allow(
                    "sagemaker:DescribeTrainingJob",
                    on=sagemaker(scope, config.slug, "training-job"),
                ),
                allow(
                    "sagemaker:CreateProcessingJob",
                    "sagemaker:DescribeProcessingJob",
                    "sagemaker:AddTags",
                    on=sagemaker(scope, config.slug, "processing-job"),
                ),
                allow(
                    "sagemaker:CreateModelPackageGroup",
                    "sagemaker:DescribeModelPackageGroup",
                    "sagemaker:CreateModelPackage",
                    "sagemaker:DescribeModelPackage",
                    "sagemaker:ListModelPackages",
                    "sagemaker:UpdateModelPackage",
                    "sagemaker:AddTags",
                    on=sagemaker(scope, config.slug, "model-package-group", "model-package"),
                ),
                *read(artifacts, "datasets/*", "runs/*"),
                write(artifacts, "runs/*"),
                pass_role(job_role),
                rows(models, "GetItem", "PutItem", "Query"),
                put_events(scope, config.slug),
            ],
        )
        self.job_role = job_role
