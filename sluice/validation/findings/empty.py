"""Columns that say nothing, or next to nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sluice.contracts.dataset import Finding
from sluice.validation.findings.facts import DescribedRows
from sluice.validation.wording import shown

ALMOST_EMPTY: Final = 0.95
"""Share of missing values from which a column is almost empty."""


def empty_columns(rows: DescribedRows) -> Iterator[Finding]:
    """A warning for each feature without a value, with one value, or with hardly any."""
    for _, column, summary in rows.features:
        if summary.present == 0:
            what, code = "holds no value at all and is left out of training", "empty-column"
        elif summary.distinct == 1 and summary.present == rows.table.rows:
            what, code = "has the same value in every row", "constant-column"
        elif summary.present < (1 - ALMOST_EMPTY) * rows.table.rows:
            share = summary.present / rows.table.rows
            what, code = f"is almost empty: {share:.1%} of the rows have a value", "almost-empty"
        else:
            continue
        yield Finding(
            severity="warn",
            code=code,
            message=f"Column {shown(column.name)} {what}.",
            remedy="Leave it out, or check how it was exported.",
            column=column.name,
        )
