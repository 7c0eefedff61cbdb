"""ydata-profiling's minimal profile: its numbers, without rendering the page."""

from pathlib import Path

import pandas as pd
from ydata_profiling import ProfileReport

TIMES = ["day", "at"]
TYPES = {"zip": "str"}


def run(source: Path) -> dict[str, int]:
    """Rows in the profile."""
    report = ProfileReport(read(source), minimal=True, progress_bar=False)
    return {"rows": int(report.get_description().table["n"])}


def read(source: Path) -> pd.DataFrame:
    """The fastest of this older pandas' ways to a typed frame."""
    if source.suffix == ".parquet":
        return pd.read_parquet(source)
    if source.suffix == ".jsonl":
        return pd.read_json(source, lines=True, dtype=TYPES, convert_dates=TIMES)
    return pd.read_csv(source, engine="pyarrow", dtype=TYPES, parse_dates=TIMES)
