"""How strongly each feature is tied to the target: the numbers that profile and leaks rest on.

Two numbers have Pearson's correlation. A number and classes have the correlation ratio, two sets
of classes Cramer's V; both are corrected for chance (epsilon squared, Kelley 1935; Bergsma 2013),
so that many classes in few rows tie nothing. All are exact sums over the rows that have both
values, of many columns in one scan.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from sluice.contracts.dataset import Column
from sluice.validation.columns import Typed
from sluice.validation.measure import Summary, as_number
from sluice.validation.reading import batches
from sluice.validation.staging import Staged

if TYPE_CHECKING:
    import duckdb

FEWEST: Final = 10
"""In fewer rows anything is tied to anything."""
MOST_VALUES: Final = 100
"""Categories of more values are not held against the target."""
MOST_CELLS: Final = 10_000
"""Values of a category times classes of the target."""
MOST_GROUPINGS: Final = 32
"""DuckDB tells fewer than 64 groupings of one query apart."""

Entry = tuple[Typed, Column, Summary]


@dataclass(frozen=True, kw_only=True, slots=True)
class Association:
    """What one column has to do with the target."""

    kind: Literal["pearson", "correlation-ratio", "cramers-v"]
    value: float | None
    """From -1 to 1 for `pearson`, else from 0 to 1; None where fewer than two classes have it."""
    rows: int = 0
    """Classes: rows that have a target."""
    guessed: int = 0
    """Rows of the largest class: those that a guess without the column gets right."""
    told: int = 0
    """Rows whose class follows from the column's value; a value that occurs once tells nothing."""
    told_by_absence: int = 0
    """Rows whose class follows from whether the column has a value."""

    def profile(self) -> dict[str, Any] | None:
        """As `profile.json` has it; None where there is nothing to say."""
        return None if self.value is None else {"kind": self.kind, "value": round(self.value, 4)}


def associations(
    con: duckdb.DuckDBPyConnection,
    data: Staged,
    goal: Entry,
    features: Sequence[Entry],
    *,
    is_classes: bool,
) -> dict[str, Association]:
    """By SQL name; columns that cannot be tied to the target are left out.

    `goal` is the target, which `is_classes` or a quantity.
    """
    cells = MOST_CELLS // goal[2].distinct if is_classes else MOST_VALUES
    numbers = [
        typed
        for typed, column, summary in features
        if column.type in ("integer", "number", "date", "timestamp") and summary.present
    ]
    few = [
        typed
        for typed, column, summary in features
        if column.type in ("category", "boolean")
        and 0 < summary.distinct <= min(MOST_VALUES, cells)
    ]
    if is_classes:
        return _with_classes(con, data, goal[0], numbers, few)
    return _with_numbers(con, data, goal[0], numbers) | _by_values(con, data, goal[0], few)


def _with_classes(
    con: duckdb.DuckDBPyConnection,
    data: Staged,
    goal: Typed,
    numbers: Sequence[Typed],
    few: Sequence[Typed],
) -> dict[str, Association]:
    found: dict[str, Association] = {}
    for batch in batches([*numbers, *few]):
        terms = [_moments(as_number(c)) if c in numbers else _counts(c.id) for c in batch]
        rows = con.execute(
            f"SELECT count(*), {', '.join(terms)} FROM {data.relation} "
            f"WHERE {goal.id} IS NOT NULL GROUP BY {goal.id} ORDER BY {goal.id}"
        ).fetchall()
        sizes = [row[0] for row in rows]
        for place, column in enumerate(batch):
            parts = [row[1 + place] for row in rows]
            found[column.id] = (
                _of_moments(sizes, parts) if column in numbers else _of_counts(sizes, parts)
            )
    return found


def _with_numbers(
    con: duckdb.DuckDBPyConnection, data: Staged, goal: Typed, numbers: Sequence[Typed]
) -> dict[str, Association]:
    found: dict[str, Association] = {}
    for batch in batches(numbers):
        y = as_number(goal)
        terms = ", ".join(f"corr({x}, {y}), count({x} + {y})" for x in map(as_number, batch))
        values = con.execute(f"SELECT {terms} FROM {data.relation}").fetchall()[0]
        for column, value, rows in zip(batch, values[::2], values[1::2], strict=True):
            if rows >= FEWEST and value is not None and math.isfinite(value):
                found[column.id] = Association(kind="pearson", value=value)
    return found


