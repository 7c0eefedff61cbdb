"""The numbers behind schema, findings and profile, measured on the staged rows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sluice.validation.rows.columns import TypedColumn
from sluice.validation.rows.table import Table
from sluice.validation.scanner import interface as scanner
from sluice.validation.scanner.measure import (
    ColumnMeasures,
    distinct,
    distinct_rows,
    ends,
    quantiles,
)

if TYPE_CHECKING:
    import duckdb

FEW_VALUES: Final = 1_000
"""Up to so many different values are counted one by one."""
QUANTILES: Final = (0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
SAMPLE_ROWS: Final = 200_000
"""Quantiles of more rows are those of about so many, chosen by a hash of the row's number. The
standard error of a quantile's rank is then at most 0.5 / sqrt(200,000) = 0.11 %."""
SMALL_CELLS: Final = 4_000_000
"""In a table of so few cells, all different values are counted exactly."""
DISTINCT_ROWS: Final = 2_000_000
"""So many values are told apart at a time: 16 to 32 bytes each."""
MOST_COUNTED: Final = 3 * FEW_VALUES // 2
"""Different values that are counted one by one: some more than matter, to be sure of these."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """One column over some rows."""

    present: int
    distinct: int
    distinct_is_exact: bool
    min: Any = None
    """int, float, bool, date or datetime; none of texts."""
    max: Any = None
    mean: float | None = None
    std: float | None = None
    """Of a sample (n - 1)."""
    quantiles: tuple[float, ...] = ()
    """At `QUANTILES`."""
    is_whole: bool = True
    """Numbers: none has a fraction."""
    spaced: int = 0
    """Text: values that hold inner blanks."""
    length: float = 0.0
    """Text: mean characters."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Measures:
    """What all columns amount to, by their SQL names."""

    summaries: dict[str, Summary]
    measured: ColumnMeasures

    def counts(
        self,
        con: duckdb.DuckDBPyConnection,
        data: Table,
        column: TypedColumn,
        *,
        is_learnt: bool = False,
    ) -> list[tuple[Any, int]]:
        """How often each value occurs, in the rows to learn from or in all; the most frequent
        first."""
        if self.measured.summary(column.place).is_counted:
            found = [
                (value, count - holdout if is_learnt else count)
                for value, count, holdout in self.measured.values(column.place, column.storage)
            ]
        else:
            i = column.id
            found = con.execute(
                f"SELECT {i}, count(*) FROM {data.training if is_learnt else data.relation} "
                f"WHERE {i} IS NOT NULL GROUP BY ALL"
            ).fetchall()
        return sorted(
            [pair for pair in found if pair[1]], key=lambda pair: (-pair[1], _order(pair[0]))
        )


def measures(data: Table) -> Measures:
    """Measure every column."""
    measured = ColumnMeasures(data.kept, MOST_COUNTED)
    return Measures(
        summaries={column.id: _summary(data, column, measured) for column in data.columns},
        measured=measured,
    )


def _summary(data: Table, column: TypedColumn, measured: ColumnMeasures) -> Summary:
    found = measured.summary(column.place)
    exact = _exact_distinct(data, column, found)
    low, high = ends(found, column.storage)
    is_number = column.storage in ("BIGINT", "DOUBLE")
    return Summary(
        present=found.present,
        distinct=min(found.distinct, found.present) if exact is None else exact,
        distinct_is_exact=exact is not None,
        min=low,
        max=high,
        mean=_finite(found.mean) if is_number else None,
        std=_finite(found.deviation) if is_number else None,
        quantiles=quantiles(data.kept, column.place, QUANTILES, SAMPLE_ROWS) if is_number else (),
        is_whole=found.is_whole,
        spaced=found.spaced,
        length=found.letters / found.present if found.present else 0.0,
    )


def _exact_distinct(data: Table, column: TypedColumn, found: scanner.Summary) -> int | None:
    """The exact number of different values where a decision hangs on it.

    That is where they are few, and where they are nearly all in a column that may be an identifier.
    In a small table it is everywhere.
    """
    if found.is_counted:
        return int(found.distinct)
    is_small = data.rows * len(data.columns) <= SMALL_CELLS
    is_nearly = found.distinct >= 0.8 * found.present
    if is_small or (is_nearly and column.storage in ("BIGINT", "VARCHAR", "BLOB")):
        return distinct(data.kept, column.place, DISTINCT_ROWS)
    return None


def duplicate_rows(data: Table) -> int:
    """Rows that repeat an earlier one exactly.

    Rows are told apart by 64-bit hashes: that two different ones among 10 million share theirs has
    a chance of 3 in a million.
    """
    return data.rows - distinct_rows(data.kept, DISTINCT_ROWS)


def _finite(value: float | None) -> float | None:
    """Sums of numbers near the end of what a float holds lie beyond it, and no JSON holds them."""
    return value if value is not None and math.isfinite(value) else None


def _order(value: Any) -> tuple[int, Any]:
    return (0, value) if isinstance(value, int | float) else (1, value)
