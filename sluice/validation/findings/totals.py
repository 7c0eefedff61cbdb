"""A sum at the end, which is no row."""

from __future__ import annotations

from typing import Final

from sluice.contracts.dataset import Finding
from sluice.validation.findings.facts import MeasuredRows
from sluice.validation.wording import listed

SAME: Final = 1e-9
"""Relative difference up to which a value is the sum of the others."""


def totals_row(rows: MeasuredRows) -> list[Finding]:
    """A warning where the last row is the sum of all rows above it, in every column of numbers."""
    data, found = rows.table, rows.summaries
    numbers = [c for c in data.columns if c.storage in ("BIGINT", "DOUBLE")]
    numbers = [c for c in numbers if found[c.id].present > 2]
    if not numbers:
        return []
    ids = ", ".join(f"{c.id}::DOUBLE" for c in numbers)
    last = rows.con.execute(f"SELECT {ids} FROM {data.relation} WHERE n = {data.rows}").fetchall()[
        0
    ]
    sums = []
    for column, value in zip(numbers, last, strict=True):
        mean, present = found[column.id].mean, found[column.id].present
        if value is None or not value or mean is None:
            continue
        above = mean * present - value
        if abs(value - above) > SAME * abs(value):
            return []
        sums.append(column.name)
    if not sums:
        return []
    where, line = rows.source.place(data.rows)
    return [
        Finding(
            severity="warn",
            code="totals-row",
            message=f"{where}: the last row holds the sums of all rows above it, in "
            f"{listed(sums)}.",
            remedy="Remove it, if it is a total.",
            line=line,
        )
    ]
