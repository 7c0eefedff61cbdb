"""Whether answers know anything of the truth: how often shuffled truths fit them as well.

A permutation test (Fisher 1935; Good, Permutation Tests, 2000): if answers and truths had nothing
to do with each other, every order of the truths would be as likely as the one that was seen. It
holds at any number of rows, where a bootstrap interval of five rows may have no width. numpy only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from learners.interface import Agreement

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SEED: Final = 20_260_102
MOST_DRAWS: Final = 9_999
"""Shuffles of few rows: 0.0028 is told to 0.0005."""
FEWEST_DRAWS: Final = 999
_CLEAR: Final = 0.1
"""Beyond it, after the fewest draws, no more are made."""
_ARRANGEMENTS: Final = 10_000
"""Up to so many different orders of the truths, all are tried."""
_CELLS: Final = 50_000
"""Rows times columns of the truths. Beyond, the normal approximation of the permutation
distribution (Hoeffding 1951) stands in: it is then off by less than the draws would be, and takes
no time at 200,000 rows."""
_WORK: Final = 50_000_000
"""Cells shuffled in all: about a second."""
_BLOCK: Final = 1 << 21
"""Cells held at a time: 16 MiB."""


def p_value(found: Agreement, groups: Numbers | None = None) -> float:
    """Share of the orders of the truths, each within its group, that agree with the answers at
    least as well as the one seen; that one counts."""
    order, slices = _by_group(groups, len(found.truth))
    truth, answers = (_centred(each[order], slices) for each in (found.truth, found.answers))
    products = truth * answers
    # Orders that agree equally well differ in the last digits of their sums.
    seen = float(products.sum()) - 1e-9 * float(np.abs(products).sum())
    if len(slices) == 1 and (exact := _exact(truth, answers, seen)) is not None:
        return exact
    if truth.size > _CELLS:
        return _normal(truth, answers, seen, slices)
    return _drawn(truth, answers, seen, slices)


def arrangements(truth: npt.NDArray[Any], groups: Numbers | None = None) -> float:
    """Natural logarithm of how many different orders there are of the truths [rows, columns], each
    within its group: no p-value can be below one in so many."""
    order, slices = _by_group(groups, len(truth))
    return math.fsum(_log_orders(_counts(truth[order][part])) for part in slices)


def rows_to_tell(truth: npt.NDArray[Any], limit: float) -> int:
    """Fewest rows, of such truths, among whose orders the best one is rarer than `limit`."""
    counts = _counts(truth)
    distinct = len(counts) == len(truth)
    if len(counts) == 1:
        # One class only: the other one comes with the rows that are asked for.
        counts = np.append(counts, 1)
    rows = len(truth)
    while True:
        rows += 1
        scaled = np.ones(rows) if distinct else counts * rows / counts.sum()
        if _log_orders(scaled) >= -math.log(limit):
            return rows


def _by_group(groups: Numbers | None, rows: int) -> tuple[Numbers, Sequence[slice]]:
    """An order of the rows in which groups stand together, and where each stands."""
    if groups is None:
        return np.arange(rows), [slice(0, rows)]
    order = np.argsort(groups, kind="stable")
    _, starts = np.unique(groups[order], return_index=True)
    ends = [*starts[1:], rows]
    return order, [slice(int(a), int(b)) for a, b in zip(starts, ends, strict=True)]


def _centred(values: Floats, groups: Sequence[slice]) -> Floats:
    """With a mean of 0 in each group: all orders move by the same amount."""
    result = np.empty(values.shape)
    for group in groups:
        result[group] = values[group] - values[group].mean(axis=0)
    return result


def _counts(truth: npt.NDArray[Any]) -> npt.NDArray[Any]:
    counts: npt.NDArray[Any] = np.unique(truth, axis=0, return_counts=True)[1]
    return counts


def _log_orders(counts: npt.NDArray[Any]) -> float:
    """Of the multinomial coefficient; the counts may be fractions."""
    return math.lgamma(counts.sum() + 1) - math.fsum(math.lgamma(each + 1) for each in counts)


def _exact(truth: Floats, answers: Floats, seen: float) -> float | None:
    """The share among all orders; None where they are too many."""
    values, codes = np.unique(truth, axis=0, return_inverse=True)
    orders = math.exp(min(_log_orders(np.bincount(codes.ravel())), 99.0))
    if orders > _ARRANGEMENTS + 0.5 or orders * len(truth) > _BLOCK:
        return None
    agreement = _agreement(values, _orders(codes.ravel()), answers)
    return float((agreement >= seen).mean())


def _orders(codes: Numbers) -> Numbers:
    """All different orders [orders, rows] of the codes."""
    found = np.full((1, len(codes)), -1)
    for code, count in enumerate(np.bincount(codes)):
        placed = []
        for order in found:
            for chosen in combinations(np.flatnonzero(order < 0), int(count)):
                row = order.copy()
                row[list(chosen)] = code
                placed.append(row)
        found = np.array(placed)
    return found


def _drawn(truth: Floats, answers: Floats, seen: float, groups: Sequence[slice]) -> float:
    generator = np.random.default_rng(SEED)
    draws = max(FEWEST_DRAWS, min(MOST_DRAWS, _WORK // truth.size))
    step = max(1, _BLOCK // len(truth))
    hits = start = 0
    while start < draws:
        # The first draws settle what is clearly luck.
        if start >= FEWEST_DRAWS and hits > _CLEAR * start:
            break
        size = min(step, (FEWEST_DRAWS if start < FEWEST_DRAWS else draws) - start)
        start += size
        orders = np.tile(np.arange(len(truth)), (size, 1))
        for group in groups:
            orders[:, group] = generator.permuted(orders[:, group], axis=1)
        hits += int((_agreement(truth, orders, answers) >= seen).sum())
    return (1 + hits) / (1 + start)


def _agreement(truth: Floats, orders: Numbers, answers: Floats) -> Floats:
    """Of each order of the truths with the answers."""
    total = np.zeros(len(orders))
    for column in range(truth.shape[1]):
        total += truth[:, column][orders] @ answers[:, column]
    return total


def _normal(truth: Floats, answers: Floats, seen: float, groups: Sequence[slice]) -> float:
    """By the variance that the agreement of centred values has over all orders; its mean is 0."""
    variance = 0.0
    for group in groups:
        one, other = truth[group], answers[group]
        variance += float(((one.T @ one) * (other.T @ other)).sum()) / max(len(one) - 1, 1)
    if variance <= 0:
        return 1.0
    return math.erfc(seen / math.sqrt(2 * variance)) / 2
