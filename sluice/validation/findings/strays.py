"""Rows that are no rows: a header repeated, a sum at the end, rows swallowed by a quote.

All of them parse; only what they hold gives them away.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sluice.contracts.dataset import Finding
from sluice.validation.formats.source import Source
from sluice.validation.profile.measure import Summary
from sluice.validation.refusals import Refused, listed, shown
from sluice.validation.rows.sql import literal
from sluice.validation.rows.table import Table, only

if TYPE_CHECKING:
    import duckdb

SAME: Final = 1e-9
"""Relative difference up to which a value is the sum of the others."""


def refuse_strays(con: duckdb.DuckDBPyConnection, raw: Source, data: Table) -> None:
    """Raise `Refused` for rows of a CSV that are none."""
    if raw.layout is None:
        return
    if raw.layout.quoted_newlines and len(raw.names) > 1:
        _refuse_swallowed_rows(con, raw, data, raw.layout.delimiter)
    if raw.layout.has_header:
        _refuse_repeated_header(con, raw, data)


def totals_row(
    con: duckdb.DuckDBPyConnection, raw: Source, data: Table, found: dict[str, Summary]
) -> list[Finding]:
    """A warning where the last row is the sum of all rows above it, in every column of numbers."""
    numbers = [c for c in data.columns if c.storage in ("BIGINT", "DOUBLE")]
    numbers = [c for c in numbers if found[c.id].present > 2]
    if not numbers:
        return []
    ids = ", ".join(f"{c.id}::DOUBLE" for c in numbers)
    last = con.execute(f"SELECT {ids} FROM {data.relation} WHERE n = {data.rows}").fetchall()[0]
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
    where, line = raw.place(data.rows)
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


def _refuse_swallowed_rows(
    con: duckdb.DuckDBPyConnection, raw: Source, data: Table, delimiter: str
) -> None:
    """Two stray quotes may close each other over several rows, which then are one field."""
    comma = re.escape(delimiter)
    width = len(raw.names)
    row = rf"\n([^{comma}\n]*{comma}){{{width - 1}}}[^{comma}\n]*\n"
    for column in data.columns:
        if column.storage != "VARCHAR":
            continue
        found = con.execute(
            f"SELECT n, {column.id} FROM {only(con, data, [column])} "
            f"WHERE regexp_matches({column.id}, {literal(row)}) ORDER BY n LIMIT 1"
        ).fetchall()
        for n, text in found:
            where, line = raw.place(n)
            raise Refused(
                "swallowed-rows",
                f"{where}: the quoted field in column {shown(column.name)} holds lines that look "
                f"like rows of this file: {shown(text)}.",
                remedy="Close the quote; if the field is to hold such lines, drop the data as "
                "JSON Lines or Parquet.",
                column=column.name,
                line=line,
            )


def _refuse_repeated_header(con: duckdb.DuckDBPyConnection, raw: Source, data: Table) -> None:
    if any(c.storage != "VARCHAR" for c in data.columns):
        return
    first, *others = data.columns
    same = [f"{c.id} = {literal(c.name)}" for c in others]
    same.append(f"ends_with({first.id}, {literal(first.name)})")
    found = con.execute(
        f"SELECT n FROM {data.relation} WHERE {' AND '.join(same)} ORDER BY n LIMIT 1"
    ).fetchall()
    for (n,) in found:
        where, line = raw.place(n)
        raise Refused(
            "repeated-header",
            f"{where}: the header, {listed(list(raw.names))}, stands here again.",
            remedy="Join files without their headers, or drop them as parts of one folder.",
            line=line,
        )
