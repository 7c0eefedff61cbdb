"""Great Expectations on pandas: the twenty checks of README.md, without a store or data docs."""

from pathlib import Path

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd

CITIES = ["Berlin", "Paris", "New York", "Rome", "Oslo", "São Paulo", "Tokyo"]
TIMES = ["day", "at"]
TYPES = {"zip": "str"}
PRESENT = ("id", "zip", "amount", "count", "big", "flag", "day", "at", "label")
FIRST, LAST = pd.Timestamp("2019-12-31"), pd.Timestamp("2025-01-01")

RANGES = (
    ("id", 0, None),
    ("amount", 0, 1e6),
    ("count", 0, 100),
    ("big", 1, 2**60),
    ("day", FIRST, LAST),
    ("at", FIRST, LAST),
)


def run(source: Path) -> dict[str, int]:
    """Rows that were looked at."""
    frame = read(source)
    context = gx.get_context(mode="ephemeral")
    asset = context.data_sources.add_pandas("files").add_dataframe_asset("file")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    found = batch.validate(suite())
    failed = [r.expectation_config.type for r in found.results if not r.success]
    if failed or len(found.results) != 20:
        raise RuntimeError(f"of {len(found.results)} expectations failed: {failed}")
    return {"rows": len(frame)}


def suite() -> gx.ExpectationSuite:
    """Twenty expectations."""
    expected = [
        *(gxe.ExpectColumnValuesToNotBeNull(column=name) for name in PRESENT),
        *(
            gxe.ExpectColumnValuesToBeBetween(column=name, min_value=low, max_value=high)
            for name, low, high in RANGES
        ),
        gxe.ExpectColumnValuesToBeInSet(column="city", value_set=CITIES),
        gxe.ExpectColumnValuesToBeInSet(column="label", value_set=["no", "yes"]),
        gxe.ExpectColumnValuesToMatchRegex(column="zip", regex=r"^\d{5}$"),
        gxe.ExpectColumnValuesToBeOfType(column="id", type_="int64"),
        gxe.ExpectColumnValuesToBeOfType(column="score", type_="float64"),
    ]
    return gx.ExpectationSuite(name="twenty", expectations=expected)


def read(source: Path) -> pd.DataFrame:
    """The fastest of pandas' ways to a typed frame; its pyarrow engine is slow with dates."""
    if source.suffix == ".parquet":
        frame = pd.read_parquet(source)
        return frame.assign(day=pd.to_datetime(frame["day"]))
    if source.suffix == ".jsonl":
        return pd.read_json(source, lines=True, dtype=TYPES, convert_dates=TIMES)
    return pd.read_csv(source, dtype=TYPES, parse_dates=TIMES, date_format="ISO8601")
