"""A file landed in the drop bucket: make a dataset of it, or keep it aside and say why.

A second identical event finds the commit marker (`accepted.json` or `rejected.json`, written last)
and only says again what the marker says. A delivery that dies before the marker is run again from
the start: the work is deterministic. Follow `intake.py` for the steps.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import duckdb  # noqa: F401 - the engine's, imported in the init phase, ahead of the first drop

from functions.shared.bus import Bus
from functions.shared.clients import prepare
from functions.shared.frame import run_step
from functions.shared.models import Models
from functions.shared.store import Store
from functions.validate.intake import Intake
from sluice.contracts.environment import ValidateEnvironment

prepare("s3", "events")


@cache
def intake() -> Intake:
    """The intake of this stack, from the function's environment."""
    env = ValidateEnvironment.read()
    return Intake(
        slug=env.slug,
        policy=env.bounds(),
        drops=Store(env.drop_bucket),
        artifacts=Store(env.artifact_bucket),
        models=Models(env.models_table),
        say=Bus(slug=env.slug, stage="validate"),
    )


def handle(event: dict[str, Any], context: Any, by: Intake | None = None) -> dict[str, Any]:
    """Entry point of the Lambda; `by` lets a test bring its own intake."""
    by = by or intake()
    return run_step(event, stage="validate", slug=by.slug, step=by.take)
