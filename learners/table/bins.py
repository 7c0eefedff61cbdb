"""What the network knows of numbers before it learns: bins, medians and scales, by column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

MAX_BINS: Final = 24
MAX_CODES: Final = 2048
"""Bins of all columns together, so that a table of many columns stays a small network."""

_NARROWEST: Final = 1e-20
"""Bins narrower than this would overflow float32 when divided by."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bins:
    """Float32 arrays; N numeric inputs, T bins, padded with bins that never answer."""

    low: npt.NDArray[np.float32]
    """[N, T] where a bin begins."""
    inverse: npt.NDArray[np.float32]
    """[N, T] 1 / width of a bin, 0 for padding."""
    median: npt.NDArray[np.float32]
    """[N] stands in for missing values."""
    scale: npt.NDArray[np.float32]
    """[N] 1 / standard deviation; 0 for a constant."""

    @classmethod
    def fit(cls, numeric: npt.NDArray[np.float32]) -> Bins:
        """From the training rows [rows, N], NaN where missing.

        Half of the edges are quantiles of the rows, half of the distinct values: a column that is
        nearly always zero would otherwise have all its edges there.
        """
        columns = numeric.shape[1]
        bins = max(2, min(MAX_BINS, MAX_CODES // max(columns, 1)))
        low = np.zeros((columns, bins), dtype=np.float32)
        inverse = np.zeros((columns, bins), dtype=np.float32)
        median = np.zeros(columns, dtype=np.float32)
        scale = np.zeros(columns, dtype=np.float32)
        for n in range(columns):
            values = numeric[:, n].astype(np.float64)
            values = values[~np.isnan(values)]
            if not len(values):
                continue
            edges = _edges(values, bins)
            widths = np.diff(edges)
            low[n, : len(widths)] = edges[:-1]
            inverse[n, : len(widths)] = 1 / widths
            median[n] = np.median(values)
            deviation = values.std()
            scale[n] = 1 / deviation if deviation > _NARROWEST else 0.0
        return cls(low=low, inverse=inverse, median=median, scale=scale)


def _edges(values: npt.NDArray[np.float64], bins: int) -> npt.NDArray[np.float64]:
    distinct: npt.NDArray[np.float64] = np.unique(values)
    if len(distinct) > bins + 1:
        distinct = np.concatenate(
            [
                np.quantile(values, np.linspace(0, 1, bins // 2 + 1)),
                np.quantile(distinct, np.linspace(0, 1, bins - bins // 2 + 1)[:-1]),
            ]
        )
        distinct = np.unique(distinct.astype(np.float32).astype(np.float64))
    apart = np.concatenate([[True], np.diff(distinct) > _NARROWEST])
    chosen: npt.NDArray[np.float64] = distinct[apart]
    return chosen
