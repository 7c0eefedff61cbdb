"""What `sluice validate FILE` does less its start-up; with `dataset`, the Parquet files too."""

import re
import tempfile
from pathlib import Path

import duckdb  # noqa: F401  # the engine imports it late, for cold starts; here it is start-up

from sluice.contracts.spec import Spec
from sluice.validation.engine import validate


def run(source: Path, what: str) -> dict[str, int]:
    """Rows and exact repeats as the report tells them."""
    with tempfile.TemporaryDirectory() as folder:
        report = validate(
            source,
            name=source.name,
            spec=Spec(),
            salt="benchmark",
            out=Path(folder) if what == "dataset" else None,
        )
    if report.verdict != "accepted":
        raise RuntimeError(report.reason)
    told = next((f.message for f in report.findings if f.code == "duplicate-rows"), "0")
    return {
        "rows": report.rows,
        "columns": len(report.columns),
        "repeats": int(re.sub(r"\D.*", "", told.replace(",", ""))),
    }
