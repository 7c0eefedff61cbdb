"""record, a keeper: hears every event and writes the ledger; says `Run Failed` of a dead letter."""

from __future__ import annotations

from aws_cdk.aws_dynamodb import ITable
from constructs import Construct

from infra.parts.handler import Stage, StageContext
from infra.parts.permissions import put_events, rows
from sluice.contracts.environment import RecordEnvironment


class Record(Stage):
    """Several run at a time: the ledger's state moves by rank, so order does not matter."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        context: StageContext,
        *,
        ledger: ITable,
    ) -> None:
        super().__init__(
            scope,
            id,
            context,
            concurrency=5,
            environment=RecordEnvironment(
                slug=context.slug,
                ledger_table=ledger.table_name,
                models_table=context.models.table_name,
            ),
            may=[
                rows(ledger, "GetItem", "PutItem", "UpdateItem", "Query"),
                rows(context.models, "PutItem"),
                put_events(scope, context.slug),
            ],
        )

    def takes_dead_letters_of(self, *stages: Stage) -> None:
        """Take each dead letter of `stages`, and say which run it failed."""
        for stage in stages:
            self.takes_from(f"{stage.node.id}Dead", stage.dead, concurrency=2)
