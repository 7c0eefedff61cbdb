"""validate: set off by an object in the drop bucket; leaves `Dataset Accepted`/`Drop Rejected`."""

from __future__ import annotations

from aws_cdk import Duration, Size
from aws_cdk.aws_ecr_assets import DockerImageAsset
from aws_cdk.aws_s3 import IBucket
from constructs import Construct

from infra.parts.handler import Stage, StageContext
from infra.parts.permissions import allow, pass_role, put_events, read, rows, sagemaker, write
from infra.parts.sagemaker_role import SageMakerRole
from sluice.contracts.environment import ValidateEnvironment
from sluice.contracts.timeouts import VALIDATE_SECONDS


class Validate(Stage):
    """Reads what was dropped, writes a dataset or keeps the drop aside. The only function that sees
    the drop bucket's objects; it cannot touch a model. What is too large for it goes to a job that
    runs the same code as `job_role`, which may do the same."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        context: StageContext,
        *,
        image: DockerImageAsset,
        drop_bucket: IBucket,
    ) -> None:
        rights = [
            # A copy takes an object's tags along, and fails where it may not read them.
            allow(
                "s3:GetObject",
                "s3:GetObjectVersion",
                "s3:GetObjectTagging",
                "s3:GetObjectVersionTagging",
                on=[drop_bucket.arn_for_objects("*")],
            ),
            allow("s3:PutObjectTagging", on=[context.artifacts.arn_for_objects("quarantine/*")]),
            allow("s3:ListBucket", "s3:ListBucketVersions", on=[drop_bucket.bucket_arn]),
            *read(context.artifacts, "datasets/*", "quarantine/*", "handovers/*"),
            write(context.artifacts, "datasets/*", "quarantine/*", "handovers/*"),
            rows(context.models, "GetItem", "PutItem", "UpdateItem"),
            put_events(scope, context.slug),
        ]
        job_role = SageMakerRole(
            scope,
            f"{id}Jobs",
            slug=context.slug,
            kind="ProcessingJobs",
            image=image,
            description="What validate's jobs may do: all that its function may, but start jobs.",
            may=rights,
        )
        super().__init__(
            scope,
            id,
            context,
            layer=context.bundle.validation,
            timeout=Duration.seconds(VALIDATE_SECONDS),
            memory=3008,
            storage=Size.gibibytes(10),
            concurrency=5,
            environment=ValidateEnvironment(
                slug=context.slug,
                policy=context.config.policy.model_dump_json(),
                drop_bucket=drop_bucket.bucket_name,
                artifact_bucket=context.artifacts.bucket_name,
                models_table=context.models.table_name,
                validation_image=image.image_uri,
                validation_role=job_role.role_arn,
            ),
            may=[
                *rights,
                allow(
                    "sagemaker:CreateProcessingJob",
                    "sagemaker:DescribeProcessingJob",
                    "sagemaker:AddTags",
                    on=sagemaker(scope, context.slug, "processing-job"),
                ),
                pass_role(job_role),
            ],
        )
        self.job_role = job_role
