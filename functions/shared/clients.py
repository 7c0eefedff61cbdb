"""boto3 clients, made once a process and only when first asked for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError


def _config(read_timeout: float = 50, attempts: int = 4) -> Config:
    return Config(
        connect_timeout=3,
        read_timeout=read_timeout,
        retries={"mode": "standard", "total_max_attempts": attempts},
        tcp_keepalive=True,
        user_agent_appid="sluice",
    )


@cache
def client(service: str) -> Any:
    """The client of one AWS service, by the function's own role and region."""
    return boto3.client(service, config=_config())


@cache
def runtime_client(read_timeout: float) -> Any:
    """The client that invokes endpoints: one attempt, so that its caller's patience is kept."""
    return boto3.client("sagemaker-runtime", config=_config(read_timeout, attempts=1))


@cache
def _dynamodb() -> Any:
    return boto3.resource("dynamodb", config=_config())


@cache
def table(name: str) -> Any:
    """One DynamoDB table, items as plain Python values."""
    return _dynamodb().Table(name)


def query_all(name: str, **request: Any) -> Iterator[dict[str, Any]]:
    """The items of a query on one table, page by page."""
    more: dict[str, Any] = {}
    while True:
        page = table(name).query(**request, **more)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        more = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def condition_failed(error: ClientError) -> bool:
    """Whether a conditional write found its condition unmet; every other error is to be raised."""
    return bool(error.response["Error"]["Code"] == "ConditionalCheckFailedException")


def prepare(*services: str) -> None:
    """Make the clients of `services`, and of DynamoDB, ahead of the first event.

    Every handler calls it when it is imported, which is Lambda's init phase. Without a region
    (a test, a type checker) there is nothing to prepare for.
    """
    if boto3.Session().region_name is None:
        return
    _dynamodb()
    for service in services:
        client(service)


def forget() -> None:
    """Drop every client, so that the next ones see another cloud; for tests."""
    for cached in (client, runtime_client, table, _dynamodb):
        cached.cache_clear()
