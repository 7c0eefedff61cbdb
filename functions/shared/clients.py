"""boto3 clients, made once a process and only when first asked for."""

from __future__ import annotations

from functools import cache
from typing import Any

import boto3
from botocore.config import Config


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
def table(name: str) -> Any:
    """One DynamoDB table, items as plain Python values."""
    return boto3.resource("dynamodb", config=_config()).Table(name)
