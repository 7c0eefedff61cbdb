"""What is odd about values that are answered: unseen categories, far-off numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from learners.interface import Columns, Warned
from learners.table.encoder import UNKNOWN, Encoded, Encoder, Feature
from sluice.contracts.dataset import Scalar
from sluice.contracts.prediction import MAX_WARNINGS, Signature, SignatureColumn

FAR: Final = 1.0
"""How far beyond the training range a value is far off, in widths of that range."""

_SHOWN: Final = 40
"""Characters of a caller's own text that a warning repeats."""


class Oddities:
    """Looks for odd values among the encoded rows of a model's requests."""

    def __init__(self, encoder: Encoder, signature: Signature) -> None:
        self._categorical = [f for f in encoder.features if f.is_categorical]
        columns = {column.name: column for column in signature.columns}
        self._ranged: list[tuple[str, int, SignatureColumn]] = []
        at = 0
        for feature in encoder.features:
            if feature.is_categorical:
                continue
            column = columns.get(feature.name)
            if column and column.min is not None and column.max is not None:
                self._ranged.append((feature.name, at, column))
            at += feature.width
        bounds = [_bounds(encoder, column) for _, _, column in self._ranged]
        self._places = np.array([place for _, place, _ in self._ranged], dtype=np.int64)
        self._low = np.array([low for low, _ in bounds], dtype=np.float64)
        self._high = np.array([high for _, high in bounds], dtype=np.float64)

    def of(self, encoded: Encoded, columns: Columns) -> tuple[tuple[Warned, ...], int]:
        """The first warnings in the order of the rows, and how many there are."""
        unseen = encoded.categorical == UNKNOWN
        values = encoded.numeric[:, self._places]
        far = (values < self._low) | (values > self._high)
        warned = int(unseen.sum()) + int(far.sum())
        if not warned:
            return (), 0
        found = sorted(
            [*self._unseen(unseen, columns), *self._far(far, columns)], key=lambda one: one.row
        )
        return tuple(found[:MAX_WARNINGS]), warned

    def _unseen(self, unseen: npt.NDArray[np.bool_], columns: Columns) -> Iterator[Warned]:
        for row, place in _first(unseen):
            feature: Feature = self._categorical[place]
            value = _shown(columns[feature.name][row])
            detail = f"{value} was in no row of the training data; it counts as unknown."
            yield Warned(row=row, column=feature.name, detail=detail)

    def _far(self, far: npt.NDArray[np.bool_], columns: Columns) -> Iterator[Warned]:
        for row, place in _first(far):
            name, _, column = self._ranged[place]
            detail = (
                f"{_shown(columns[name][row])} is far outside of the training data, which "
                f"reaches from {_shown(column.min)} to {_shown(column.max)}."
            )
            yield Warned(row=row, column=name, detail=detail)


def _first(found: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    return [(int(row), int(place)) for row, place in np.argwhere(found)[:MAX_WARNINGS]]


def _bounds(encoder: Encoder, column: SignatureColumn) -> tuple[float, float]:
    """The least and the most that is not far off, as the column's first numeric input has it.

    A column of one value has no width: another value is far from it.
    """
    ends: tuple[Scalar | None, ...] = (column.min, column.max)
    alone = Encoder(f for f in encoder.features if f.name == column.name)
    low, high = alone.encode({column.name: list(ends)}).numeric[:, 0].astype(np.float64)
    width = (high - low) * FAR
    # float32 rounds: what equals a bound is within it.
    slack = 1e-6 * max(abs(low), abs(high))
    return low - width - slack, high + width + slack


def _shown(value: Any) -> str:
    if isinstance(value, np.generic):
        value = value.item()
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
