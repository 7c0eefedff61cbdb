"""Candidate and champion on all rows that are fair to both, pair by pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from learners.interface import Judge, Scored
from learners.shared import resampling
from learners.shared.evidence import OutOfFold, common
from learners.shared.row_hash import Hashes
from sluice.contracts.evaluation import Compared, Interval

FEWEST_ROWS: Final = 20
"""On fewer, no comparison is worth the name."""

_FEW_ROWS: Final = 1_000
"""Up to so many rows, swaps check an interval that shows harm: on few rows it is too narrow."""
_SWAPS: Final = 999
_SEED: Final = 20_260_103


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """Rows as one model sees them."""

    answers: npt.NDArray[Any]
    hashes: Hashes
    trained: Hashes | None
    """Of the model's training rows; None: its learner leaves none."""
    out_of_fold: OutOfFold | None

    @property
    def was_trained_on(self) -> npt.NDArray[np.bool_] | None:
        """[rows] whether the model was trained on a row that looks like this one."""
        return None if self.trained is None else np.isin(self.hashes, self.trained)


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """What the rows say."""

    champion: Scored
    interval: Interval
    """Of the champion's own score."""
    difference: Interval
    """Candidate minus champion."""
    compared: Compared


def compare(
    judge: Judge,
    truth: npt.NDArray[Any],
    is_earlier: npt.NDArray[np.bool_],
    candidate: Seen,
    champion: Seen,
) -> Comparison:
    """Compare on held-out rows, of which some are of the champion's dataset only, and on training
    rows that both answered out of fold; `ValueError` says why that cannot be."""
    fair = _fair(candidate, champion)
    first, second = _out_of_fold(candidate.out_of_fold, champion.out_of_fold)
    truths = np.concatenate([truth[fair], first.truth]) if first else truth[fair]
    one, other = candidate.answers[fair], champion.answers[fair]
    if first and second:
        one = np.concatenate([one, first.answers])
        other = np.concatenate([other, second.answers])
    if len(truths) < FEWEST_ROWS:
        raise ValueError(
            f"There are {len(truths)} rows that it was not trained on; "
            f"at least {FEWEST_ROWS} are needed."
        )
    judge.require_measurable(truths)
    scored, against = judge.score(truths, one), judge.score(truths, other)
    drawn, drawn_against = resampling.bootstrap([scored.statistic, against.statistic], len(truths))
    ours, theirs = scored.metrics[judge.metric], against.metrics[judge.metric]
    difference = resampling.interval(ours - theirs, drawn - drawn_against)
    is_checked = difference.high < 0 and len(truths) <= _FEW_ROWS
    return Comparison(
        champion=against,
        interval=resampling.interval(theirs, drawn_against),
        difference=difference,
        compared=Compared(
            holdout_rows=int((fair & ~is_earlier).sum()),
            earlier_rows=int((fair & is_earlier).sum()),
            out_of_fold_rows=len(first) if first else 0,
            left_out=int((~fair).sum()),
            candidate=ours,
            p_worse=_p_worse(judge, truths, one, other) if is_checked else None,
        ),
    )


def _fair(candidate: Seen, champion: Seen) -> npt.NDArray[np.bool_]:
    """[rows] that neither model was trained on. Where columns are few and coarse, rows look alike
    by chance: rows whose like both models were trained on favour neither."""
    ours, theirs = candidate.was_trained_on, champion.was_trained_on
    if ours is None or theirs is None:
        return np.ones(len(candidate.hashes), dtype=bool)
    fair: npt.NDArray[np.bool_] = ours == theirs
    return fair


def _out_of_fold(
    one: OutOfFold | None, other: OutOfFold | None
) -> tuple[OutOfFold, OutOfFold] | tuple[None, None]:
    """The rows that both have, in the same order."""
    if one is None or other is None:
        return None, None
    first, second = common(one.rows, other.rows)
    return one.take(first), other.take(second)


def _p_worse(
    judge: Judge, truth: npt.NDArray[Any], one: npt.NDArray[Any], other: npt.NDArray[Any]
) -> float:
    """Were the two equally good, each row's two answers could as well be swapped."""

    def difference(ours: npt.NDArray[Any], theirs: npt.NDArray[Any]) -> float:
        metric = judge.metric
        return judge.score(truth, ours).metrics[metric] - judge.score(truth, theirs).metrics[metric]

    generator = np.random.default_rng(_SEED)
    seen = difference(one, other) + 1e-12
    hits = 0
    for _ in range(_SWAPS):
        swap = generator.random(len(truth)) < 0.5
        swap = swap.reshape(-1, *[1] * (one.ndim - 1))
        hits += difference(np.where(swap, other, one), np.where(swap, one, other)) <= seen
    return (1 + hits) / (1 + _SWAPS)
