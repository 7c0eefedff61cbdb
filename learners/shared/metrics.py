"""How good answers are; numpy only.

A deciding metric is built once on the rows and then asked about many resamples of them: it takes
counts [resamples, rows], how often each row was drawn, and gives one value a resample, NaN where
a resample leaves it undefined. Counts of one are the rows as they are.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from learners.interface import Statistic

Floats = npt.NDArray[np.float64]


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


def mid_ranks(score: npt.NDArray[Any], groups: npt.NDArray[np.int64] | None = None) -> Floats:
    """Each score's rank from 1 within its group; equal scores share the mean of theirs."""
    groups = np.zeros(len(score), dtype=np.int64) if groups is None else groups
    order = np.lexsort((score, groups))
    ordered, held = score[order], groups[order]
    first = np.concatenate([[True], held[1:] != held[:-1]])
    is_new = first | np.concatenate([[True], ordered[1:] != ordered[:-1]])
    starts = np.flatnonzero(is_new)
    ends = np.append(starts[1:], len(order))
    began = np.flatnonzero(first)[np.cumsum(first) - 1]
    middle = np.repeat((starts + ends + 1) / 2, ends - starts) - began
    ranks = np.empty(len(order))
    ranks[order] = middle
    return ranks


def log_loss(truth: npt.NDArray[np.int64], probabilities: npt.NDArray[Any]) -> float:
    """Mean negative log-likelihood, natural logarithm."""
    chosen = probabilities[np.arange(len(truth)), truth].astype(np.float64)
    smallest = np.finfo(np.float32).eps
    return float(-np.log(np.clip(chosen, smallest, 1.0)).mean())


def _ratio(above: npt.NDArray[Any], below: npt.NDArray[Any]) -> Floats:
    """NaN where there is nothing to divide by."""
    ratio: Floats = np.full(np.shape(above), np.nan)
    np.divide(above, below, out=ratio, where=below != 0)
    return ratio
