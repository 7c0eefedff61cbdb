"""How good answers are, and how sure we may be of it; numpy only.

A deciding metric is built once on the rows and then asked about many resamples of them: it takes
counts [resamples, rows], how often each row was drawn, and gives one value a resample, NaN where
a resample leaves it undefined. Counts of one are the rows as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from sluice.contracts.evaluation import Interval

Floats = npt.NDArray[np.float64]
Statistic = Callable[[Floats], Floats]

RESAMPLES: Final = 1000
SEED: Final = 20_260_101
_CELLS: Final = 1 << 22
"""Counts held at a time: 32 MiB of float64."""
_BUDGET: Final = 50_000_000
"""Counts drawn in all. Beyond 50,000 rows there are fewer resamples: intervals are narrow then."""
_FEWEST: Final = 200


def roc_auc(positive: npt.NDArray[np.bool_], score: npt.NDArray[Any]) -> Statistic:
    """Chance that a positive row scores above a negative one, ties half (Mann and Whitney)."""
    order = np.argsort(score, kind="stable")
    ordered = score[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    mask = positive[order].astype(np.float64)

    def of(counts: Floats) -> Floats:
        sorted_counts = counts[:, order]
        above = sorted_counts * mask
        below = sorted_counts - above
        if len(starts) < len(order):
            above = np.add.reduceat(above, starts, axis=1)
            below = np.add.reduceat(below, starts, axis=1)
        wins = (above * (np.cumsum(below, axis=1) - below / 2)).sum(axis=1)
        return _ratio(wins, above.sum(axis=1) * below.sum(axis=1))

    return of


def balanced_accuracy(
    truth: npt.NDArray[np.int64], guess: npt.NDArray[np.int64], classes: int
) -> Statistic:
    """Mean over the classes that occur of the share of their rows that were recognised."""
    present = np.eye(classes)[truth]
    right = present * (truth == guess)[:, None]

    def of(counts: Floats) -> Floats:
        recall = _ratio(counts @ right, counts @ present)
        occurs = ~np.isnan(recall)
        return _ratio(np.where(occurs, recall, 0.0).sum(axis=1), occurs.sum(axis=1))

    return of


def r2(truth: Floats, value: npt.NDArray[Any]) -> Statistic:
    """Share of the variance that the values explain; below 0 they are worse than the mean."""
    # Centred first: the variance of a resample is a difference of sums.
    centred = truth - truth.mean()
    columns = np.stack([(truth - value) ** 2, centred, centred**2], axis=1)

    def of(counts: Floats) -> Floats:
        error, total, square = (counts @ columns).T
        spread = square - total**2 / counts.sum(axis=1)
        return 1 - _ratio(error, np.where(spread > 1e-12 * square, spread, 0.0))

    return of


def log_loss(truth: npt.NDArray[np.int64], probabilities: npt.NDArray[Any]) -> float:
    """Mean negative log-likelihood, natural logarithm."""
    chosen = probabilities[np.arange(len(truth)), truth].astype(np.float64)
    smallest = np.finfo(np.float32).eps
    return float(-np.log(np.clip(chosen, smallest, 1.0)).mean())


def value_of(statistic: Statistic, rows: int) -> float:
    """The statistic on the rows as they are."""
    return float(statistic(np.ones((1, rows)))[0])


def bootstrap(
    statistics: Sequence[Statistic], rows: int, *, resamples: int = RESAMPLES
) -> list[Floats]:
    """Each statistic on the same resamples of the rows; the same on every call."""
    generator = np.random.default_rng(SEED)
    resamples = max(_FEWEST, min(resamples, _BUDGET // rows))
    step = max(1, min(resamples, _CELLS // rows))
    values: list[list[Floats]] = [[] for _ in statistics]
    for start in range(0, resamples, step):
        size = min(step, resamples - start)
        drawn = generator.integers(0, rows, size=(size, rows), dtype=np.int64)
        drawn += np.arange(size)[:, None] * rows
        counts = np.bincount(drawn.ravel(), minlength=size * rows).reshape(size, rows)
        weights = counts.astype(np.float64)
        for collected, statistic in zip(values, statistics, strict=True):
            collected.append(statistic(weights))
    return [np.concatenate(collected) for collected in values]


def interval(value: float, resampled: Floats) -> Interval:
    """The 95 % percentile interval; resamples that left the metric undefined do not count."""
    defined = resampled[~np.isnan(resampled)]
    if not len(defined):
        return Interval(value=value, low=value, high=value)
    low, high = np.quantile(defined, [0.025, 0.975])
    return Interval(value=value, low=float(low), high=float(high))


def _ratio(above: npt.NDArray[Any], below: npt.NDArray[Any]) -> Floats:
    """NaN where there is nothing to divide by."""
    ratio: Floats = np.full(np.shape(above), np.nan)
    np.divide(above, below, out=ratio, where=below != 0)
    return ratio
