"""A schedule ticked: put every open run and every model on the queue of the stage it waits for.

A second identical tick puts the same hints on the same queues, and every stage takes hints twice
without harm. Follow `keeper.py` for the steps and `open_work.py` for what is decided.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from functions.reconcile.keeper import Keeper
from functions.shared.bus import Bus
from functions.shared.clients import prepare
from functions.shared.frame import run_step
from functions.shared.models import Models
from functions.shared.store import Store
from sluice.contracts.environment import ReconcileEnvironment

prepare("s3", "sqs", "events")


@cache
def keeper() -> Keeper:
    """The keeper of this stack, from the function's environment."""
    env = ReconcileEnvironment.read()
    return Keeper(
        env=env,
        drops=Store(env.drop_bucket),
        models=Models(env.models_table),
        say=Bus(slug=env.slug, stage="drop"),
    )


def handle(event: dict[str, Any], context: Any, by: Keeper | None = None) -> dict[str, Any]:
    """Entry point of the Lambda; `by` lets a test bring its own keeper."""
    by = by or keeper()
    return run_step(event, stage="reconcile", slug=by.env.slug, step=by.take)
