"""A bucket as all of ours are: private, encrypted, versioned, reached by TLS only, tidied up."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration, RemovalPolicy
from aws_cdk.aws_s3 import (
    BlockPublicAccess,
    Bucket,
    BucketEncryption,
    LifecycleRule,
    ObjectOwnership,
)
from constructs import Construct


class PrivateBucket(Bucket):
    """CloudFormation names it, so that two stacks never want the same name."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        noncurrent_days: int,
        expiring: Sequence[LifecycleRule] = (),
    ) -> None:
        super().__init__(
            scope,
            id,
            versioned=True,
            encryption=BucketEncryption.S3_MANAGED,
            block_public_access=BlockPublicAccess.BLOCK_ALL,
            object_ownership=ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            removal_policy=RemovalPolicy.RETAIN,
            lifecycle_rules=[
                LifecycleRule(
                    id="tidy",
                    abort_incomplete_multipart_upload_after=Duration.days(7),
                    noncurrent_version_expiration=Duration.days(noncurrent_days),
                    expired_object_delete_marker=True,
                ),
                *expiring,
            ],
        )
