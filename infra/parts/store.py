"""What the stages remember and decide by: the artifact bucket and the table of models."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk.aws_s3 import LifecycleRule
from constructs import Construct

from infra.config import Config
from infra.parts.bucket import PrivateBucket
from infra.parts.table import Table


class Store(Construct):
    """`artifacts`: datasets/, quarantine/, handovers/, runs/, captures/. `models`: champions,
    sequence numbers, digests of what was already trained, leases (keys `pk` and `sk`)."""

    def __init__(self, scope: Construct, id: str, *, config: Config) -> None:
        super().__init__(scope, id)
        self.artifacts = PrivateBucket(
            self,
            "Artifacts",
            noncurrent_days=config.noncurrent_days,
            expiring=[
                LifecycleRule(
                    id="forget-captured-traffic",
                    prefix="captures/",
                    expiration=Duration.days(config.capture_days),
                )
            ],
        )
        self.models = Table(self, "Models", removal=config.removal)
