"""record, a keeper: hears every event and writes the ledger; says `Run Failed` of a dead letter."""

from __future__ import annotations

from aws_cdk.aws_dynamodb import ITable
from constructs import Construct

from infra.bundle import Bundle
from infra.config import Config
from infra.permissions import put_events, rows
from infra.stage import Stage
from sluice.contracts.environment import RecordEnvironment


class Record(Stage):
    """Several run at a time: the ledger's state moves by rank, so order does not matter."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: Config,
        bundle: Bundle,
        ledger: ITable,
        models: ITable,
    ) -> None:
        super().__init__(
            scope,
            id,
            config=config,
            bundle=bundle,
            word="record",
            concurrency=5,
            environment=RecordEnvironment(
                slug=config.slug,
                ledger_table=ledger.table_name,
                models_table=models.table_name,
            ),
            may=[
                rows(ledger, "GetItem", "PutItem", "UpdateItem", "Query"),
                rows(models, "GetItem", "PutItem"),
                put_events(scope, config.slug),
            ],
        )

    def mourns(self, *stages: Stage) -> None:
        """Take each dead letter of `stages`, and say which run it failed."""
        for stage in stages:
            self.takes_from(f"{stage.node.id}Dead", stage.dead, concurrency=2)
