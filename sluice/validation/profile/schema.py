"""From stored values to the types that people and models speak of."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from sluice.contracts.dataset import Column, ColumnType, Scalar
from sluice.validation.profile.measure import FEW_VALUES, Summary
from sluice.validation.rows.columns import TypedColumn

NEARLY_UNIQUE: Final = 0.95
"""Share of different values from which a column tells rows apart instead of describing them."""

_IDENTIFYING = re.compile(
    r"(.*[_\s-])?(id|uuid|guid|key|index|rownum|row_number)|unnamed.*|__index_level_\d+__|.*[a-z]Id",
)


def column_type(column: TypedColumn, summary: Summary, *, is_target: bool) -> ColumnType:
    """What a column is, from how it is stored, how many values it has, and its name."""
    if column.kind:
        return column.kind
    if column.storage == "DOUBLE":
        return "number"
    if column.storage == "BOOLEAN":
        return "boolean"
    if column.storage == "DATE":
        return "date"
    if column.storage == "TIMESTAMP":
        return "timestamp"
    if column.storage == "BIGINT":
        return "identifier" if not is_target and _names_rows(column, summary) else "integer"
    if summary.present == 0:
        return "text"
    if is_target and summary.distinct <= FEW_VALUES:
        return "category"
    if summary.distinct <= max(10, min(FEW_VALUES, summary.present // 2)):
        return "category"
    return "text" if summary.spaced > 0.5 * summary.present else "identifier"


def _names_rows(column: TypedColumn, summary: Summary) -> bool:
    """Whether an integer column is called like a key, and is one."""
    called = _IDENTIFYING.fullmatch(column.name) or _IDENTIFYING.fullmatch(column.name.lower())
    return (
        bool(called)
        and summary.present > 1
        and (summary.distinct >= NEARLY_UNIQUE * summary.present)
    )


def described(
    column: TypedColumn,
    summary: Summary,
    kind: ColumnType,
    rows: int,
    values: tuple[str, ...] | None,
) -> Column:
    """The column as `schema.json` has it."""
    ranged = kind in ("integer", "number", "date", "timestamp")
    return Column(
        name=column.name,
        type=kind,
        nullable=summary.present < rows,
        min=scalar(summary.min) if ranged else None,
        max=scalar(summary.max) if ranged else None,
        allowed=values if kind == "category" else None,
        reading=column.reading,
    )


def scalar(value: object) -> Scalar | None:
    """A value as JSON can hold it; dates and times in ISO 8601."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} is no scalar of a dataset")
