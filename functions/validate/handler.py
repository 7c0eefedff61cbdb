"""A file landed in the drop bucket: make a dataset of it, or keep it aside and say why.

A second identical event finds the commit marker (`accepted.json` or `rejected.json`, written last)
and only says again what the marker says. A delivery that dies before the marker is run again from
the start: the work is deterministic. A drop that is larger than the function holds has a job, which
is started once. Follow `step.py` for the steps, and `assess.py` for what the job does too.
"""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import duckdb  # noqa: F401 - the engine's, imported in the init phase, ahead of the first drop

from functions.shared.aws import AwsClients
from functions.shared.frame import run_step
from functions.validate.assess import Assessor
from functions.validate.step import ValidateStep
from sluice.contracts.environment import ValidateEnvironment

AWS = AwsClients.prepared("s3", "events")


@cache
def of_stack() -> ValidateStep:
    """The step of this stack, from the function's environment."""
    env = ValidateEnvironment.read()
    return ValidateStep(env=env, aws=AWS, assessor=Assessor.of_stack(env, AWS))


def handle(event: dict[str, Any], context: Any, by: ValidateStep | None = None) -> dict[str, Any]:
    """Entry point of the Lambda; `by` lets a test bring its own step."""
    by = by or of_stack()
    step = partial(by.take, seconds_left=context.get_remaining_time_in_millis() / 1000)
    return run_step(event, stage="validate", slug=by.env.slug, step=step)
