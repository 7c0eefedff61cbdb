"""How one statement of a role's policy is written: exact actions, on what carries our names.

Constructs list these one below the other, so that a reader sees what a function may do where the
function is made. Nothing here takes a wildcard action.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Stack
from aws_cdk.aws_dynamodb import ITable
from aws_cdk.aws_iam import Effect, IRole, PolicyStatement
from aws_cdk.aws_s3 import IBucket
from constructs import Construct


def allow(
    *actions: str, on: Sequence[str], when: Mapping[str, Any] | None = None
) -> PolicyStatement:
    """Allow `actions` on the resources `on`, under the conditions `when`."""
    return PolicyStatement(actions=list(actions), resources=list(on), conditions=when)


def deny(*actions: str, on: Sequence[str]) -> PolicyStatement:
    """Refuse `actions` on the resources `on`, whatever else allows them."""
    return PolicyStatement(effect=Effect.DENY, actions=list(actions), resources=list(on))


def list_under(bucket: IBucket, *prefixes: str) -> PolicyStatement:
    """List the keys below `prefixes` (`datasets/*`). Without it a missing key answers 403."""
    return allow(
        "s3:ListBucket", on=[bucket.bucket_arn], when={"StringLike": {"s3:prefix": list(prefixes)}}
    )


def read(bucket: IBucket, *keys: str) -> list[PolicyStatement]:
    """Get objects whose keys match, and list them."""
    return [
        allow("s3:GetObject", on=[bucket.arn_for_objects(key) for key in keys]),
        list_under(bucket, *keys),
    ]


def write(bucket: IBucket, *keys: str) -> PolicyStatement:
    """Put objects whose keys match, in one piece or in parts."""
    return allow(
        "s3:PutObject",
        "s3:AbortMultipartUpload",
        on=[bucket.arn_for_objects(key) for key in keys],
    )


def rows(table: ITable, *operations: str) -> PolicyStatement:
    """Take `operations` (`GetItem`) on the items of `table`."""
    return allow(*(f"dynamodb:{operation}" for operation in operations), on=[table.table_arn])


def query_index(table: ITable, index: str) -> PolicyStatement:
    """Query one index of `table`."""
    return allow("dynamodb:Query", on=[f"{table.table_arn}/index/{index}"])


def sagemaker(scope: Construct, slug: str, *kinds: str) -> list[str]:
    """ARNs of this stack's `kinds` of SageMaker resource (`training-job`), by their name prefix."""
    stack = Stack.of(scope)
    return [
        stack.format_arn(service="sagemaker", resource=kind, resource_name=f"{slug}-*")
        for kind in kinds
    ]


def pass_role(role: IRole) -> PolicyStatement:
    """Hand `role` to SageMaker, and to nobody else."""
    return allow(
        "iam:PassRole",
        on=[role.role_arn],
        when={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
    )


def put_events(scope: Construct, slug: str) -> PolicyStatement:
    """Say something on the default bus, as this stack's own source."""
    return allow(
        "events:PutEvents",
        on=[
            Stack.of(scope).format_arn(
                service="events", resource="event-bus", resource_name="default"
            )
        ],
        when={"StringEquals": {"events:source": f"sluice.{slug}"}},
    )
