"""watch: set off by a schedule; counts captured traffic."""

from __future__ import annotations

from constructs import Construct

from infra.parts.handler import Stage, StageContext
from infra.parts.permissions import put_events, read, rows
from sluice.contracts.environment import WatchEnvironment


class Watch(Stage):
    """Reads what endpoints captured, and says what it found."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        context: StageContext,
    ) -> None:
        super().__init__(
            scope,
            id,
            context,
            environment=WatchEnvironment(
                slug=context.slug,
                artifact_bucket=context.artifacts.bucket_name,
                models_table=context.models.table_name,
            ),
            may=[
                rows(context.models, "Query"),
                *read(context.artifacts, "captures/*", "runs/*"),
                put_events(scope, context.slug),
            ],
        )
