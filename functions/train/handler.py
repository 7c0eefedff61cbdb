"""A dataset was accepted, or a training job did not complete: start the next attempt, or end.

A second identical event finds the job by its name (DescribeTrainingJob) and only says again what is
under way. Follow `trainer.py` for the steps and `plan.py` for what is decided.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from functions.shared.bus import Bus
from functions.shared.clients import prepare
from functions.shared.frame import run_step
from functions.shared.models import Models
from functions.shared.store import Store
from functions.train.trainer import Trainer
from sluice.contracts.environment import TrainEnvironment

prepare("s3", "events", "sagemaker")


@cache
def trainer() -> Trainer:
    """The trainer of this stack, from the function's environment."""
    env = TrainEnvironment.read()
    return Trainer(
        env=env,
        artifacts=Store(env.artifact_bucket),
        models=Models(env.models_table),
        say=Bus(slug=env.slug, stage="train"),
    )


def handle(event: dict[str, Any], context: Any, by: Trainer | None = None) -> dict[str, Any]:
    """Entry point of the Lambda; `by` lets a test bring its own trainer."""
    by = by or trainer()
    return run_step(event, stage="train", slug=by.env.slug, step=by.take)
