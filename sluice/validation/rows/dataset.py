"""The dataset that an accepted drop becomes: typed Parquet, a file for each side of the split."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sluice.validation.rows.sql import literal
from sluice.validation.rows.table import Table

if TYPE_CHECKING:
    import duckdb


ROW_GROUP_ROWS: Final = 65_536
ROW_GROUP_CELLS: Final = 4_000_000
ROW_GROUP_BYTES: Final = 8 * 1024 * 1024
"""A row group of a wide table, or of texts or images, holds fewer rows, so that writing it fits in
memory."""


_DICTIONARY: Final = 2_000
"""Values up to which a column of a row group gets a dictionary. To look for one among more takes a
third of the time that writing does, and saves next to nothing."""


def write_dataset(con: duckdb.DuckDBPyConnection, data: Table, folder: Path) -> None:
    """Write `train/part-0.parquet` and `holdout/part-0.parquet` below `folder`."""
    named = ", ".join(f"{column.id} AS {identifier(column.name)}" for column in data.columns)
    options = (
        f"FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, "
        f"DICTIONARY_SIZE_LIMIT {_DICTIONARY}, "
        f"ROW_GROUP_SIZE {_rows_in_group(len(data.columns), data.row_bytes)}"
    )
    written = 0
    for side, relation in (("train", data.training), ("holdout", data.holdout)):
        path = folder / side / "part-0.parquet"
        path.parent.mkdir(parents=True)
        copied = con.execute(
            f"COPY (SELECT {named} FROM {relation}) TO {literal(str(path))} ({options})"
        ).fetchall()
        written += copied[0][0]
    if written != data.rows:
        raise RuntimeError(f"{written} rows were written of {data.rows}")


def _rows_in_group(width: int, row_bytes: int = 0) -> int:
    """Rows of a Parquet row group for a table of `width` columns, or of rows so large."""
    if row_bytes:
        return max(1, min(ROW_GROUP_ROWS, ROW_GROUP_BYTES // row_bytes))
    return min(ROW_GROUP_ROWS, max(2048, ROW_GROUP_CELLS // width // 2048 * 2048))


def identifier(name: str) -> str:
    """`name` as an SQL identifier, whatever characters it holds."""
    return '"' + name.replace('"', '""') + '"'
