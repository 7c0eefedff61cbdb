"""`evaluation.json`: what the gate's Processing job measured, and how it is told what to measure.

Inside the evaluation container (root `/opt/ml`, moved by `training.ROOT_VARIABLE`):

    processing/input/holdout/*.parquet   the rows that judge
    processing/input/schema/schema.json
    processing/input/candidate/          a model folder
    processing/input/champion/           a model folder, absent where nothing serves yet
    processing/output/evaluation.json    out
    output/message                       out: why, on exit code 1 (SageMaker's ExitMessage)

and the environment variables `SLUICE_METRIC`, `SLUICE_CANDIDATE` and `SLUICE_CHAMPION` (versions).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from sluice.contracts import tasks

MetricName = Annotated[str, AfterValidator(tasks.known_metric)]
"""The name of one of `tasks.METRICS`."""


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Interval(_Document):
    """A point estimate and the ends of its 95 % bootstrap interval, in the metric's own unit."""

    value: float
    low: float
    high: float


class Score(_Document):
    """One scorer on the holdout rows."""

    version: str
    """The model's version, or `baseline`."""
    metrics: dict[str, float]
    """All metrics that fit the task, the deciding one among them."""
    score: Interval
    """The deciding metric."""


class Evaluation(_Document):
    """All scorers on the same rows; differences are paired (the same bootstrap resamples)."""

    metric: MetricName
    rows: int
    candidate: Score
    baseline: Score
    champion: Score | None = None
    candidate_minus_baseline: Interval
    candidate_minus_champion: Interval | None = None
    champion_error: str | None = None
    """Why the champion could not be scored on these rows: a column it needs is gone, other
    classes, another target. A person decides then."""
