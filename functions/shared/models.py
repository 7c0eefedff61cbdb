"""The models table: the few truths that no AWS service keeps for us, one item each.

pk               sk               what
models           <model>          that the model exists: what reconcile walks over
champions        <model>          the release that answers callers (`release.Champion`)
model#<model>    counter          how many drops asked for a sequence number
model#<model>    drop#<drop>      the sequence number of a drop
model#<model>    digest#<sha>     the run that owns this content
model#<model>    accepted         the last accepted drop's run, by sequence number
model#<model>    failed#<drop>    that the drop's run failed: its content is free again
model#<model>    held#<drop>      that people were told of a release that waits for an endpoint
model#<model>    incomplete#<id>  that people were told of a folder without its marker
model#<model>    asked            the endpoint config last asked for, per endpoint
model#<model>    lease            who converges the model now, and until when
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError

from functions.shared.aws import condition_failed, query_all
from sluice.contracts.names import Run
from sluice.contracts.release import Champion

_MODELS = "models"
_CHAMPIONS = "champions"
_DROPS_A_SECOND = 1000
"""Sequence numbers within one second of arrival."""


@dataclass(frozen=True, slots=True)
class Models:
    """The table as the stages use it.

    Races have one winner: writes are conditional, but for those that only the holder of the
    model's lease makes.
    """

    table: Any
    """boto3's Table."""

    def _get(self, pk: str, sk: str) -> dict[str, Any] | None:
        item: dict[str, Any] | None = self.table.get_item(
            Key={"pk": pk, "sk": sk}, ConsistentRead=True
        ).get("Item")
        return item

    def _put_new(self, item: dict[str, Any]) -> bool:
        try:
            self.table.put_item(Item=item, ConditionExpression=Attr("pk").not_exists())
        except ClientError as error:
            if condition_failed(error):
                return False
            raise
        return True

    def _query(self, pk: str) -> Iterator[dict[str, Any]]:
        return query_all(self.table, KeyConditionExpression=Key("pk").eq(pk))

    def sequence(self, run: Run, arrived: datetime | None) -> int:
        """The drop's place among the drops of its model; the same whenever asked.

        It orders by when the object arrived, to S3's second, and within one second by which drop
        asked first: a delivery that comes late does not make its drop a later one.
        """
        pk = _pk(run.model)
        known = self._get(pk, f"drop#{run.drop}")
        if known is None:
            self._put_new({"pk": _MODELS, "sk": run.model})
            counter = int(
                self.table.update_item(
                    Key={"pk": pk, "sk": "counter"},
                    UpdateExpression="ADD #n :one",
                    ExpressionAttributeNames={"#n": "number"},
                    ExpressionAttributeValues={":one": 1},
                    ReturnValues="UPDATED_NEW",
                )["Attributes"]["number"]
            )
            second = int(arrived.timestamp()) if arrived else 0
            number = second * _DROPS_A_SECOND + counter % _DROPS_A_SECOND
            self._put_new({"pk": pk, "sk": f"drop#{run.drop}", "number": number})
            known = self._get(pk, f"drop#{run.drop}")
        return int(known["number"]) if known else 0

    def last_accepted(self, model: str) -> Run | None:
        """The accepted drop with the highest sequence number, which the next is held against.

        Of two drops that are validated at the same time neither sees the other: both are held
        against the one before. A drop that a later one overtook is held against the later.
        """
        item = self._get(_pk(model), "accepted")
        return Run.parse(str(item["run"])) if item else None

    def note_accepted(self, run: Run, sequence: int) -> None:
        """Remember the run as the last accepted one, unless a later drop is."""
        try:
            self.table.put_item(
                Item={"pk": _pk(run.model), "sk": "accepted", "run": str(run), "number": sequence},
                ConditionExpression=Attr("pk").not_exists() | Attr("number").lte(sequence),
            )
        except ClientError as error:
            if not condition_failed(error):
                raise

    def claim_content(self, run: Run, digest: str) -> str:
        """The run that owns this content: this one, or an earlier one that it then repeats.

        Content is free again where its owner failed, or where a later drop's release serves by
        now: dropping it once more is then a wish to go back, not a repetition.
        """
        key = {"pk": _pk(run.model), "sk": f"digest#{digest}"}
        if self._put_new(key | {"run": str(run)}):
            return str(run)
        owner = str((self._get(**key) or {}).get("run", run))
        if owner == str(run) or not self._outlived(Run.parse(owner)):
            return owner
        try:
            self.table.put_item(
                Item=key | {"run": str(run)}, ConditionExpression=Attr("run").eq(owner)
            )
        except ClientError as error:
            if condition_failed(error):
                return self.claim_content(run, digest)
            raise
        return str(run)

    def _outlived(self, owner: Run) -> bool:
        if self._get(_pk(owner.model), f"failed#{owner.drop}"):
            return True
        champion = self.champion(owner.model)
        known = self._get(_pk(owner.model), f"drop#{owner.drop}")
        return bool(champion and known and champion.sequence > int(known["number"]))

    def note_failed(self, run: Run) -> None:
        """Remember that the run failed, which frees its content."""
        self.first_time(run, "failed")

    def first_time(self, run: Run, what: str) -> bool:
        """Whether this was never noted of the run before; notes it."""
        return self._put_new({"pk": _pk(run.model), "sk": f"{what}#{run.drop}"})

    def names(self) -> list[str]:
        """Every model that ever took a drop."""
        return [item["sk"] for item in self._query(_MODELS)]

    def knows(self, model: str) -> bool:
        """Whether the model ever took a drop."""
        return self._get(_MODELS, model) is not None

    def champion(self, model: str) -> Champion | None:
        """The release that answers callers of `model`, if any."""
        item = self._get(_CHAMPIONS, model)
        return Champion.model_validate(item) if item else None

    def champions(self) -> list[Champion]:
        """All of them, by model."""
        return [Champion.model_validate(item) for item in self._query(_CHAMPIONS)]

    def set_champion(self, champion: Champion) -> None:
        """Move the pointer that callers follow. Only who holds the model's lease calls this."""
        self.table.put_item(Item={"pk": _CHAMPIONS, "sk": champion.model} | champion.item())

    def asked(self, model: str) -> dict[str, str]:
        """Endpoint name -> endpoint config that was last asked for."""
        item = self._get(_pk(model), "asked") or {}
        return dict(item.get("configs", {}))

    def note_asked(self, model: str, configs: dict[str, str]) -> None:
        """Remember what was asked for, so that a quiet rollback can be told from no update."""
        self.table.put_item(Item={"pk": _pk(model), "sk": "asked", "configs": configs})

    @contextmanager
    def lease(
        self,
        model: str,
        *,
        holder: str,
        seconds: int = 60,
        patience: float = 20.0,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> Iterator[None]:
        """Hold the model's lease, waiting up to `patience` seconds for another holder to end.

        `TimeoutError` after that: the message goes back to its queue. The lease outlives a holder
        that dies by at most `seconds`.
        """
        key = {"pk": _pk(model), "sk": "lease"}
        deadline = clock() + patience
        while not self._take_lease(key, holder, int(clock()), seconds):
            if clock() > deadline:
                raise TimeoutError(f"{model} is still being converged by another delivery.")
            sleep(0.1)
        try:
            yield
        finally:
            try:
                self.table.delete_item(Key=key, ConditionExpression=Attr("holder").eq(holder))
            except ClientError as error:
                if not condition_failed(error):
                    raise

    def _take_lease(self, key: dict[str, str], holder: str, now: int, seconds: int) -> bool:
        try:
            self.table.put_item(
                Item=key | {"holder": holder, "until": now + seconds},
                ConditionExpression=Attr("pk").not_exists()
                | Attr("until").lt(now)
                | Attr("holder").eq(holder),
            )
        except ClientError as error:
            if condition_failed(error):
                return False
            raise
        return True


def _pk(model: str) -> str:
    return f"model#{model}"
