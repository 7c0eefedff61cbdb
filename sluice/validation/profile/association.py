"""How strongly each feature is tied to the target: the numbers that profile and leaks rest on.

Two numbers have Pearson's correlation. A number and classes have the correlation ratio, two sets
of classes Cramer's V; both are corrected for chance (epsilon squared, Kelley 1935; Bergsma 2013),
so that many classes in few rows tie nothing. All are exact sums over the rows that have both
values. A target of more classes than are counted one by one is tied to nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sluice.contracts.dataset import Column
from sluice.validation.profile.measure import Summary
from sluice.validation.rows.columns import TypedColumn
from sluice.validation.rows.table import Table
from sluice.validation.scanner.interface import Moments
from sluice.validation.scanner.measure import ColumnMeasures, correlations

FEWEST: Final = 10
"""In fewer rows anything is tied to anything."""
MOST_VALUES: Final = 100
"""Categories of more values are not held against the target."""
MOST_CELLS: Final = 10_000
"""Values of a category times classes of the target."""

MOST_AT_ONCE: Final = 64
"""Columns that are held against classes in one pass."""

Entry = tuple[TypedColumn, Column, Summary]


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
    data: Table,
    measured: ColumnMeasures,
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
        and measured.summary(typed.place).is_counted
    ]
    if is_classes:
        is_few = measured.summary(goal[0].place).is_counted
        return _with_classes(measured, goal[0], numbers, few) if is_few else {}
    return _with_numbers(data, goal[0], numbers) | _by_values(measured, goal[0], few)


def _with_classes(
    measured: ColumnMeasures,
    goal: TypedColumn,
    numbers: Sequence[TypedColumn],
    few: Sequence[TypedColumn],
) -> dict[str, Association]:
    sizes = [count for _, count, _ in measured.values(goal.place, goal.storage)]
    found: dict[str, Association] = {}
    for run in _runs(numbers):
        moments = measured.moments(goal.place, [c.place for c in run])
        found |= {c.id: _of_moments(sizes, of_one) for c, of_one in zip(run, moments, strict=True)}
    for run in _runs(few):
        tables = measured.crossed(goal.place, [c.place for c in run])
        found |= {c.id: _of_counts(sizes, table) for c, table in zip(run, tables, strict=True)}
    return found


def _runs(columns: Sequence[TypedColumn]) -> Iterator[Sequence[TypedColumn]]:
    """Some at a time, so that not all of their tables stand in memory together."""
    for start in range(0, len(columns), MOST_AT_ONCE):
        yield columns[start : start + MOST_AT_ONCE]


def _with_numbers(
    data: Table, goal: TypedColumn, numbers: Sequence[TypedColumn]
) -> dict[str, Association]:
    found = correlations(data.kept, goal.place, [c.place for c in numbers])
    return {
        column.id: Association(kind="pearson", value=max(-1.0, min(1.0, tie.value)))
        for column, tie in zip(numbers, found, strict=True)
        if tie.rows >= FEWEST and math.isfinite(tie.value)
    }


def _by_values(
    measured: ColumnMeasures, goal: TypedColumn, few: Sequence[TypedColumn]
) -> dict[str, Association]:
    """A quantity as the target, a category as the feature: the same ratio the other way round."""
    found: dict[str, Association] = {}
    for column in few:
        ratio = _ratio(measured.moments(column.place, [goal.place])[0])
        if ratio is not None:
            found[column.id] = Association(kind="correlation-ratio", value=ratio)
    return found


def _of_moments(sizes: Sequence[int], moments: Sequence[Moments]) -> Association:
    present = [group.count for group in moments]
    absent = [size - here for size, here in zip(sizes, present, strict=True)]
    return Association(
        kind="correlation-ratio",
        value=_ratio(moments),
        rows=sum(sizes),
        guessed=max(sizes),
        told_by_absence=max(present) + max(absent),
    )


def _ratio(moments: Sequence[Moments]) -> float | None:
    """Root of the share of a number's variance that lies between groups, corrected for chance."""
    groups = [group for group in moments if group.count]
    n, k = sum(group.count for group in groups), len(groups)
    if k < 2 or n < max(FEWEST, k + 1):
        return None
    grand = sum(group.count * group.mean for group in groups) / n
    within = sum(group.count * group.variance for group in groups)
    between = sum(group.count * (group.mean - grand) * (group.mean - grand) for group in groups)
    total = within + between
    if not (math.isfinite(total) and total > 0):
        return None
    return math.sqrt(max(0.0, 1 - (within / (n - k)) / (total / (n - 1))))


def _of_counts(sizes: Sequence[int], table: Sequence[Sequence[int]]) -> Association:
    """Of the table of classes (rows) and values (columns)."""
    columns = [list(column) for column in zip(*table, strict=True) if any(column)]
    present = [sum(of_class) for of_class in table]
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
