"""How text was read where it is not written in the plain way, and where that cannot be told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sluice.cells import Cell, Misread, as_number
from sluice.contracts.dataset import PLAIN, ColumnType, Finding, Reading, Severity
from sluice.contracts.spec_lines import column_line
from sluice.moments import has_time
from sluice.validation.findings.facts import StoredRows
from sluice.validation.findings.values import LISTED
from sluice.validation.refusals import Refused
from sluice.validation.rows.columns import TypedColumn
from sluice.validation.rows.table import first_row
from sluice.validation.wording import counted, listed, shown

_TYPES: Final[dict[str, tuple[ColumnType, str]]] = {
    "DOUBLE": ("number", "numbers"),
    "DATE": ("date", "dates"),
    "TIMESTAMP": ("timestamp", "times"),
}


def read_as(rows: StoredRows) -> Iterator[Finding]:
    """A note for each column whose numbers or times are not written in the plain way."""
    read = [
        c for c in rows.table.columns if c.reading and (c.reading.format or c.reading.is_figure)
    ]
    yield from _not_listed(read, "read-as", "note", "read as numbers or times too")
    for column in read[:LISTED]:
        kind, words = _TYPES[column.storage]
        reading = column.reading or PLAIN
        if reading.format:
            words = "durations, in seconds" if kind == "number" else f"{words} ({reading.format})"
        example = _example(rows, column, kind)
        yield Finding(
            severity="note",
            code="read-as",
            message=f"Column {shown(column.name)} is read as {words}{example}.",
            remedy="Nothing, if that is right; else keep its text: "
            f"{column_line(column.name, type='category')}.",
            column=column.name,
        )


def _not_listed(
    columns: Sequence[TypedColumn], code: str, severity: Severity, words: str
) -> Iterator[Finding]:
    """The columns beyond those that are told one by one, by their names."""
    names = [column.name for column in columns[LISTED:]]
    if names:
        what = f"{counted(len(names), 'more column')}, {listed(names, 100)}, "
        what += "is" if len(names) == 1 else "are"
        yield Finding(severity=severity, code=code, message=f"{what} {words}.")


def _example(rows: StoredRows, column: TypedColumn, kind: ColumnType) -> str:
    cell = Cell(type=kind, reading=column.reading or PLAIN, missing=rows.source.missing)
    width = len(rows.source.names)
    texts = [row[column.place] for row in rows.source.sample if len(row) == width]
    # One that shows what is special about the reading, if the first rows have one.
    for text in sorted(texts, key=lambda text: as_number(text.strip()) is not None):
        try:
            value = cell.of_text(text)
        except Misread:
            continue
        if value is not None:
            said = f"{value:.12g}" if isinstance(value, float) else value
            return f": {shown(text)} is {said}"
    return ""


def doubtful_readings(rows: StoredRows) -> Iterator[Finding]:
    """A warning for each column but the target that can be read in two ways."""
    doubtful = [c for c in rows.table.columns if c.doubtful and c is not rows.goal]
    yield from _not_listed(doubtful, "two-readings", "warn", "doubtful in the same way")
    for column in doubtful[:LISTED]:
        what, remedy = _doubt(rows, column)
        yield Finding(
            severity="warn",
            code="two-readings",
            message=f"Column {shown(column.name)} {what}; all of it is kept as text.",
            remedy=remedy,
            column=column.name,
        )


def refuse_doubtful(rows: StoredRows, goal: TypedColumn) -> None:
    """Refuse a target that can be read in two ways: as text it would be classes, and is none."""
    if not goal.doubtful:
        return
    what, remedy = _doubt(rows, goal)
    raise Refused(
        "target-two-readings",
        f"{rows.source.parts[0].name}: the target {shown(goal.name)} {what}.",
        remedy=remedy,
        column=goal.name,
    )


def _doubt(rows: StoredRows, column: TypedColumn) -> tuple[str, str]:
    _, value = first_row(rows.con, rows.table, f"{column.id} IS NOT NULL", column)
    text = str(value)
    if column.doubtful[0].format:
        kind: ColumnType = "timestamp" if has_time(column.doubtful[0].format) else "date"
        said = [_said(kind, one, text) for one in column.doubtful]
        what = f"can be read in {len(said)} ways, and no row tells which: {shown(text)} is "
        lines = [
            column_line(column.name, type=kind, format=one.format or "") for one in column.doubtful
        ]
        return what + " or ".join(said), f"State the right one: {' or '.join(lines)}."
    one, other = (f"{as_number(text, reading):.12g}" for reading in column.doubtful[:2])
    what = f"can be read in 2 ways, and no row tells which: {shown(text)} is {one} or {other}"
    lines = [_mark_line(column.name, reading) for reading in column.doubtful[:2]]
    return what, f"State the right one: {' or '.join(lines)}."


def _said(kind: ColumnType, reading: Reading, text: str) -> str:
    return f"{Cell(type=kind, reading=reading, missing=()).of_text(text)} by {reading.format}"


def _mark_line(name: str, reading: Reading) -> str:
    """Of this column alone: another may have other marks."""
    if reading.thousands:
        return column_line(name, type="number", thousands=reading.thousands)
    return column_line(name, type="number", decimal=reading.decimal)


def exponent_codes(rows: StoredRows) -> Iterator[Finding]:
    """A warning for each column of codes that as numbers would be one and the same."""
    for column in [c for c in rows.table.columns if c.codes][:LISTED]:
        texts = sorted({row[column.place].strip() for row in rows.source.sample})
        yield Finding(
            severity="warn",
            code="exponent-codes",
            message=f"Column {shown(column.name)} holds {listed(texts, 3)}, of which several would "
            "be one number; all of it is kept as text.",
            remedy="Nothing, if these are names; if they are numbers: "
            f"{column_line(column.name, type='number')}.",
            column=column.name,
        )
