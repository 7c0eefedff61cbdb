"""drop: the bucket that users put datasets into. Nothing runs here; S3 announces each object."""

from __future__ import annotations

from typing import cast

from aws_cdk.aws_s3 import CfnBucket
from constructs import Construct

from infra.config import Config
from infra.parts.bucket import PrivateBucket


class Drop(Construct):
    """Only what users put there. Who may drop may not touch models: those lie in another bucket."""

    def __init__(self, scope: Construct, id: str, *, config: Config) -> None:
        super().__init__(scope, id)
        self.bucket = PrivateBucket(self, "Bucket", noncurrent_days=config.noncurrent_days)
        # The L1 property, because Bucket(event_bridge_enabled=True) adds a custom resource: a
        # function of the CDK's own, with rights that nobody reviews.
        bucket = cast(CfnBucket, self.bucket.node.default_child)
        bucket.notification_configuration = CfnBucket.NotificationConfigurationProperty(
            event_bridge_configuration=CfnBucket.EventBridgeConfigurationProperty(
                event_bridge_enabled=True
            )
        )
