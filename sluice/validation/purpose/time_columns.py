"""When the rows were: the column, or columns, that tell it, and what order and step they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sluice.validation.profile.measure import Summary
from sluice.validation.rows.columns import TypedColumn
from sluice.validation.rows.table import Table
from sluice.validation.wording import counted, shown

if TYPE_CHECKING:
    import duckdb

ORDERED: Final = 0.95
"""Share of neighbouring rows in order from which rows are taken as sorted. Among random rows it is
a half, or three quarters of a clock that has two values."""
MOVES: Final = 10
"""A clock that hardly changes from row to row sorts nothing."""
REGULAR: Final = 0.95
"""Share of the steps that must be equal in a series to forecast."""
MOST_MONTHS: Final = 120_000
"""Years have four digits."""
_PARTS: Final = {
    "year": (1000, 9999),
    "month": (1, 12),
    "day": (1, 31),
    "hour": (0, 23),
    "minute": (0, 59),
}
_SECONDS: Final = (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeColumn:
    """What tells the time of a row."""

    name: str
    """For a sentence: `'at'`, or `'year', 'month', 'day'`."""
    names: tuple[str, ...]
    sql: str
    """A TIMESTAMP over the staged columns."""
    distinct: int
    """Different times; of several columns it is not known, and taken to be that of the rows."""
    is_complete: bool
    """Whether every row has a time."""
    is_timestamp: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """Whether the rows are sorted by a clock."""

    share: float
    """Of neighbouring rows that are in order."""
    is_rising: bool

    @property
    def is_sorted(self) -> bool:
        """Whether nearly all rows are."""
        return self.share >= ORDERED


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """How far apart the times of a series are."""

    share: float
    """Of the steps that are the usual one."""
    text: str
    """`1 hour`."""
    repeats: int
    """Times that are not the first of their kind."""

    @property
    def is_regular(self) -> bool:
        """Whether it is one row a step."""
        return not self.repeats and self.share >= REGULAR


def time_columns(
    data: Table, found: Mapping[str, Summary], target: TypedColumn | None
) -> tuple[TimeColumn, ...]:
    """The columns of dates and timestamps; where there are none, year, month, … taken together."""
    others = [column for column in data.columns if column is not target]
    single = tuple(
        TimeColumn(
            name=shown(column.name),
            names=(column.name,),
            sql=f"{column.id}::TIMESTAMP",
            distinct=found[column.id].distinct,
            is_complete=found[column.id].present == data.rows,
            is_timestamp=column.storage == "TIMESTAMP",
        )
        for column in others
        if column.storage in ("DATE", "TIMESTAMP") and found[column.id].present
    )
    return single or _of_parts(data, others, found)


def order_of(con: duckdb.DuckDBPyConnection, data: Table, clock: TimeColumn) -> Order:
    """Hold each row's time against that of the row above it, in the drop's own order."""
    rising, falling, moves, pairs = con.execute(
        "SELECT count(*) FILTER (time >= before), count(*) FILTER (time <= before), "
        "count(*) FILTER (time <> before), count(time >= before) "
        f"FROM (SELECT time, lag(time) OVER () AS before "
        f"FROM (SELECT {clock.sql} AS time FROM {data.relation}))"
    ).fetchall()[0]
    if moves < MOVES or pairs < data.rows / 2:
        return Order(share=0.0, is_rising=True)
    return Order(share=max(rising, falling) / pairs, is_rising=rising >= falling)


def step_of(con: duckdb.DuckDBPyConnection, data: Table, clock: TimeColumn) -> Step:
    """The step that most neighbouring times are apart, once they are sorted.

    Months differ in length: times that all begin, or all end, one are counted in months.
    """
    usual, share, repeats = _step(con, data, f"epoch_ms({clock.sql})")
    step = Step(share=share, text=_span(usual), repeats=repeats)
    if repeats or step.is_regular or data.rows > MOST_MONTHS:
        return step
    day = f"date_trunc('day', {clock.sql})"
    of_months = con.execute(
        f"SELECT bool_and({clock.sql} = date_trunc('month', {day})) "
        f"OR bool_and({clock.sql} = last_day({day})) FROM {data.relation}"
    ).fetchall()[0][0]
    if not of_months:
        return step
    month = f"year({clock.sql}) * 12 + month({clock.sql})"
    usual, share, repeats = _step(con, data, month)
    return Step(share=share, text=counted(usual, "month"), repeats=repeats)


def _of_parts(
    data: Table, columns: Sequence[TypedColumn], found: Mapping[str, Summary]
) -> tuple[TimeColumn, ...]:
    by_name = {column.name.casefold(): column for column in columns if column.storage == "BIGINT"}
    parts: list[TypedColumn] = []
    for part, (least, most) in _PARTS.items():
        column = by_name.get(part)
        if column is None:
            break
        summary = found[column.id]
        if summary.present < data.rows or summary.min < least or summary.max > most:
            break
        parts.append(column)
    if len(parts) < 2:
        return ()
    ids = [column.id for column in parts] + ["1", "1", "1", "0", "0"][len(parts) :]
    values = ", ".join(f"{i}::BIGINT" for i in ids)
    return (
        TimeColumn(
            name=", ".join(shown(column.name) for column in parts),
            names=tuple(column.name for column in parts),
            # 30 February has no time.
            sql=f"try(make_timestamp({values}, 0.0))",
            distinct=data.rows,
            is_complete=True,
            is_timestamp=len(parts) > 3,
        ),
    )


def _step(con: duckdb.DuckDBPyConnection, data: Table, number: str) -> tuple[int, float, int]:
    """The usual step of a whole number, its share among the steps, and how many steps are none."""
    step, many, total, none = con.execute(
        "SELECT step, count(*) AS many, sum(count(*)) OVER (), "
        "sum(count(*) FILTER (step = 0)) OVER () "
        "FROM (SELECT time - lag(time) OVER (ORDER BY time) AS step "
        f"FROM (SELECT {number} AS time FROM {data.relation})) "
        "WHERE step IS NOT NULL GROUP BY step ORDER BY many DESC, step LIMIT 1"
    ).fetchall()[0]
    return int(step), many / total, int(none)


def _span(milliseconds: int) -> str:
    for name, seconds in _SECONDS:
        if milliseconds and milliseconds % (seconds * 1000) == 0:
            return counted(milliseconds // (seconds * 1000), name)
    return counted(milliseconds, "millisecond")
