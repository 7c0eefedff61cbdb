"""Pointblank on polars: its profile (`scan`) or the twenty checks of README.md (`check`)."""

from datetime import date
from pathlib import Path

import pointblank as pb
import polars as pl

CITIES = ["Berlin", "Paris", "New York", "Rome", "Oslo", "São Paulo", "Tokyo"]
FIRST, LAST = date(2019, 12, 31), date(2025, 1, 1)
TYPES = {"zip": pl.String, "day": pl.Date, "at": pl.Datetime}


def run(source: Path, what: str) -> dict[str, int]:
    """Rows that were looked at."""
    frame = read(source)
    if what == "scan":
        pb.DataScan(data=frame).to_json()
        return {"rows": frame.height}
    checked = check(frame)
    if not checked.all_passed():
        raise RuntimeError("a check failed on a file that is good")
    return {"rows": checked.n(i=1, scalar=True)}


def check(frame: pl.DataFrame) -> pb.Validate:
    """Twenty checks; one step states the types of all columns."""
    types = pb.Schema(columns=[(name, str(kind)) for name, kind in frame.schema.items()])
    return (
        pb.Validate(data=frame)
        .col_vals_not_null(
            columns=["id", "zip", "amount", "count", "big", "flag", "day", "at", "label"]
        )
        .col_vals_ge(columns="id", value=0)
        .col_vals_between(columns="amount", left=0, right=1e6)
        .col_vals_between(columns="count", left=0, right=100)
        .col_vals_between(columns="big", left=1, right=2**60)
        .col_vals_between(columns="day", left=FIRST, right=LAST)
        .col_vals_between(columns="at", left=FIRST, right=LAST)
        .col_vals_in_set(columns="city", set=[*CITIES, None])
        .col_vals_in_set(columns="label", set=["no", "yes"])
        .col_vals_regex(columns="zip", pattern=r"^\d{5}$")
        .col_schema_match(schema=types)
        .interrogate()
    )


def read(source: Path) -> pl.DataFrame:
    """Whole and typed."""
    if source.suffix == ".parquet":
        return pl.read_parquet(source)
    if source.suffix == ".jsonl":
        return pl.read_ndjson(source).with_columns(
            pl.col("day").str.to_date(), pl.col("at").str.to_datetime()
        )
    return pl.read_csv(source, schema_overrides=TYPES)
