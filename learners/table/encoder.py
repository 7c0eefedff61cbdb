"""The one encoder: training fits it, serving and evaluation apply it, so there is no skew.

It turns columns into the two inputs of the model's ONNX graph:

    numeric      float32 [rows, N]   numbers as they are, NaN where missing
    categorical  int64   [rows, C]   0 = never seen in training, 1 = missing, 2… = known values

    column type       numeric inputs                                      categorical inputs
    integer, number   the value                                           -
    boolean           -                                                   false, true
    category          -                                                   the value
    date              days since 2000, day of the year, weekday           -
    timestamp         the same, and the hour of the day                   -

What is *learned* from numbers (imputation, scaling, bins) lives in the graph; this encoder knows
only the columns and the category values. Its state is `features.json`. Times without a zone count
as UTC. numpy and the standard library only: the serving container imports it at every start.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from learners.interface import Columns, Values
from sluice.contracts.dataset import Column, ColumnType, Target

UNKNOWN: Final = 0
MISSING: Final = 1
FIRST_KNOWN: Final = 2
"""Codes of a categorical input; known values count from `FIRST_KNOWN`."""

MAX_CATEGORIES: Final = 10_000
"""Values that one category column keeps, most frequent first; the rest are unknown."""

LIMIT: Final = 1e30
"""Numbers are clipped here, far within float32, so that the graph's arithmetic stays finite."""

_FORMAT: Final = 1
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_EPOCH_64: Final = np.datetime64("2000-01-01T00:00:00", "us")
_DAY: Final = 86_400.0
_NUMERIC: Final[dict[str, tuple[str, ...]]] = {
    "integer": ("value",),
    "number": ("value",),
    "date": ("days", "day_of_year", "weekday"),
    "timestamp": ("days", "day_of_year", "weekday", "hour"),
}
_CATEGORICAL: Final = ("boolean", "category")


@dataclass(frozen=True, kw_only=True, slots=True)
class Encoded:
    """The graph's inputs for some rows."""

    numeric: npt.NDArray[np.float32]
    categorical: npt.NDArray[np.int64]

    def inputs(self) -> dict[str, npt.NDArray[Any]]:
        """By the names of the graph's inputs."""
        return {"numeric": self.numeric, "categorical": self.categorical}


@dataclass(frozen=True, kw_only=True, slots=True)
class Feature:
    """One column that the model looks at."""

    name: str
    type: ColumnType
    categories: tuple[str | bool, ...] = ()
    """Known values of a boolean or category; the first has code `FIRST_KNOWN`."""

    @property
    def is_categorical(self) -> bool:
        """Whether it is coded, and no number."""
        return self.type in _CATEGORICAL

    @property
    def width(self) -> int:
        """How many numeric inputs it has."""
        return len(_NUMERIC.get(self.type, ()))


