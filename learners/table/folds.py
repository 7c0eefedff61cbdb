"""Answers out of fold: each row answered by a network that never saw it, where rows are few.

A holdout of a fifth of few rows is too few to judge by; out of fold, all training rows judge. The
fold neither trains its network nor chooses its epoch: that is what a part of the other folds does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch

from learners.interface import Course
from learners.shared.evidence import OutOfFold
from learners.shared.row_hash import mixed
from learners.table.fitting import Fitting
from learners.table.rows import Rows

FOLDS: Final = 5
MOST_ROWS: Final = 2_000
"""Training rows up to which the folds are learnt: they take about twice as long as the model, 1 s
at 150 rows and some 10 s at 1,600 on one core; and beyond, the holdout has 400 rows or more, on
which a permutation test finds an area of 0.56."""

Fit = Callable[[Fitting], Course | None]
"""Trains one fold's network; None where time ran out or the job is to stop."""


def answers_out_of_fold(
    every: Rows, fitting: Callable[[Rows], Fitting], fit: Fit
) -> OutOfFold | None:
    """All rows' answers; None where rows are many, where fewer than two folds hold distinct rows,
    or where a fold did not come to its end."""
    if len(every) > MOST_ROWS:
        return None
    folds = dealt(every)
    numbers = np.unique(folds)
    if len(numbers) < 2:
        return None
    answered: list[tuple[npt.NDArray[np.int64], npt.NDArray[Any]]] = []
    for number in numbers:
        # Whatever was drawn before: the same rows, the same folds, the same answers.
        torch.manual_seed(int(number))
        one = fitting(every.take(np.flatnonzero(folds != number)))
        if fit(one) is None:
            return None
        inside = np.flatnonzero(folds == number)
        answered.append((inside, one.answer(every.take(inside).encoded)))
    order = np.concatenate([inside for inside, _ in answered])
    return OutOfFold(
        rows=every.hashes[order],
        folds=folds[order],
        truth=every.target[order],
        answers=np.concatenate([answers for _, answers in answered]),
    )


def dealt(every: Rows) -> npt.NDArray[np.int64]:
    """The fold of each row, by what is in the rows alone: their order does not matter.

    Rows that look alike share a fold, or a network would have seen the row that it is asked about.
    Of a class, each fold gets its share.
    """
    _, first, alike = np.unique(every.feature_hashes, return_index=True, return_inverse=True)
    sizes = np.bincount(alike)
    kinds = np.zeros(len(first))
    if every.target.dtype.kind == "i":
        # Rows that look alike and are of several classes are dealt with the first of these.
        kinds[:] = np.inf
        np.minimum.at(kinds, alike, every.target)
    fold = np.empty(len(first), dtype=np.int64)
    filled = np.zeros(FOLDS)
    for kind in np.unique(kinds):
        groups = np.flatnonzero(kinds == kind)
        of_kind = np.zeros(FOLDS)
        # Largest first, then by a hash, which is as good as a shuffle.
        shuffled = groups[np.lexsort((mixed(every.feature_hashes[first[groups]]), -sizes[groups]))]
        for group in shuffled:
            to = np.lexsort((filled, of_kind))[0]
            fold[group] = to
            of_kind[to] += sizes[group]
            filled[to] += sizes[group]
    return fold[alike]
