"""The rows of a drop as they lie in scratch: typed columns, in Arrow's layout.

All that follows works on them: c1, c2, …, in the types that the dataset will have, and n, the row's
number in the drop from 1; h, a hash of its values; s, whether it is one of those that judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sluice.validation.rows.columns import TypedColumn
from sluice.validation.scanner.stored import Relation, StoredRows, store_rows
from sluice.validation.scanner.stream import stream_of

if TYPE_CHECKING:
    import duckdb

_ROWS: Final = "stored_rows"
_SOME: Final = "some_columns"


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """Typed rows, to be asked in SQL or measured in C."""

    relation: str
    """SQL that yields n, c1, c2, …, h, s."""
    kept: StoredRows
    """The same, to be measured in C."""
    columns: tuple[TypedColumn, ...]
    rows: int
    row_bytes: int = 0
    """About a row's size, where rows are texts or images; row groups of large ones hold few."""

    @property
    def training(self) -> str:
        """SQL that yields the rows to learn from."""
        return f"(FROM {self.relation} WHERE NOT s)"

    @property
    def holdout(self) -> str:
        """SQL that yields the rows to judge by."""
        return f"(FROM {self.relation} WHERE s)"


def stored(
    con: duckdb.DuckDBPyConnection,
    paths: Sequence[Path],
    *,
    columns: Sequence[TypedColumn],
    rows: int,
    row_bytes: int = 0,
    name: str = _ROWS,
) -> Table:
    """The table of what was stored at `paths`, which queries know by `name`."""
    kept = StoredRows(paths, rows)
    con.register(name, Relation(kept, range(len(columns))))
    return Table(relation=name, kept=kept, columns=tuple(columns), rows=rows, row_bytes=row_bytes)


def stored_query(
    con: duckdb.DuckDBPyConnection, query: str, columns: tuple[TypedColumn, ...], path: Path
) -> Table:
    """What a query yields, stored in a file of its own; the columns' names have no part in it."""
    rows = store_rows([stream_of(con.sql(query))], path, names=[c.id for c in columns], salt="")
    return stored(con, [path], name=path.stem, columns=columns, rows=rows)


def only(con: duckdb.DuckDBPyConnection, data: Table, columns: Sequence[TypedColumn]) -> str:
    """SQL that yields n, h, s and these columns alone, until it is asked for again: of a wide table
    every query costs as much as there are columns."""
    con.register(_SOME, Relation(data.kept, [column.place for column in columns]))
    return _SOME


def first_row(
    con: duckdb.DuckDBPyConnection, data: Table, predicate: str, column: TypedColumn
) -> tuple[int, object]:
    """Number (from 1) and value of the first row for which a predicate over it is true."""
    found = con.execute(
        f"SELECT n, {column.id} FROM {only(con, data, [column])} WHERE {predicate} "
        "ORDER BY n LIMIT 1"
    ).fetchall()
    return found[0]


def first_rows(
    con: duckdb.DuckDBPyConnection,
    data: Table,
    columns: Sequence[TypedColumn],
    count: int,
    length: int,
) -> list[tuple[Any, ...]]:
    """The texts of some columns in the first rows, so many characters of each."""
    texts = ", ".join(f"left({column.id}, {length})" for column in columns)
    # LIMIT alone would come first, and hold the texts in full.
    query = f"SELECT {texts} FROM {only(con, data, columns)} WHERE n <= {count} LIMIT {count}"
    return con.execute(query).fetchall()
