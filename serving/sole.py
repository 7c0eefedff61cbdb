"""Whether one column alone tells the target of the held-out rows: a perfect score may be a leak."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from learners.shared.parquet import batches

PERFECT: Final = 0.9999
"""A deciding metric from here on is looked into."""
FEWEST_ROWS: Final = 51
"""On fewer, a clear rule may well be perfect."""


def sole_column(holdout: Path, names: Iterable[str], truth: npt.NDArray[Any]) -> str | None:
    """The first of the columns that tells every truth; None where none does."""
    for name in names:
        parts = [batch[name] for batch in batches(holdout, [name])]
        values = [value for part in parts for value in _listed(part)]
        if _tells(values, truth):
            return name
    return None


def _tells(values: list[Any], truth: npt.NDArray[Any]) -> bool:
    codes = {value: code for code, value in enumerate(dict.fromkeys(values))}
    if len(codes) < 2:
        return False
    if 2 * len(codes) <= len(values):
        # Values that come back: each always with the same truth.
        return len(set(zip(values, truth.tolist(), strict=True))) == len(codes)
    numbers = np.array(values) if all(isinstance(v, int | float) for v in values) else None
    if numbers is None or np.isnan(numbers).any():
        return False
    if truth.dtype.kind != "i":
        return bool(np.corrcoef(numbers, truth)[0, 1] ** 2 >= PERFECT)
    # Two classes: one bound between them. Of more, several bounds say less of a leak.
    of_class = [numbers[truth == label] for label in np.unique(truth)]
    if len(of_class) != 2:
        return False
    one, other = of_class
    return bool(one.max() < other.min() or other.max() < one.min())


def _listed(values: Any) -> list[Any]:
    """As values that compare: what is missing is None."""
    listed = values.tolist() if isinstance(values, np.ndarray) else values
    return [None if value != value else value for value in listed]
