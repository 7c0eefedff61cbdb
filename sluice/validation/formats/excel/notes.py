"""What the report says of how a sheet was read, beside its values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sluice.contracts.dataset import Finding
from sluice.validation.formats.excel.observations import (
    EXACT_DIGITS,
    ColumnObservations,
    Observations,
)
from sluice.validation.wording import counted, listed, shown

LISTED: Final = 20
"""Columns that are named one by one in findings of one sort."""

_CALLED: Final = {
    "number": "a number",
    "boolean": "true or false",
    "date": "a date",
    "timestamp": "a time",
    "text": "a text",
}


def notes(sheet: Observations, names: tuple[str, ...]) -> Iterator[Finding]:
    """What a person may want to know of how the sheet was read."""
    for error, seen in sheet.errors.items():
        yield Finding(
            severity="warn",
            code="error-values",
            message=f"{seen.first}: a formula failed here with {shown(error)}, and so in "
            f"{counted(seen.count, 'cell')} in all; they are taken as missing.",
            remedy="Correct the formulas, or clear these cells.",
        )
    columns = list(zip(names, sheet.columns, strict=True))
    for describe in (_half_text, _mixed, _padded, _times, _long):
        found = [finding for name, column in columns if (finding := describe(name, column))]
        yield from found[:LISTED]
        if (more := len(found) - LISTED) > 0:
            code = found[0].code
            message = f"{counted(more, 'more column')} with {code.replace('-', ' ')}."
            yield Finding(severity=found[0].severity, code=code, message=message)
    yield from _layout(sheet)


def _layout(sheet: Observations) -> Iterator[Finding]:
    if sheet.blank.count:
        yield Finding(
            severity="warn",
            code="blank-rows",
            message=f"{sheet.blank.first}: blank, as {counted(sheet.blank.count, 'row')} between "
            "others are; they are skipped, and what follows is taken as the same table.",
            remedy="Remove what stands below the table, if it is none of it.",
        )
    if sheet.hidden.count:
        yield Finding(
            severity="note",
            code="hidden-rows",
            message=f"{sheet.hidden.first}: hidden, as {counted(sheet.hidden.count, 'row')} "
            "are; hidden rows are taken like the others.",
        )
    if sheet.hidden_columns:
        yield Finding(
            severity="note",
            code="hidden-columns",
            message=f"Hidden columns are taken like the others: {listed(sheet.hidden_columns)}.",
        )
    if sheet.corners:
        yield Finding(
            severity="note",
            code="table-place",
            message=f"{sheet.corners[0]}: the table begins here, with the first value.",
        )


def _half_text(name: str, column: ColumnObservations) -> Finding | None:
    if not column.is_half_text:
        return None
    seen = column.digits
    return Finding(
        severity="warn",
        code="number-as-text",
        message=f"{seen.first}: column {shown(name)} holds the number {shown(seen.value)} as a "
        f"text, and so in {counted(seen.count, 'cell')}, beside numbers "
        f"({column.kinds['number']}); all are kept as text.",
        remedy="Convert them to numbers in Excel, or state the column's type under `schema` in "
        "sluice.yaml.",
        column=name,
    )


def _mixed(name: str, column: ColumnObservations) -> Finding | None:
    kinds = column.kinds
    if len(kinds) < 2 or column.is_half_text or kinds.keys() == {"date", "timestamp"}:
        return None
    return Finding(
        severity="warn",
        code="mixed-kinds",
        message=f"The column {shown(name)} holds values of several kinds: "
        f"{', '.join(f'{_CALLED[kind]} ({place})' for kind, place in kinds.items())}; they are "
        "judged by how they are written, as in a CSV.",
        remedy="Write all values of a column as one kind, and leave missing ones empty.",
        column=name,
    )


def _padded(name: str, column: ColumnObservations) -> Finding | None:
    if not column.padded.count:
        return None
    return Finding(
        severity="warn",
        code="shown-with-zeros",
        message=f"{column.padded.first}: column {shown(name)} is a number that Excel shows with "
        f"zeros in front; it holds {shown(column.padded.value)}, and that is read.",
        remedy="Store it as text, if the zeros are part of it, as in a zip code.",
        column=name,
    )


def _times(name: str, column: ColumnObservations) -> Finding | None:
    if not column.times.count:
        return None
    return Finding(
        severity="note",
        code="times-as-numbers",
        message=f"{column.times.first}: column {shown(name)} holds times without a date; they are "
        f"read as Excel stores them, in days: {shown(column.times.value)}.",
        column=name,
    )


def _long(name: str, column: ColumnObservations) -> Finding | None:
    if not column.long.count:
        return None
    return Finding(
        severity="warn",
        code="long-numbers",
        message=f"{column.long.first}: column {shown(name)} holds {shown(column.long.value)}; of a "
        f"number Excel keeps {EXACT_DIGITS} digits, so the last of them may be lost, here and in "
        f"{counted(column.long.count, 'cell')} in all.",
        remedy="Store identifiers as text before they come into Excel.",
        column=name,
    )
