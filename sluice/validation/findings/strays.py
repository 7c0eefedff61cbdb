"""Rows that are no rows, and refuse the drop: a header repeated, rows swallowed by a quote.

Both parse; only what they hold gives them away.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sluice.validation.findings.facts import StoredRows
from sluice.validation.formats.source import Layout, Source
from sluice.validation.refusals import Refused
from sluice.validation.rows.sql import literal
from sluice.validation.rows.table import Table, only
from sluice.validation.wording import listed, shown

if TYPE_CHECKING:
    import duckdb


def refuse_strays(rows: StoredRows) -> None:
    """Raise `Refused` for rows of a CSV that are none."""
    con, raw, data = rows.con, rows.source, rows.table
    if raw.layout is None:
        return
    if raw.layout.quoted_newlines and len(raw.names) > 1:
        _refuse_swallowed_rows(con, raw, data, raw.layout)
    if raw.layout.has_header:
        _refuse_repeated_header(con, raw, data)


def _refuse_swallowed_rows(
    con: duckdb.DuckDBPyConnection, raw: Source, data: Table, layout: Layout
) -> None:
    """Two stray quotes may close each other over several rows, which then are one field."""
    comma = re.escape(layout.delimiter)
    row = rf"\n([^{comma}\n]*{comma}){{{layout.fields - 1}}}[^{comma}\n]*\n"
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
