"""Forecasting: one series of a quantity, one row a step of one clock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sluice.contracts import tasks
from sluice.contracts.spec_lines import columns_line
from sluice.validation.profile.schema import NEARLY_UNIQUE
from sluice.validation.purpose.target import Purpose
from sluice.validation.purpose.time_columns import TimeColumn, step_of
from sluice.validation.refusals import Refused
from sluice.validation.rows.columns import TypedColumn
from sluice.validation.rows.table import Table
from sluice.validation.wording import shown

if TYPE_CHECKING:
    import duckdb


def found_forecast(
    con: duckdb.DuckDBPyConnection, data: Table, time_columns: Sequence[TimeColumn]
) -> Purpose | None:
    """The decision for forecasting where the rows are one series; else None."""
    if len(time_columns) != 1:
        return None
    clock = time_columns[0]
    if not clock.is_complete or clock.distinct < NEARLY_UNIQUE * data.rows:
        return None
    step = step_of(con, data, clock)
    if not step.is_regular:
        return None
    return Purpose(
        task=tasks.FORECASTING.name,
        reason=f"By {clock.name} there is one row at a time, and {step.share:.1%} of them follow "
        f"the one before by {step.text}: a series. Write `task: regression` in sluice.yaml if "
        "their order does not matter.",
        over=clock.name,
    )


def stated_forecast(
    con: duckdb.DuckDBPyConnection,
    source: str,
    data: Table,
    target: TypedColumn,
    time_columns: Sequence[TimeColumn],
) -> Purpose:
    """Forecasting as sluice.yaml asks for it; raises `Refused` where the rows are no series."""
    if target.storage not in ("BIGINT", "DOUBLE"):
        raise Refused(
            "unfit-target",
            f"{source}: sluice.yaml asks for forecasting, but the target {shown(target.name)} "
            "does not hold numbers.",
            remedy="Name a column of numbers under `target`, or write `task: auto` in sluice.yaml.",
            column=target.name,
        )
    clock = _only(source, time_columns)
    column = clock.names[0] if len(clock.names) == 1 else None
    if not clock.is_complete:
        raise Refused(
            "unfit-time",
            f"{source}: sluice.yaml asks for forecasting, and some rows have no {clock.name}.",
            remedy="Fill it in, or remove these rows; or write `task: auto` in sluice.yaml.",
            column=column,
        )
    step = step_of(con, data, clock)
    if step.is_regular:
        return Purpose(
            task=tasks.FORECASTING.name,
            reason=f"sluice.yaml asks for forecasting; by {clock.name}, {step.share:.1%} of the "
            f"rows follow the one before by {step.text}.",
            over=clock.name,
        )
    what = (
        f"a time is there twice or more in {step.repeats:,} of {data.rows:,} rows"
        if step.repeats
        else f"only {step.share:.1%} of the rows follow the one before by {step.text}"
    )
    raise Refused(
        "unfit-time",
        f"{source}: sluice.yaml asks for forecasting, but by {clock.name} {what}.",
        remedy="Drop one series with one row a step, or write `task: auto` in sluice.yaml.",
        column=column,
    )


def _only(source: str, time_columns: Sequence[TimeColumn]) -> TimeColumn:
    if len(time_columns) == 1:
        return time_columns[0]
    what = (
        f"there are {len(time_columns)} columns of dates or times, "
        f"{', '.join(clock.name for clock in time_columns[:5])}"
        if time_columns
        else "no column holds dates or times"
    )
    raise Refused(
        "unfit-time",
        f"{source}: sluice.yaml asks for forecasting, and {what}; one is needed.",
        remedy=(
            f"Keep the others as text: {columns_line(others, type='category')}"
            if (others := [n for clock in time_columns[1:] for n in clock.names])
            else "Add a column with the date or time of each row, such as 2024-01-31 14:00:00"
        )
        + "; or write `task: auto` in sluice.yaml.",
    )
