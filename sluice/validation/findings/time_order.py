"""Rows that follow one another in time, which a split by chance does not know."""

from __future__ import annotations

from typing import Final

from sluice.contracts.dataset import Finding
from sluice.validation.findings.facts import DescribedRows
from sluice.validation.profile.schema import NEARLY_UNIQUE
from sluice.validation.purpose.time_columns import TimeColumn, order_of

MOST_TIMES: Final = 8
"""Columns whose order is looked at."""


def time_order(rows: DescribedRows) -> list[Finding]:
    """Warn of a time that sorts the rows, or names each: a split by chance then looks ahead."""
    for time in rows.times[:MOST_TIMES]:
        order = order_of(rows.con, rows.table, time)
        if order.is_sorted:
            way = "rising" if order.is_rising else "falling"
            return [_looks_ahead(time, f"the rows are sorted so ({way}, {order.share:.1%})")]
    for time in rows.times:
        if (
            time.is_timestamp
            and time.is_complete
            and time.distinct >= NEARLY_UNIQUE * rows.table.rows
        ):
            return [_looks_ahead(time, "nearly every row has a time of its own")]
    return []


def _looks_ahead(time: TimeColumn, evidence: str) -> Finding:
    one = len(time.names) == 1
    return Finding(
        severity="warn",
        code="time-order",
        message=f"{'Column' if one else 'Columns'} {time.name} "
        f"{'tells' if one else 'tell'} when a row was, and {evidence}; rows to learn from and rows "
        "to judge by are parted by chance, so a model is judged on rows that lie between those it "
        "learnt.",
        remedy="If it is to answer for later rows, its score will be too good: keep the newest "
        "rows out of the drop and judge it on them; there is no split by time yet.",
        column=time.names[0] if one else None,
    )
