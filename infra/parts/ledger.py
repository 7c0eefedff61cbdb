"""The ledger: one timeline a run, for people. No stage decides by it."""

from __future__ import annotations

from aws_cdk.aws_dynamodb import Attribute, AttributeType, ProjectionType
from constructs import Construct

from infra.config import Config
from infra.parts.table import Table
from sluice.contracts.ledger import BY_TIME


class Ledger(Construct):
    """The table that record writes; its index has the keys `gsi` and `at`."""

    def __init__(self, scope: Construct, id: str, *, config: Config) -> None:
        super().__init__(scope, id)
        self.table = Table(self, "Table", removal=config.removal)
        self.table.add_global_secondary_index(
            index_name=BY_TIME,
            partition_key=Attribute(name="gsi", type=AttributeType.STRING),
            sort_key=Attribute(name="at", type=AttributeType.STRING),
            projection_type=ProjectionType.ALL,
        )
