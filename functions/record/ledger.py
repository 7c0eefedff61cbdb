"""Writes the ledger: one item an event, and the run's header by rank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError

from functions.record.decide import Line, Standing
from functions.shared.aws import condition_failed, query_all
from sluice.contracts.ledger import ALL_RUNS, EVENT, HEADER, REPEAT, run_key
from sluice.contracts.names import Run


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger table, as record writes it."""

    table: Any
    """boto3's Table."""

    def state(self, run: Run) -> str:
        """State of the run's header, empty where there is none yet."""
        item = self._header(str(run))
        return str(item["state"]) if item else ""

    def _header(self, run: str) -> dict[str, Any] | None:
        item: dict[str, Any] | None = self.table.get_item(
            Key={"pk": run_key(run), "sk": HEADER}, ConsistentRead=True
        ).get("Item")
        return item

    def write(self, run: Run, line: Line, data: dict[str, Any]) -> None:
        """Add a line to the run's timeline and let it move the header. Twice changes nothing."""
        self.table.put_item(
            Item={
                "pk": run_key(str(run)),
                "sk": f"{EVENT}{line.stage}#{line.attempt:02d}#{line.kind}",
                "run": str(run),
                "model": run.model,
                "stage": line.stage,
                "kind": line.kind,
                "status": line.status,
                "attempt": line.attempt,
                "reason": line.reason,
                "at": line.at,
                "data": data,
            }
        )
        if line.standing is not None:
            self._open(run, line, data)
            self._move(run, line, line.standing)

    def _move(self, run: Run, line: Line, standing: Standing) -> None:
        try:
            self.table.update_item(
                Key={"pk": run_key(str(run)), "sk": HEADER},
                UpdateExpression="SET #state = :state, phase = :phase, reason = :reason, "
                "#rank = :rank, updated = :updated",
                # A run that repeats another moves with that one, not by its own events.
                ConditionExpression="attribute_not_exists(repeats) AND "
                "(#rank < :rank OR (#rank = :rank AND updated < :updated))",
                ExpressionAttributeNames={"#state": "state", "#rank": "rank"},
                ExpressionAttributeValues={
                    ":state": standing.state,
                    ":phase": standing.phase,
                    ":reason": line.reason,
                    ":rank": standing.rank,
                    ":updated": line.at,
                },
            )
        except ClientError as error:
            if not condition_failed(error):
                raise
        # Even where nothing moved: a delivery that died after its move never carried it on.
        self._carry_to_repeats(run)

    def _open(self, run: Run, line: Line, data: dict[str, Any]) -> None:
        """The header, made by whichever event is heard first."""
        try:
            self.table.put_item(
                Item={
                    "pk": run_key(str(run)),
                    "sk": HEADER,
                    "gsi": ALL_RUNS,
                    "run": str(run),
                    "model": run.model,
                    "state": "running",
                    "phase": "queued",
                    "reason": line.reason,
                    "rank": 0,
                    "at": line.at,
                    "updated": line.at,
                    "source": data.get("key", ""),
                    "source_version": data.get("version", ""),
                },
                ConditionExpression=Attr("pk").not_exists(),
            )
        except ClientError as error:
            if not condition_failed(error):
                raise

    def repeat(self, run: Run, line: Line, earlier: str, data: dict[str, Any]) -> None:
        """Bind a run to the earlier one whose content it repeats; it ends as that one does."""
        self._open(run, line, data)
        self.table.put_item(Item={"pk": run_key(earlier), "sk": f"{REPEAT}{run}", "run": str(run)})
        self.table.update_item(
            Key={"pk": run_key(str(run)), "sk": HEADER},
            UpdateExpression="SET repeats = :earlier",
            ExpressionAttributeValues={":earlier": earlier},
        )
        header = self._header(earlier)
        if header:
            self._copy(str(run), header)

    def _carry_to_repeats(self, run: Run) -> None:
        header = self._header(str(run))
        if header is None:
            return
        followers = query_all(
            self.table,
            KeyConditionExpression=Key("pk").eq(run_key(str(run))) & Key("sk").begins_with(REPEAT),
        )
        for follower in followers:
            self._copy(follower["run"], header)

    def _copy(self, follower: str, header: dict[str, Any]) -> None:
        try:
            self.table.update_item(
                Key={"pk": run_key(follower), "sk": HEADER},
                UpdateExpression="SET #state = :state, phase = :phase, reason = :reason, "
                "updated = :updated, carried = :carried",
                ConditionExpression="attribute_not_exists(carried) OR carried <= :carried",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues={
                    ":state": header["state"],
                    ":phase": header["phase"],
                    ":reason": f"The same content as {header['run']}: {header['reason']}",
                    ":updated": header["updated"],
                    ":carried": header["rank"],
                },
            )
        except ClientError as error:
            if not condition_failed(error):
                raise
