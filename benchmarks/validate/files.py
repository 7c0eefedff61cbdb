"""The inputs: made from a seed, with a known number of rows and of exact repeats among them.

Parquet is made first, block by block; DuckDB writes the same rows as CSV, CSV.gz and JSON Lines, so
a row means the same in every format and a size is that of the CSV. Kept below `build/`, in a folder
named after the text of this module and rows.py: another recipe makes other files.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

BUILD: Final = Path(__file__).resolve().parents[2] / "build" / "benchmarks"

FORMATS: Final = ("csv", "csv.gz", "jsonl", "parquet")
ROWS_A_MEGABYTE: Final = 7_500
"""Of the mixed table as CSV; a megabyte is 10**6 bytes here, as everywhere in this benchmark."""
ROWS_A_REPEAT: Final = 1_500
"""One row in so many repeats an earlier one: without any, a unique column would prove it."""

_BLOCK_CELLS: Final = 1_200_000
_CELL_BYTES: Final = 42
"""On disk, of all formats together."""
_SPARE_BYTES: Final = 2_000_000_000
_COPY: Final = {
    "csv": "FORMAT csv, HEADER",
    "csv.gz": "FORMAT csv, HEADER, COMPRESSION gzip",
    "jsonl": "FORMAT json",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Input:
    """One file, and what every reader of it must find."""

    title: str
    """As tables name it: `CSV 100 MB`."""
    path: Path
    format: str
    megabytes: int
    """As asked for, of CSV; 0 for tables that are given by rows and columns."""
    rows: int
    columns: int
    repeats: int
    """Rows beyond the first of each set of equal rows."""

    @property
    def bytes(self) -> int:
        """Of the file as it lies on disk."""
        return self.path.stat().st_size


def mixed(megabytes: int, form: str, folder: Path | None = None) -> Input:
    """Twelve columns of every kind, so many megabytes of them as CSV."""
    rows = megabytes * ROWS_A_MEGABYTE
    return _input("mixed", f"{form} {shown_size(megabytes)}", form, rows, 12, megabytes, folder)


def sample(form: str, folder: Path | None = None) -> Input:
    """A thousand rows of the mixed table, for what a program does on its first file only."""
    return _input("mixed", f"{form} sample", form, 1_000, 12, 0, folder)


def wide(columns: int, rows: int, folder: Path | None = None) -> Input:
    """A CSV of numbers, categories and dates in turn, and a target called label."""
    title = f"csv {columns:,} columns, {rows:,} rows"
    return _input("wide", title, "csv", rows, columns, 0, folder)


def shown_size(megabytes: int) -> str:
    """`100 MB`, `5 GB`."""
    return f"{megabytes // 1000} GB" if megabytes % 1000 == 0 else f"{megabytes} MB"


def _input(
    kind: str, title: str, form: str, rows: int, columns: int, megabytes: int, folder: Path | None
) -> Input:
    kept = folder or _cache()
    stem = kept / f"{kind}-{columns}x{rows}"
    blocks = list(_block_rows(rows, columns))
    path = Path(f"{stem}.{form}")
    if not path.exists():
        _require_space(kept, rows * columns * _CELL_BYTES)
        table = Path(f"{stem}.parquet")
        if not table.exists():
            _write_parquet(kind, table, blocks, columns)
        if form != "parquet":
            _write_as(table, path, _COPY[form])
    return Input(
        title=title,
        path=path,
        format=form,
        megabytes=megabytes,
        rows=rows,
        columns=columns,
        repeats=sum(n // ROWS_A_REPEAT for n in blocks),
    )


def _cache() -> Path:
    """Where files of this recipe are kept; those of an older one go, for they are large."""
    texts = [Path(__file__).with_name(name).read_bytes() for name in ("files.py", "rows.py")]
    kept = BUILD / "inputs" / hashlib.sha256(b"".join(texts)).hexdigest()[:8]
    for old in kept.parent.glob("*"):
        if old != kept:
            shutil.rmtree(old)
    return kept


def _block_rows(rows: int, columns: int) -> Iterator[int]:
    most = max(1, _BLOCK_CELLS // columns)
    for first in range(0, rows, most):
        yield min(most, rows - first)


def _require_space(folder: Path, wanted: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < wanted + _SPARE_BYTES:
        raise SystemExit(
            f"Making this input takes about {wanted / 1e9:.0f} GB below {folder}, and "
            f"{free / 1e9:.0f} GB are free: ask for smaller --sizes, or --clean the old ones."
        )


def _write_parquet(kind: str, path: Path, blocks: list[int], columns: int) -> None:
    import pyarrow.parquet

    from benchmarks.validate import rows

    make = rows.mixed_rows if kind == "mixed" else rows.wide_rows
    half = path.with_suffix(".half")
    writer = None
    first = 0
    for number, count in enumerate(blocks):
        table = make(number, first, count, columns, count // ROWS_A_REPEAT)
        writer = writer or pyarrow.parquet.ParquetWriter(half, table.schema, compression="zstd")
        writer.write_table(table)
        first += count
    if writer:
        writer.close()
    half.rename(path)


def _write_as(table: Path, path: Path, options: str) -> None:
    import duckdb

    half = path.with_name(path.name + ".half")
    with duckdb.connect(config={"memory_limit": "4GB"}) as con:
        con.execute("SET enable_progress_bar = false")
        con.execute(f"COPY (FROM '{table}') TO '{half}' ({options})")
    half.rename(path)
