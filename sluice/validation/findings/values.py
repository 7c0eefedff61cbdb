"""What became of values when their columns were typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sluice.contracts.dataset import Finding
from sluice.validation.findings.facts import StoredRows
from sluice.validation.wording import counted, shown

LISTED: Final = 10
"""Columns that are named one by one."""
_KEPT_AS: Final = {"TIMESTAMP_NS": "microseconds; its nanoseconds are cut"}


def missing_spelled(rows: StoredRows) -> Iterator[Finding]:
    """Spellings that were read as missing values."""
    spelled = [column for column in rows.table.columns if column.spelled]
    if not spelled:
        return
    where = ", ".join(f"{shown(c.name)} ({c.spelled:,})" for c in spelled[:LISTED])
    more = f" and {len(spelled) - LISTED} more columns" if len(spelled) > LISTED else ""
    yield Finding(
        severity="note",
        code="missing-spelled",
        message=f"{rows.source.missing_values} read as missing values in {where}{more}.",
        remedy="Spell them otherwise if they are values.",
    )


def spaces_trimmed(rows: StoredRows) -> Iterator[Finding]:
    """Spaces around texts that were left out."""
    for column in [c for c in rows.table.columns if c.trimmed][:LISTED]:
        yield Finding(
            severity="note",
            code="spaces-trimmed",
            message=f"Column {shown(column.name)}: spaces around "
            f"{counted(column.trimmed, 'text')} are left out.",
            remedy="Nothing, unless they mean something.",
            column=column.name,
        )


def stored_as_number(rows: StoredRows) -> Iterator[Finding]:
    """Columns whose type in the file the dataset does not have."""
    for column in rows.table.columns:
        if column.was:
            yield Finding(
                severity="note",
                code="stored-as-number",
                message=f"Column {shown(column.name)} is of type {column.was} and kept as "
                f"{_KEPT_AS.get(column.was, '64-bit floats')}.",
                column=column.name,
            )
