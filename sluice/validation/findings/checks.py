"""What makes models fail, looked for in data that can be read: findings, no refusals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from sluice.contracts.dataset import Finding
from sluice.contracts.spec import Read
from sluice.validation.formats.registry import Format
from sluice.validation.formats.source import Content, Source
from sluice.validation.profile.association import Entry
from sluice.validation.profile.measure import duplicate_rows
from sluice.validation.refusals import counted, shown
from sluice.validation.rows.columns import TypedColumn
from sluice.validation.rows.table import Table, first_row

if TYPE_CHECKING:
    import duckdb

ALMOST_EMPTY: Final = 0.95
LISTED: Final = 10
_KEPT_AS: Final = {"TIMESTAMP_NS": "microseconds; its nanoseconds are cut"}
_NAMES = {"decimal-comma": "numbers", "instant": "times with a zone", "timestamp": "times"}


def reading_notes(con: duckdb.DuckDBPyConnection, raw: Source, data: Table) -> list[Finding]:
    """How the file was read, where a person may want to know."""
    findings = list(raw.notes)
    if raw.dialect.get("header") is False and "header" not in raw.dialect["stated"]:
        findings.append(
            Finding(
                severity="warn",
                code="no-header",
                message=f"{raw.place(1)[0]}: the first record holds values, no names, so the "
                f"columns are called {raw.names[0]} to {raw.names[-1]}.",
                remedy="Add a header line with the columns' names.",
                line=1,
            )
        )
    if blank := raw.dialect.get("blank_lines"):
        findings.append(
            Finding(
                severity="note",
                code="blank-lines",
                message=f"{counted(blank, 'blank line')} skipped.",
            )
        )
    typed = data.columns
    spelled = [column for column in typed if column.spelled]
    if spelled:
        where = ", ".join(f"{shown(c.name)} ({c.spelled:,})" for c in spelled[:LISTED])
        findings.append(
            Finding(
                severity="note",
                code="missing-spelled",
                message=f"{raw.missing_values} read as missing values in {where}"
                f"{f' and {len(spelled) - LISTED} more columns' if len(spelled) > LISTED else ''}.",
                remedy="Spell them otherwise if they are values.",
            )
        )
    findings += [
        Finding(
            severity="note",
            code="spaces-trimmed",
            message=f"Column {shown(column.name)}: spaces around "
            f"{counted(column.trimmed, 'text')} are left out.",
            remedy="Nothing, unless they mean something.",
            column=column.name,
        )
        for column in [c for c in typed if c.trimmed][:LISTED]
    ]
    findings += [_mixed(con, raw, data, column) for column in [c for c in typed if c.odd][:LISTED]]
    findings += [
        Finding(
            severity="note",
            code="stored-as-number",
            message=f"Column {shown(column.name)} is of type {column.was} and kept as "
            f"{_KEPT_AS.get(column.was, '64-bit floats')}.",
            column=column.name,
        )
        for column in typed
        if column.was
    ]
    return findings


def unused_reading(name: str, what: Format | Content, stated: Read) -> list[Finding]:
    """What sluice.yaml states of other formats says nothing of this one; that must be known."""
    unused = sorted(stated.model_dump(exclude_defaults=True).keys() - what.reads)
    if not unused:
        return []
    return [
        Finding(
            severity="warn",
            code="read-unused",
            message=f"{name}: `read` in sluice.yaml states {', '.join(unused)}, which tells "
            f"nothing of {what.words}; it was read without.",
            remedy="Remove it, if no other files are to come.",
        )
    ]


def _mixed(
    con: duckdb.DuckDBPyConnection, raw: Source, data: Table, column: TypedColumn
) -> Finding:
    """A column that would be of a type but for a few values."""
    if column.odd is None:
        raise ValueError(f"column {column.name!r} is of one type")
    kind, fitting = column.odd.kind, column.present - column.odd.values
    row, value = first_row(con, data, f"n = {column.odd.first_row}", column)
    where, line = raw.place(row)
    name = _NAMES.get(kind, f"{kind}s")
    return Finding(
        severity="warn",
        code="mixed-values",
        message=f"{where}: column {shown(column.name)} holds {shown(value)}, while {fitting:,} of "
        f"its {column.present:,} values are {name}; all are kept as text.",
        remedy=f"Correct the {counted(column.odd.values, 'value')}, or leave them empty.",
        column=column.name,
        line=line,
    )


def column_findings(features: Sequence[Entry], rows: int) -> list[Finding]:
    """Columns that say nothing, or next to nothing."""
    findings = []
    for _, column, summary in features:
        if summary.present == 0:
            what, code = "holds no value at all and is left out of training", "empty-column"
        elif summary.distinct == 1 and summary.present == rows:
            what, code = "has the same value in every row", "constant-column"
        elif summary.present < (1 - ALMOST_EMPTY) * rows:
            share = summary.present / rows
            what, code = f"is almost empty: {share:.1%} of the rows have a value", "almost-empty"
        else:
            continue
        findings.append(
            Finding(
                severity="warn",
                code=code,
                message=f"Column {shown(column.name)} {what}.",
                remedy="Leave it out, or check how it was exported.",
                column=column.name,
            )
        )
    return findings


def duplicate_finding(data: Table) -> list[Finding]:
    """How many rows repeat others."""
    repeated = duplicate_rows(data)
    if not repeated:
        return []
    strong = repeated > 0.1 * data.rows
    return [
        Finding(
            severity="warn" if strong else "note",
            code="duplicate-rows",
            message=f"{counted(repeated, 'row')} of {data.rows:,} "
            f"{'repeats' if repeated == 1 else 'repeat'} another exactly; equal rows are kept on "
            "one side of the split.",
            remedy="Drop each row once, unless the repetition means something.",
        )
    ]
