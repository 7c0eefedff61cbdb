"""What makes models fail, looked for in data that can be read: findings, no refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sluice.contracts.dataset import Column, Finding
from sluice.validation.bytes import TEXTS
from sluice.validation.columns import Typed
from sluice.validation.dataset import Dataset, duplicate_rows
from sluice.validation.findings import counted, shown
from sluice.validation.measure import Summary
from sluice.validation.reading import Raw

if TYPE_CHECKING:
    import duckdb

ALMOST_EMPTY: Final = 0.95
SAME: Final = 0.99999
"""Correlation from which a feature is the target in other units."""
LISTED: Final = 10
_NAMES = {"decimal-comma": "numbers", "instant": "times with a zone", "timestamp": "times"}


def reading_notes(con: duckdb.DuckDBPyConnection, raw: Raw, typed: list[Typed]) -> list[Finding]:
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
    spelled = [column for column in typed if column.spelled]
    if spelled:
        where = ", ".join(f"{shown(c.name)} ({c.spelled:,})" for c in spelled[:LISTED])
        what = (
            "NaN, infinite values and years beyond 9999 are"
            if raw.dialect["format"] == "parquet"
            else f"{', '.join(raw.missing[:4])}, … and blank space are"
            if raw.missing
            else "Blank space is"
        )
        findings.append(
            Finding(
                severity="note",
                code="missing-spelled",
                message=f"{what} read as missing values in {where}"
                f"{f' and {len(spelled) - LISTED} more columns' if len(spelled) > LISTED else ''}.",
                remedy="Spell them otherwise if they are values.",
            )
        )
    findings += [_mixed(con, raw, column) for column in [c for c in typed if c.odd][:LISTED]]
    findings += [
        Finding(
            severity="note",
            code="stored-as-number",
            message=f"Column {shown(column.name)} is of type {column.was} and kept as 64-bit "
            "floats.",
            column=column.name,
        )
        for column in typed
        if column.was
    ]
    return findings


def unused_reading(name: str, kind: str) -> Finding:
    """What sluice.yaml states of CSV files says nothing of others, and that must be known."""
    return Finding(
        severity="warn",
        code="read-unused",
        message=f"{name}: `read` in sluice.yaml tells how CSV files are written; this one is "
        f"{TEXTS.get(kind, 'Parquet')}, and was read without it.",
        remedy="Remove `read`, if no CSV is to come.",
    )


def _mixed(con: duckdb.DuckDBPyConnection, raw: Raw, column: Typed) -> Finding:
    """A column that would be of a type but for a few values."""
    if column.odd is None:
        raise ValueError(f"column {column.name!r} is of one type")
    kind, fitting = column.odd
    row, value = first_row(con, raw, column.odd_row or "true", column)
    where, line = raw.place(row)
    name = _NAMES.get(kind, f"{kind}s")
    return Finding(
        severity="warn",
        code="mixed-values",
        message=f"{where}: column {shown(column.name)} holds {shown(value)}, while {fitting:,} of "
        f"its {column.present:,} values are {name}; all are kept as text.",
        remedy=f"Correct the {counted(column.present - fitting, 'value')}, or leave them empty.",
        column=column.name,
        line=line,
    )


def first_row(
    con: duckdb.DuckDBPyConnection, raw: Raw, predicate: str, column: Typed
) -> tuple[int, object]:
    """Number (from 1) and raw value of the first row for which a predicate over it is true."""
    found = con.execute(
        f"SELECT n, {column.id} FROM (SELECT row_number() OVER () AS n, * FROM {raw.relation}) "
        f"WHERE {predicate} LIMIT 1"
    ).fetchall()
    return found[0]


def column_findings(
    columns: list[tuple[Typed, Column, Summary]], rows: int, target: str
) -> list[Finding]:
    """Columns that say nothing, or next to nothing."""
    findings = []
    for _, column, summary in columns:
        if column.name == target:
            continue
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


def duplicate_finding(con: duckdb.DuckDBPyConnection, data: Dataset) -> list[Finding]:
    """How many rows repeat others."""
    repeated = duplicate_rows(con, data)
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


def leaks(
    con: duckdb.DuckDBPyConnection,
    data: Dataset,
    columns: list[tuple[Typed, Column, Summary]],
    target: str,
    task: str,
) -> list[Finding]:
    """Features that give the target away: one value a class, or the target in other units."""
    (goal, _, wanted) = next(entry for entry in columns if entry[1].name == target)
    suspects: list[tuple[Typed, str]] = []
    for typed, column, summary in columns:
        if column.name == target or column.type in ("identifier", "text"):
            continue
        if task == "classification" and summary.distinct == wanted.distinct:
            pairs = f"count(DISTINCT ({typed.id}, {goal.id})) = {wanted.distinct}"
            suspects.append((typed, f"{pairs} AND count({typed.id}) = count(*)"))
        elif task == "regression" and typed.storage in ("BIGINT", "DOUBLE") and summary.std:
            correlation = f"corr({typed.id}::DOUBLE, {goal.id}::DOUBLE)"
            suspects.append((typed, f"abs({correlation}) > {SAME}"))
    if not suspects:
        return []
    found = con.execute(
        f"SELECT {', '.join(term for _, term in suspects)} FROM {data.everything}"
    ).fetchall()[0]
    return [
        Finding(
            severity="warn",
            code="leak",
            message=f"Column {shown(typed.name)} gives the target {shown(target)} away: the one "
            "follows from the other in every row.",
            remedy="Leave it out if it is not known when a prediction is asked for.",
            column=typed.name,
        )
        for (typed, _), hit in zip(suspects, found, strict=True)
        if hit
    ]
