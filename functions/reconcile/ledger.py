"""Reads the ledger for the runs that have not ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from boto3.dynamodb.conditions import Attr, Key

from functions.reconcile.decide import OpenRun
from functions.shared.aws import query_all
from sluice.contracts.events import parse_timestamp
from sluice.contracts.ledger import ALL_RUNS, BY_TIME
from sluice.contracts.names import Run


def open_runs(table: Any) -> Iterator[OpenRun]:
    """Every run that is running or waiting, and repeats no other; `table` is boto3's."""
    items = query_all(
        table,
        IndexName=BY_TIME,
        KeyConditionExpression=Key("gsi").eq(ALL_RUNS),
        FilterExpression=Attr("state").is_in(["running", "waiting"]) & Attr("repeats").not_exists(),
    )
    for item in items:
        yield OpenRun(
            run=Run.parse(item["run"]),
            phase=item["phase"] or item["state"],
            updated=parse_timestamp(item["updated"]),
            stage_reached=int(item["rank"]),
            key=item["source"],
            version=item["source_version"],
        )
