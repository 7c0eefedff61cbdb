"""watch: set off by a schedule; counts captured traffic."""

from __future__ import annotations

from aws_cdk.aws_dynamodb import ITable
from aws_cdk.aws_s3 import IBucket
from constructs import Construct

from infra.bundle import Bundle
from infra.config import Config
from infra.permissions import put_events, read, rows
from infra.stage import Stage
from sluice.contracts.environment import WatchEnvironment


class Watch(Stage):
    """Reads what endpoints captured, and says what it found."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: Config,
        bundle: Bundle,
        artifacts: IBucket,
        models: ITable,
    ) -> None:
        super().__init__(
            scope,
            id,
            config=config,
            bundle=bundle,
            word="watch",
            environment=WatchEnvironment(
                slug=config.slug,
                artifact_bucket=artifacts.bucket_name,
                models_table=models.table_name,
            ),
            may=[
                rows(models, "Query"),
                *read(artifacts, "captures/*"),
                put_events(scope, config.slug),
            ],
        )
