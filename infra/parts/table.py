"""A DynamoDB table as both of ours are: billed by request, encrypted, restorable to any second."""

from __future__ import annotations

from aws_cdk import RemovalPolicy, aws_dynamodb
from aws_cdk.aws_dynamodb import (
    Attribute,
    AttributeType,
    BillingMode,
    PointInTimeRecoverySpecification,
    TableEncryption,
)
from constructs import Construct


class Table(aws_dynamodb.Table):
    """Partition key `pk` and sort key `sk`, both strings."""

    def __init__(self, scope: Construct, id: str, *, removal: RemovalPolicy) -> None:
        super().__init__(
            scope,
            id,
            partition_key=Attribute(name="pk", type=AttributeType.STRING),
            sort_key=Attribute(name="sk", type=AttributeType.STRING),
            billing_mode=BillingMode.PAY_PER_REQUEST,
            encryption=TableEncryption.AWS_MANAGED,
            point_in_time_recovery_specification=PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            removal_policy=removal,
        )
