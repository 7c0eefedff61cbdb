"""Columns that would be of a type but for a few values; of a target, a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sluice.contracts.dataset import Finding
from sluice.validation.findings.facts import StoredRows
from sluice.validation.findings.values import LISTED
from sluice.validation.formats.source import Place
from sluice.validation.refusals import Refused
from sluice.validation.rows.columns import Misfits, TypedColumn
from sluice.validation.rows.table import first_row
from sluice.validation.wording import counted, shown

_NAMES: Final = {
    "decimal-comma": "numbers",
    "instant": "times with a zone",
    "timestamp": "times",
    "figure": "numbers",
    "duration": "durations",
    "written-date": "dates",
    "written-timestamp": "times",
}


def mixed_values(rows: StoredRows) -> Iterator[Finding]:
    """A warning for each such column but the target, which may yet be refused for it."""
    for column in [c for c in rows.table.columns if c.odd][:LISTED]:
        if column is not rows.goal:
            yield from _mixed(rows, column)


def mixed_goal(rows: StoredRows) -> Iterator[Finding]:
    """The same of a target that is taken for classes."""
    if rows.goal:
        yield from _mixed(rows, rows.goal)


def _mixed(rows: StoredRows, column: TypedColumn) -> Iterator[Finding]:
    if column.odd:
        place, what = _said(rows, column, column.odd)
        yield Finding(
            severity="warn",
            code="mixed-values",
            message=f"{what}; all are kept as text.",
            remedy=f"Correct the {counted(column.odd.values, 'value')}, or leave them empty.",
            column=column.name,
            line=place.line,
        )


def mixed_target(rows: StoredRows, target: TypedColumn, odd: Misfits) -> Refused:
    """The refusal of a target of numbers with some text among them: it is no set of classes."""
    place, what = _said(rows, target, odd)
    return Refused(
        "mixed-target",
        f"{what}.",
        remedy=f"Correct the {counted(odd.values, 'value')}, or remove these rows.",
        column=target.name,
        line=place.line,
    )


def _said(rows: StoredRows, column: TypedColumn, odd: Misfits) -> tuple[Place, str]:
    """Where the first misfit stands, and what it is among, for a sentence."""
    row, value = first_row(rows.con, rows.table, f"n = {odd.first_row}", column)
    place = rows.source.place(row)
    name = _NAMES.get(odd.kind, f"{odd.kind}s")
    return place, (
        f"{place.text}: column {shown(column.name)} holds {shown(value)}, while "
        f"{column.present - odd.values:,} of its {column.present:,} values are {name}"
    )
