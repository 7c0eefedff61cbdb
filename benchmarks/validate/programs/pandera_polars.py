"""Pandera on polars: the twenty checks of README.md; `read` stops after the frame is read."""

from datetime import date
from pathlib import Path

import pandera.polars as pa
import polars as pl

CITIES = ["Berlin", "Paris", "New York", "Rome", "Oslo", "São Paulo", "Tokyo"]
SPAN = date(2019, 12, 31), date(2025, 1, 1)
TYPES = {"zip": pl.String, "day": pl.Date, "at": pl.Datetime}

SCHEMA = pa.DataFrameSchema(
    {
        "id": pa.Column(pl.Int64, pa.Check.ge(0)),
        "zip": pa.Column(pl.String, pa.Check.str_matches(r"^\d{5}$")),
        "city": pa.Column(pl.String, pa.Check.isin(CITIES), nullable=True),
        "amount": pa.Column(pl.Float64, pa.Check.in_range(0, 1e6)),
        "score": pa.Column(pl.Float64, nullable=True),
        "count": pa.Column(pl.Int64, pa.Check.in_range(0, 100)),
        "big": pa.Column(pl.Int64, pa.Check.in_range(1, 2**60)),
        "flag": pa.Column(pl.Boolean),
        "day": pa.Column(pl.Date, pa.Check.in_range(*SPAN)),
        "at": pa.Column(None, pa.Check.in_range(*SPAN)),
        "note": pa.Column(pl.String, nullable=True),
        "label": pa.Column(pl.String, pa.Check.isin(["no", "yes"])),
    }
)


def run(source: Path, what: str) -> dict[str, int]:
    """Rows of the frame that came through."""
    frame = read(source)
    if what == "check":
        frame = SCHEMA.validate(frame, lazy=True)
    return {"rows": frame.height}


def read(source: Path) -> pl.DataFrame:
    """Whole and typed: on a lazy frame pandera checks no values."""
    if source.suffix == ".parquet":
        return pl.read_parquet(source)
    if source.suffix == ".jsonl":
        return pl.read_ndjson(source).with_columns(
            pl.col("day").str.to_date(), pl.col("at").str.to_datetime()
        )
    return pl.read_csv(source, schema_overrides=TYPES)
