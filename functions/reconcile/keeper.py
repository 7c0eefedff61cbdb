"""Reads what is open from the ledger, the models table and the drop bucket, and passes it on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from boto3.dynamodb.conditions import Attr, Key

from functions.reconcile.open_work import DroppedObject, OpenRun, messages, waiting_folders
from functions.shared.bus import Bus
from functions.shared.clients import client, query_all
from functions.shared.hints import Hint
from functions.shared.models import Models
from functions.shared.store import Store
from sluice.contracts.environment import ReconcileEnvironment
from sluice.contracts.events import Kind, moment
from sluice.contracts.ledger import ALL_RUNS, BY_TIME
from sluice.contracts.names import SUCCESS_MARKER, Run, drop_id


@dataclass(frozen=True, kw_only=True, slots=True)
class Keeper:
    """Reconciles one stack."""

    env: ReconcileEnvironment
    drops: Store
    models: Models
    say: Bus

    def take(self, hint: Hint) -> None:
        """One tick; it repairs nothing itself."""
        queues = {
            "validate": self.env.validate_queue,
            "train": self.env.train_queue,
            "gate": self.env.gate_queue,
            "deploy": self.env.deploy_queue,
        }
        for message in messages(
            self.env.slug, self._open_runs(), self.models.names(), self.say.now()
        ):
            client("sqs").send_message(
                QueueUrl=queues[message.stage], MessageBody=json.dumps(message.body)
            )
        self._tell_of_waiting_folders()

    def _open_runs(self) -> Iterator[OpenRun]:
        items = query_all(
            self.env.ledger_table,
            IndexName=BY_TIME,
            KeyConditionExpression=Key("gsi").eq(ALL_RUNS),
            FilterExpression=Attr("state").is_in(["running", "waiting"])
            & Attr("repeats").not_exists(),
        )
        for item in items:
            yield OpenRun(
                run=Run.parse(item["run"]),
                phase=item["phase"] or item["state"],
                updated=moment(item["updated"]),
                stage_reached=int(item["rank"]),
                key=item["source"],
                version=item["source_version"],
            )

    def _tell_of_waiting_folders(self) -> None:
        objects = (
            DroppedObject(key=item["Key"], etag=item["ETag"], modified=item["LastModified"])
            for item in self.drops.list("")
        )
        for folder, part in waiting_folders(objects, self.say.now()).items():
            model = folder.partition("/")[0]
            # The newest part names the wait: a folder that grows and stalls again is told again.
            run = Run(
                slug=self.env.slug,
                model=model,
                drop=drop_id(self.env.slug, model, folder + "/", part.etag),
            )
            if self.models.first_time(run, "incomplete"):
                self.say(
                    Kind.DROP_INCOMPLETE,
                    run,
                    status="waiting",
                    reason=f"{folder}/ has waited for its {SUCCESS_MARKER} for over 24 hours. Put "
                    f"an empty object {folder}/{SUCCESS_MARKER} when all parts are there.",
                    data={"key": part.key, "version": ""},
                )
