"""Contract tests hold one arrow each: what one stage writes, the next one reads."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from dropping import make_intake
from moto import mock_aws

from functions.validate.step import ValidateStep


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """moto's control plane in this process, with the two buckets and the two tables of a stack."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        s3 = boto3.client("s3")
        for bucket in ("drops", "artifacts"):
            s3.create_bucket(Bucket=bucket)
            s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        dynamodb = boto3.client("dynamodb")
        for table in ("models", "ledger"):
            dynamodb.create_table(
                TableName=table,
                BillingMode="PAY_PER_REQUEST",
                KeySchema=[
                    {"AttributeName": "pk", "KeyType": "HASH"},
                    {"AttributeName": "sk", "KeyType": "RANGE"},
                ],
                AttributeDefinitions=[
                    {"AttributeName": name, "AttributeType": "S"}
                    for name in ("pk", "sk", "gsi", "at")
                ],
                GlobalSecondaryIndexes=[
                    {
                        "IndexName": "by_time",
                        "KeySchema": [
                            {"AttributeName": "gsi", "KeyType": "HASH"},
                            {"AttributeName": "at", "KeyType": "RANGE"},
                        ],
                        "Projection": {"ProjectionType": "ALL"},
                    }
                ],
            )
        yield


@pytest.fixture
def intake(aws: None) -> ValidateStep:
    """An intake of the buckets and tables of `aws`."""
    return make_intake()
