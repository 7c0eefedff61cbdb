"""What the values of stored rows amount to: in C, a pass over memory each; see measure.h."""

from __future__ import annotations

import ctypes
import datetime as dt
import math
import secrets
from collections.abc import Sequence
from typing import Any

from sluice.validation.scanner.interface import (
    Correlation,
    Histogram,
    Moments,
    Storage,
    Summary,
    Value,
)
from sluice.validation.scanner.library import check, library
from sluice.validation.scanner.stored import StoredRows

_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 timestamps of a dataset carry no zone


class ColumnMeasures:
    """Every column, measured once. Places are from 0."""

    def __init__(self, rows: StoredRows, most: int) -> None:
        """Up to `most` different values of a column are counted one by one."""
        self._rows = rows
        self._measures = ctypes.c_void_p()
        check(library().measure(rows.handle, most, ctypes.byref(self._measures)))

    def __del__(self) -> None:
        if getattr(self, "_measures", None):
            library().measures_free(self._measures)

    def summary(self, place: int) -> Summary:
        """Of the column there, while this object lives."""
        summary: Summary = library().measures_summary(self._measures, place).contents
        return summary

    def values(self, place: int, storage: Storage) -> list[tuple[Any, int, int]]:
        """Each of the few values there: how often it occurs, and in the holdout."""
        count = ctypes.c_int64()
        values = library().measures_values(self._measures, place, ctypes.byref(count))
        return [(_python_value(v, storage), v.count, v.holdout) for v in values[: count.value]]

    def moments(self, by: int, places: Sequence[int]) -> list[list[Moments]]:
        """Of each column of numbers, dates or timestamps there: count, mean and variance (of the
        population) within each group that the few values of the column `by` make, in the order of
        `values`."""
        groups = self.summary(by).distinct
        found = (Moments * (groups * len(places)))()
        check(
            library().group_moments(
                self._measures, self._rows.handle, by, _integers(places), len(places), found
            )
        )
        return [found[at * groups : (at + 1) * groups] for at in range(len(places))]

    def crossed(self, by: int, places: Sequence[int]) -> list[list[list[int]]]:
        """For each column of few values there a table: how often each value occurs in each group
        (a row) that the few values of the column `by` make."""
        groups = self.summary(by).distinct
        widths = [self.summary(place).distinct for place in places]
        tables = [(ctypes.c_int64 * (groups * width))() for width in widths]
        pointers = (ctypes.POINTER(ctypes.c_int64) * len(places))(
            *(ctypes.cast(table, ctypes.POINTER(ctypes.c_int64)) for table in tables)
        )
        check(
            library().group_counts(
                self._measures, self._rows.handle, by, _integers(places), len(places), pointers
            )
        )
        return [
            [table[row * width : (row + 1) * width] for row in range(groups)]
            for table, width in zip(tables, widths, strict=True)
        ]


def correlations(rows: StoredRows, goal: int, places: Sequence[int]) -> list[Correlation]:
    """Pearson's, of each column there with the column `goal`."""
    found = (Correlation * len(places))()
    check(library().correlate(rows.handle, goal, _integers(places), len(places), found))
    return list(found)


def ends(summary: Summary, storage: Storage) -> tuple[Any, Any]:
    """The lowest and the highest value, as Python has them; None of texts, or of no values."""
    if not summary.present or storage in ("VARCHAR", "BLOB"):
        return None, None
    if storage == "DOUBLE":
        return summary.lowest, summary.highest
    return _value(summary.least, storage), _value(summary.most, storage)


def histograms(rows: StoredRows, asked: Sequence[tuple[int, Sequence[float]]]) -> list[list[int]]:
    """How many values lie in each bin; for each pair of a column's place and its bins' ends.

    A bin holds its upper edge, not its lower one; the first holds both. Values beyond the ends
    count to the nearest bin. Dates and timestamps are in seconds since 1970.
    """
    wanted = (Histogram * len(asked))()
    for histogram, (place, edges) in zip(wanted, asked, strict=True):
        bins = len(edges) - 1
        histogram.column, histogram.bins = place, bins
        histogram.edges = (ctypes.c_double * len(edges))(*edges)
        histogram.counts = (ctypes.c_int64 * bins)()
    check(library().measure_histograms(rows.handle, wanted, len(asked)))
    return [histogram.counts[: histogram.bins] for histogram in wanted]


def quantiles(rows: StoredRows, place: int, ranks: Sequence[float], most: int) -> tuple[float, ...]:
    """The values at these ranks (0 to 1) of the column there; () where it has none. About `most`
    rows are looked at, chosen by their numbers."""
    found = (ctypes.c_double * len(ranks))(*[math.nan] * len(ranks))
    asked = (ctypes.c_double * len(ranks))(*ranks)
    check(library().quantiles(rows.handle, place, rows.count, most, asked, len(ranks), found))
    return () if math.isnan(found[0]) else tuple(found)


def distinct(rows: StoredRows, place: int, at_a_time: int) -> int:
    """The number of different values, told apart by 64-bit hashes, `at_a_time` of them."""
    found, seed = ctypes.c_int64(), secrets.randbits(64)
    check(
        library().measure_distinct(
            rows.handle, place, rows.count, at_a_time, seed, ctypes.byref(found)
        )
    )
    return found.value


def distinct_rows(rows: StoredRows, at_a_time: int) -> int:
    """The number of different rows, in the same way."""
    return distinct(rows, -1, at_a_time)


def _python_value(value: Value, storage: Storage) -> Any:
    if storage in ("VARCHAR", "BLOB"):
        return ctypes.string_at(value.text, value.size).decode(errors="replace")
    return float(value.number) if storage == "DOUBLE" else _value(value.integer, storage)


def _value(integer: int, storage: Storage) -> int | dt.date:
    if storage == "BOOLEAN":
        return bool(integer)
    if storage == "DATE":
        return (_EPOCH + dt.timedelta(days=integer)).date()
    if storage == "TIMESTAMP":
        return _EPOCH + dt.timedelta(microseconds=integer)
    return integer


def _integers(items: Sequence[int]) -> ctypes.Array[ctypes.c_int64]:
    return (ctypes.c_int64 * len(items))(*items)
