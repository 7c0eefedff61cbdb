"""One sound table as engines export it, and what every report on it has to say."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
from drops import table

from sluice.contracts.dataset import Report

CSV = table()
HEADER, *ROWS = CSV.splitlines(keepends=True)
RECORDS = [
    {"width": float(w), "height": int(h), "colour": c, "label": label}
    for w, h, c, label in (row.strip().split(",") for row in ROWS)
]
LINES = [json.dumps(record) + "\n" for record in RECORDS]
UNPARTED = "".join(json.dumps(record) for record in RECORDS)
COLUMNS = {"width": "number", "height": "integer", "colour": "category", "label": "category"}


def parquet(folder: Path, columns: str = "*", **options: object) -> bytes:
    """The table, or some columns of it, as a Parquet file."""
    source, path = folder / "source.csv", folder / "made.parquet"
    source.write_text(CSV)
    duckdb.read_csv(str(source)).project(columns).write_parquet(str(path), **options)
    return path.read_bytes()


def assert_whole(report: Report, rows: int = 60) -> None:
    """The table is read, and every column is what it is."""
    assert report.verdict == "accepted", report.reason
    assert report.rows == rows
    assert {column.name: column.type for column in report.columns} == COLUMNS
