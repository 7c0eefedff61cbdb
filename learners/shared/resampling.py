"""How sure we may be of a metric: the same bootstrap resamples for every scorer; numpy only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from learners.interface import Statistic
from sluice.contracts.evaluation import Interval

Floats = npt.NDArray[np.float64]

RESAMPLES: Final = 1000
SEED: Final = 20_260_101
_CELLS: Final = 1 << 22
"""Counts held at a time: 32 MiB of float64."""
_BUDGET: Final = 50_000_000
"""Counts drawn in all. Beyond 50,000 rows there are fewer resamples: intervals are narrow then."""
_FEWEST: Final = 200


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
