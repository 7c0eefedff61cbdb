"""A training job or an evaluation ended: have the candidate scored, judge it, register it.

A second identical event finds the evaluation by its name and the package by its run, and only says
again what was decided. Follow `judging.py` for the steps and `verdict.py` for what is decided.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from functions.gate.judging import Judge
from functions.shared.bus import Bus
from functions.shared.clients import prepare
from functions.shared.frame import run_step
from functions.shared.models import Models
from functions.shared.store import Store
from sluice.contracts.environment import GateEnvironment

prepare("s3", "events", "sagemaker")


@cache
def judge_of_stack() -> Judge:
    """The gate of this stack, from the function's environment."""
    env = GateEnvironment.read()
    return Judge(
        env=env,
        artifacts=Store(env.artifact_bucket),
        models=Models(env.models_table),
        say=Bus(slug=env.slug, stage="gate"),
    )


def handle(event: dict[str, Any], context: Any, by: Judge | None = None) -> dict[str, Any]:
    """Entry point of the Lambda; `by` lets a test bring its own judge."""
    by = by or judge_of_stack()
    return run_step(event, stage="gate", slug=by.env.slug, step=by.take)