class Encoder:
    """Columns to `Encoded`; the same values give the same numbers, from wherever they come."""

    def __init__(self, features: Iterable[Feature]) -> None:
        self.features = tuple(features)
        for feature in self.features:
            if feature.type not in _NUMERIC and feature.type not in _CATEGORICAL:
                raise NotImplementedError(
                    f"Column {feature.name!r}: there is no encoding of {feature.type} columns yet."
                )
        self._codes = {
            f.name: {value: code for code, value in enumerate(f.categories, FIRST_KNOWN)}
            for f in self.features
            if f.type in _CATEGORICAL
        }

    @classmethod
    def fit(cls, columns: Sequence[Column], batches: Iterable[Columns]) -> Self:
        """Learn the category values of the training rows, in one pass over them."""
        counts: dict[str, Counter[str]] = {
            column.name: Counter() for column in columns if column.type == "category"
        }
        if counts:
            for batch in batches:
                for name, count in counts.items():
                    count.update(_texts(batch[name]))
        return cls(
            Feature(name=c.name, type=c.type, categories=_categories(c, counts)) for c in columns
        )

    @property
    def numeric_names(self) -> tuple[str, ...]:
        """Names of the numeric inputs, in order, such as `age.value` or `born.weekday`."""
        return tuple(
            f"{f.name}.{part}"
            for f in self.features
            if f.type in _NUMERIC
            for part in _NUMERIC[f.type]
        )

    @property
    def cardinalities(self) -> tuple[int, ...]:
        """Codes of each categorical input, unknown and missing included, in order."""
        return tuple(
            len(f.categories) + FIRST_KNOWN for f in self.features if f.type in _CATEGORICAL
        )

    def encode(self, columns: Columns) -> Encoded:
        """Encode rows given by column; `ValueError` names a column that is not there."""
        if absent := [f.name for f in self.features if f.name not in columns]:
            raise ValueError(f"The rows lack the column {absent[0]!r} that the model needs.")
        rows = len(columns[self.features[0].name]) if self.features else 0
        numeric = np.empty((rows, len(self.numeric_names)), dtype=np.float32)
        categorical = np.empty((rows, len(self._codes)), dtype=np.int64)
        n = c = 0
        for feature in self.features:
            values = columns[feature.name]
            if feature.type in _CATEGORICAL:
                categorical[:, c] = self._code(feature, values)
                c += 1
                continue
            width = len(_NUMERIC[feature.type])
            numeric[:, n : n + width] = _numbers(feature, values)
            n += width
        return Encoded(numeric=numeric, categorical=categorical)

    def encode_rows(self, rows: Sequence[Mapping[str, Any]]) -> Encoded:
        """Encode rows given one by one; a column that a row leaves out is missing there."""
        return self.encode({f.name: [row.get(f.name) for row in rows] for f in self.features})

    def to_json(self) -> str:
        """`features.json`."""
        features = [
            {"name": f.name, "type": f.type, "categories": list(f.categories)}
            for f in self.features
        ]
        return json.dumps({"format": _FORMAT, "features": features}, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """The encoder that `to_json` wrote."""
        state = json.loads(text)
        if state.get("format") != _FORMAT:
            raise ValueError(
                f"features.json has format {state.get('format')!r}; this code reads {_FORMAT}. "
                "Train the model again."
            )
        return cls(
            Feature(name=f["name"], type=f["type"], categories=tuple(f["categories"]))
            for f in state["features"]
        )

    def _code(self, feature: Feature, values: Values) -> list[int]:
        known = self._codes[feature.name]
        if feature.type == "category":
            return [MISSING if v is None else known.get(v, UNKNOWN) for v in _as_text(values)]
        return [MISSING if v is None else known.get(bool(v), UNKNOWN) for v in _as_list(values)]


def encode_target(values: Values, target: Target) -> npt.NDArray[Any]:
    """The target of some rows: int64 positions in `target.classes`, or float64 values.

    `ValueError` names a value that is missing, not finite, or no class.
    """
    listed = _as_list(values)
    if target.classes is None:
        numbers = np.array(listed, dtype=np.float64)
        if not np.isfinite(numbers).all():
            raise ValueError(f"The target {target.name!r} has rows without a finite value.")
        return numbers
    positions = {label: position for position, label in enumerate(target.classes)}
    try:
        return np.array([positions[value] for value in listed], dtype=np.int64)
    except KeyError as error:
        raise ValueError(
            f"The target {target.name!r} holds {error.args[0]!r}, which is none of its "
            f"{len(target.classes)} classes."
        ) from None


def _categories(column: Column, counts: Mapping[str, Counter[str]]) -> tuple[str | bool, ...]:
    if column.type == "boolean":
        return (False, True)
    if column.type != "category":
        return ()
    # Ties are broken by the value, so that the order of rows does not move the codes.
    ranked = sorted(counts[column.name].items(), key=lambda item: (-item[1], item[0]))
    return tuple(value for value, _ in ranked[:MAX_CATEGORIES])


def _as_list(values: Values) -> Sequence[Any]:
    return values.tolist() if isinstance(values, np.ndarray) else values


def _as_text(values: Values) -> Iterable[str | None]:
    return (v if v is None or isinstance(v, str) else str(v) for v in _as_list(values))


def _texts(values: Values) -> Iterable[str]:
    return (v for v in _as_text(values) if v is not None)


def _numbers(feature: Feature, values: Values) -> npt.NDArray[np.float64]:
    """The numeric inputs of one column, float64 [rows, parts], NaN where missing."""
    if feature.type in ("integer", "number"):
        try:
            numbers = np.asarray(values, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise ValueError(f"Column {feature.name!r} holds what is no number: {error}.") from None
        return np.clip(numbers, -LIMIT, LIMIT)[:, None]
    seconds = _seconds(values)
    days = np.floor(seconds / _DAY)
    dates = np.where(np.isnan(days), 0, days).astype("int64").astype("datetime64[D]") + (
        _EPOCH_64.astype("datetime64[D]") - np.datetime64(0, "D")
    )
    year_day = (dates - dates.astype("datetime64[Y]")).astype(np.float64) + 1
    # 2000-01-01 was a Saturday: 5 where Monday is 0.
    parts = [days, year_day, (days + 5) % 7]
    if feature.type == "timestamp":
        parts = [seconds / _DAY, year_day, (days + 5) % 7, (seconds - days * _DAY) / 3600]
    table = np.stack(parts, axis=1)
    table[np.isnan(days)] = np.nan
    return table


def _seconds(values: Values) -> npt.NDArray[np.float64]:
    """Seconds since 2000-01-01 UTC, NaN where missing."""
    if isinstance(values, np.ndarray) and values.dtype.kind == "M":
        micros = (values.astype("datetime64[us]") - _EPOCH_64).astype(np.int64).astype(np.float64)
        return np.where(np.isnat(values), np.nan, micros / 1e6)
    return np.array([_second(value) for value in _as_list(values)], dtype=np.float64)


def _second(value: Any) -> float:
    if value is None:
        return float("nan")
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    elif isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    at = value if value.tzinfo else value.replace(tzinfo=UTC)
    # Division by a whole number of seconds, as for datetime64: the same float64 either way.
    return float((at - _EPOCH) // _MICROSECOND) / 1e6


_MICROSECOND: Final = datetime.resolution
