"""Rows that repeat others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sluice.contracts.dataset import Finding
from sluice.validation.findings.facts import DescribedRows
from sluice.validation.profile.measure import duplicate_rows
from sluice.validation.wording import counted

STRONG: Final = 0.1
"""Share of the rows from which repeats are warned of, and not only noted."""


def duplicates(rows: DescribedRows) -> Iterator[Finding]:
    """How many rows repeat an earlier one exactly."""
    repeated = duplicate_rows(rows.table)
    if repeated:
        yield Finding(
            severity="warn" if repeated > STRONG * rows.table.rows else "note",
            code="duplicate-rows",
            message=f"{counted(repeated, 'row')} of {rows.table.rows:,} "
            f"{'repeats' if repeated == 1 else 'repeat'} another exactly; equal rows are kept on "
            "one side of the split.",
            remedy="Drop each row once, unless the repetition means something.",
        )