def _by_values(
    con: duckdb.DuckDBPyConnection, data: Staged, goal: Typed, few: Sequence[Typed]
) -> dict[str, Association]:
    """A quantity as the target, a category as the feature: the same ratio the other way round."""
    found: dict[str, Association] = {}
    for batch in batches(few, MOST_GROUPINGS):
        ids = ", ".join(column.id for column in batch)
        sets = ", ".join(f"({column.id})" for column in batch)
        texts = ", ".join(f"{column.id}::VARCHAR" for column in batch)
        rows = con.execute(
            f"SELECT grouping({ids}), {_moments(as_number(goal))} FROM {data.relation} "
            f"GROUP BY GROUPING SETS ({sets}) "
            f"HAVING coalesce({texts}) IS NOT NULL ORDER BY ALL"
        ).fetchall()
        for place, column in enumerate(batch):
            # Of grouping()'s bits, the first column's is the highest; 0 means: grouped by it.
            mask = (1 << len(batch)) - 1 - (1 << (len(batch) - 1 - place))
            ratio = _ratio([moments for bits, moments in rows if bits == mask])
            if ratio is not None:
                found[column.id] = Association(kind="correlation-ratio", value=ratio)
    return found


def _moments(number: str) -> str:
    return f"[count({number})::DOUBLE, avg({number}), var_pop({number})]"


def _counts(column: str) -> str:
    return f"map_entries(histogram({column}))"


def _of_moments(sizes: list[int], moments: list[list[float]]) -> Association:
    present = [int(count) for count, _, _ in moments]
    absent = [size - here for size, here in zip(sizes, present, strict=True)]
    return Association(
        kind="correlation-ratio",
        value=_ratio(moments),
        rows=sum(sizes),
        guessed=max(sizes),
        told_by_absence=max(present) + max(absent),
    )


def _ratio(moments: list[list[float]]) -> float | None:
    """Root of the share of a number's variance that lies between groups, corrected for chance.

    Each group has its count, mean and variance.
    """
    groups = [group for group in moments if group[0]]
    n, k = sum(count for count, _, _ in groups), len(groups)
    if k < 2 or n < max(FEWEST, k + 1):
        return None
    grand = sum(count * mean for count, mean, _ in groups) / n
    within = sum(count * variance for count, _, variance in groups)
    between = sum(count * (mean - grand) * (mean - grand) for count, mean, _ in groups)
    total = within + between
    if not (math.isfinite(total) and total > 0):
        return None
    return math.sqrt(max(0.0, 1 - (within / (n - k)) / (total / (n - 1))))


def _of_counts(sizes: list[int], entries: list[Any]) -> Association:
    """Of the table of classes (rows) and values (columns)."""
    table = [{cell["key"]: cell["value"] for cell in of_class or ()} for of_class in entries]
    values = list(dict.fromkeys(value for of_class in table for value in of_class))
    columns = [[of_class.get(value, 0) for of_class in table] for value in values]
    present = [sum(of_class.values()) for of_class in table]
    absent = [size - here for size, here in zip(sizes, present, strict=True)]
    return Association(
        kind="cramers-v",
        value=_cramers_v(columns, present),
        rows=sum(sizes),
        guessed=max(sizes),
        told=sum(max(column) for column in [*columns, absent] if sum(column) > 1),
        told_by_absence=max(present) + max(absent),
    )


def _cramers_v(columns: list[list[int]], present: list[int]) -> float | None:
    """Of a table whose rows have the sums `present`."""
    n, r, c = sum(present), sum(map(bool, present)), len(columns)
    if r < 2 or c < 2 or n < max(FEWEST, r + 1, c + 1):
        return None
    shares = (
        cell * cell / (here * sum(column))
        for column in columns
        for cell, here in zip(column, present, strict=True)
        if cell
    )
    corrected = max(0.0, sum(shares) - 1 - (r - 1) * (c - 1) / (n - 1))
    least = min(k - (k - 1) ** 2 / (n - 1) for k in (r, c)) - 1
    return min(1.0, math.sqrt(corrected / least)) if least > 0 else 0.0
