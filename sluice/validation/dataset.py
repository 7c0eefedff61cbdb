"""The dataset that an accepted drop becomes: typed Parquet, a file for each side of the split."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sluice.validation.sql import literal
from sluice.validation.staging import Staged, rows_in_group

if TYPE_CHECKING:
    import duckdb


def write_dataset(con: duckdb.DuckDBPyConnection, data: Staged, folder: Path) -> None:
    """Write `train/part-0.parquet` and `holdout/part-0.parquet` below `folder`."""
    named = ", ".join(f"{column.id} AS {identifier(column.name)}" for column in data.columns)
    written = 0
    for side, relation in (("train", data.training), ("holdout", data.holdout)):
        path = folder / side / "part-0.parquet"
        path.parent.mkdir(parents=True)
        copied = con.execute(
            f"COPY (SELECT {named} FROM {relation}) TO {literal(str(path))} (FORMAT parquet, "
            f"COMPRESSION zstd, ROW_GROUP_SIZE {rows_in_group(len(data.columns), data.row_bytes)})"
        ).fetchall()
        written += copied[0][0]
    if written != data.rows:
        raise RuntimeError(f"{written} rows were written of {data.rows}")


def identifier(name: str) -> str:
    """`name` as an SQL identifier, whatever characters it holds."""
    return '"' + name.replace('"', '""') + '"'
