"""A first column that only counts or names the rows, taken out of what is stored.

The scanner parses it like the others, so that the count of fields holds; then the rows are stored
once more without it: it is no part of the split's hash, nor of the schema.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sluice.validation.formats.source import Reading
from sluice.validation.refusals import Refused
from sluice.validation.rows.table import Table, stored
from sluice.validation.rows.workers import Readers
from sluice.validation.scanner.stored import store_rows
from sluice.validation.scanner.stream import stream_of

if TYPE_CHECKING:
    from sluice.validation.formats.scanned import ScannedSource


def without_first(
    reading: Reading, readers: Readers, source: ScannedSource, *, salt: str
) -> Reading:
    """The same rows without their first column.

    Raises `Refused` where it was taken for a count of the rows by the first of them, and is none.
    """
    table = reading.table
    if source.left_out == "index":
        _require_count(reading, readers, source)
    others = table.columns[1:]
    query = f"SELECT {', '.join(column.id for column in others)} FROM {table.relation}"
    path = readers.scratch / "rows-without-first"
    names = [column.name for column in others]
    rows = store_rows([stream_of(readers.con.sql(query))], path, names=names, salt=salt)
    columns = [replace(column, id=f"c{at}") for at, column in enumerate(others, start=1)]
    for old in table.kept.paths:
        old.unlink()
    return replace(reading, table=stored(readers.con, [path], columns=columns, rows=rows))


def _require_count(reading: Reading, readers: Readers, source: ScannedSource) -> None:
    """Each value is one more than that above it, or begins anew at 0 or 1; a row that was put aside
    leaves a gap."""
    table = reading.table
    first = table.columns[0]
    gaps = len(reading.rejects)
    found = _breaks(table, readers, gaps + 1) if first.storage == "BIGINT" else [1]
    if len(found) <= gaps:
        return
    where, line = source.place(found[-1])
    raise Refused(
        "empty-column-name",
        f"{where}: the first column has no name of its own and counts the rows up to here, as an "
        "index of pandas does, and from here on it does not.",
        remedy="Name it in the header, if it is a column; else write the file without it: "
        "`df.to_csv(path, index=False)`.",
        line=line,
    )


def _breaks(table: Table, readers: Readers, most: int) -> list[int]:
    rows = readers.con.execute(
        f"SELECT n FROM (SELECT n, c1, lag(c1) OVER () AS above FROM {table.relation}) "
        f"WHERE (c1 = above + 1 OR c1 IN (0, 1)) IS NOT true LIMIT {most}"
    ).fetchall()
    return [n for (n,) in rows]
