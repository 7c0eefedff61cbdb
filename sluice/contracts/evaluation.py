"""`evaluation.json`: what the gate's Processing job measured, and how it is told what to measure.

Inside the evaluation container (root `/opt/ml`, moved by `training.ROOT_VARIABLE`):

    processing/input/holdout/*.parquet   the rows that judge
    processing/input/schema/schema.json
    processing/input/candidate/          a model folder
    processing/input/champion/           a model folder, absent where nothing serves yet
    processing/input/champion-holdout/*.parquet   the rows that the champion's own dataset held out
    processing/input/champion-schema/schema.json  that dataset's schema
    processing/output/evaluation.json    out
    output/message                       out: why, on exit code 1 (SageMaker's ExitMessage)

and the environment variables `SLUICE_METRIC`, `SLUICE_CANDIDATE` and `SLUICE_CHAMPION` (versions).
"""

from __future__ import annotations

from typing import Annotated, Literal

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
    """One scorer on the rows that judge."""

    version: str
    """The model's version, or `baseline`."""
    metrics: dict[str, float]
    """All metrics that fit the task, the deciding one among them."""
    score: Interval
    """The deciding metric."""


class Chance(_Document):
    """Whether the candidate's answers could be luck: a permutation test of the deciding metric."""

    evidence: Literal["holdout", "out_of_fold"]
    """The rows that judge: those held out, or, where these are too few, the training rows, each
    answered by a model that was trained without it."""
    p: float
    """Share of the orders of the truths that fit the fixed answers at least as well."""
    limit: float
    """The largest `p` that luck is ruled out by."""
    enough_rows: int | None = None
    """Where no answers to these rows could have come below the limit: how many held-out rows would
    be enough."""


class Compared(_Document):
    """Which rows candidate and champion were compared on; neither was trained on any of them, or
    both on rows equal to it."""

    holdout_rows: int
    """Of the candidate's dataset."""
    earlier_rows: int
    """That only the champion's dataset held out."""
    out_of_fold_rows: int
    """Training rows of both, each answered by models that were trained without it."""
    left_out: int
    """Held-out rows that one of the two had been trained on."""
    candidate: float
    """The candidate's deciding metric on these rows; `Evaluation.champion` is on them too."""
    p_worse: float | None = None
    """Share of random swaps of the two models' answers that put the candidate at least as far
    behind; None where the interval shows no harm, or rows are many enough for it alone."""

    @property
    def rows(self) -> int:
        """All of them."""
        return self.holdout_rows + self.earlier_rows + self.out_of_fold_rows


class Evaluation(_Document):
    """All scorers; differences are paired (the same bootstrap resamples)."""

    metric: MetricName
    rows: int
    """Those that judge, as `chance.evidence` says; candidate and baseline are scored on them."""
    candidate: Score
    baseline: Score
    chance: Chance
    candidate_minus_baseline: Interval
    champion: Score | None = None
    """On the rows of `compared`."""
    candidate_minus_champion: Interval | None = None
    compared: Compared | None = None
    champion_error: str | None = None
    """Why the champion could not be compared: a column it needs is gone, other classes, another
    target, too few rows that it was not trained on. A person decides then."""
    sole_column: str | None = None
    """Where the candidate is right on all of more than 50 held-out rows: a column that alone tells
    their target."""
