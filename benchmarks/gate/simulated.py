"""Simulated answers: noise of any size, and pairs of models as good or worse by a stated margin."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from functions.gate.against import against_champion
from learners.table.judge import TableJudge, judge
from serving.chance import Evidence, chance
from serving.comparison import Seen, compare
from sluice.contracts.dataset import Schema, Target
from sluice.contracts.evaluation import Chance, Evaluation, Interval, Score
from sluice.contracts.spec import Gate

SIZES: Final = (3, 4, 5, 6, 8, 10, 15, 20, 40, 100, 400, 1_000)
"""Held-out rows."""
TASKS: Final = ("AUC", "AUC, 1 : 20", "balanced accuracy, 3 classes", "R²")
CORRELATION: Final = 0.95
"""Of two trainings' scores within a class."""
AREA: Final = 0.85
"""The champion's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Noise:
    """One cell: how many of its datasets pass."""

    task: str
    rows: int
    passed: int
    too_small: int
    """Those that no answers could have passed."""


def noise(task: str, rows: int, times: int, rng: np.random.Generator) -> Noise:
    """Answers that have nothing to do with the truths."""
    judged = _judge(None if task == "R²" else 3 if "3" in task else 2)
    passed = too_small = 0
    for _ in range(times):
        truth, answers = _noise(task, rows, rng)
        found = chance(judged, Evidence(kind="holdout", truth=truth, answers=answers))
        too_small += found.enough_rows is not None
        name = judged.metric
        if found.enough_rows is None and found.p <= found.limit:
            ours = judged.score(truth, answers).metrics[name]
            passed += ours > judged.baseline(truth).metrics[name]
    return Noise(task=task, rows=rows, passed=passed, too_small=too_small)


def outcomes(rows: int, worse_by: float, times: int, rng: np.random.Generator) -> Counter[str]:
    """What becomes of candidates whose area is lower by so much than the champion's."""
    judged = _judge(2)
    return Counter(_outcome(judged, rows, worse_by, rng) for _ in range(times))


def _outcome(judged: TableJudge, rows: int, worse_by: float, rng: np.random.Generator) -> str:
    truth = rng.permutation(np.arange(rows) % 2)
    shared, own, other = rng.normal(size=(3, rows))
    keep, add = CORRELATION**0.5, (1 - CORRELATION) ** 0.5
    candidate = _distance(AREA - worse_by) * truth + keep * shared + add * own
    champion = _distance(AREA) * truth + keep * shared + add * other
    found = compare(judged, truth, np.zeros(rows, dtype=bool), _seen(candidate), _seen(champion))
    nothing = Score(version="x", metrics={}, score=found.interval)
    evaluation = Evaluation(
        metric=judged.metric,
        rows=rows,
        candidate=nothing,
        baseline=nothing,
        chance=Chance(evidence="holdout", p=0.0, limit=0.025),
        candidate_minus_baseline=Interval(value=0, low=0, high=0),
        champion=nothing,
        candidate_minus_champion=found.difference,
        compared=found.compared,
    )
    against = against_champion(evaluation, Gate())
    assert against is not None
    return against.outcome


def _distance(area: float) -> float:
    """Of two normal classes whose scores have this area."""
    return NormalDist().inv_cdf(area) * 2**0.5


def _seen(score: npt.NDArray[Any]) -> Seen:
    probability = 1 / (1 + np.exp(-score))
    answers = np.stack([1 - probability, probability], axis=1)
    hashes = np.arange(len(score), dtype=np.uint64)
    return Seen(answers=answers, hashes=hashes, trained=None, out_of_fold=None)


def _noise(
    task: str, rows: int, rng: np.random.Generator
) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    if task == "R²":
        truth = rng.normal(size=rows)
        # Small answers: large ones would miss the baseline by their spread alone.
        return truth, 0.1 * rng.normal(size=rows)
    classes = 3 if "3" in task else 2
    truth = np.arange(rows) % classes
    if "20" in task:
        truth = (np.arange(rows) < max(1, round(rows / 21))).astype(np.int64)
    return truth, rng.dirichlet(np.ones(classes), rows)


def _judge(classes: int | None) -> TableJudge:
    target = Target(name="y", classes=tuple(range(classes)) if classes else None, baseline=0)
    task = "classification" if classes else "regression"
    return judge(Schema(columns=(), target=target, task=task), "auto")
