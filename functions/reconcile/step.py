"""Passes on what is open: runs of the ledger, models, folders of the drop bucket."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from functions.reconcile.decide import (
    DroppedObject,
    OpenRun,
    closing_command,
    messages,
    waiting_folders,
)
from functions.shared.aws import Aws
from functions.shared.bus import Bus
from functions.shared.clock import Clock, utc_now
from functions.shared.hints import Hint
from functions.shared.models import Models
from functions.shared.objects import Store
from sluice.contracts.environment import ReconcileEnvironment
from sluice.contracts.events import Kind
from sluice.contracts.names import SUCCESS_MARKER, Run, drop_id


@dataclass(frozen=True, kw_only=True, slots=True)
class ReconcileStep:
    """Reconciles one stack."""

    env: ReconcileEnvironment
    aws: Aws
    runs: Callable[[], Iterable[OpenRun]]
    """The runs that have not ended."""
    drops: Store
    models: Models
    say: Bus
    now: Clock = utc_now

    def take(self, hint: Hint) -> None:
        """One tick; it repairs nothing itself."""
        queues = {
            "validate": self.env.validate_queue,
            "train": self.env.train_queue,
            "gate": self.env.gate_queue,
            "deploy": self.env.deploy_queue,
        }
        for message in messages(self.env.slug, self.runs(), self.models.names(), self.now()):
            self.aws.send(queues[message.stage], json.dumps(message.body))
        self._tell_of_waiting_folders()

    def _tell_of_waiting_folders(self) -> None:
        objects = (
            DroppedObject(key=item["Key"], etag=item["ETag"], modified=item["LastModified"])
            for item in self.drops.list("")
        )
        for folder, part in waiting_folders(objects, self.now()).items():
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
                    reason=f"{folder}/ has waited for its {SUCCESS_MARKER} for over 24 hours. When "
                    "all parts are there, close it: "
                    f"{closing_command(self.drops.bucket, folder)}",
                    data={"key": part.key, "version": ""},
                )
