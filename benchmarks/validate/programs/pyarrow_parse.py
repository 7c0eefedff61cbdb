"""The yardstick: every value parsed into a type, batch by batch, and nothing else.

Types are found by pyarrow in the first batch, as Sluice has to find them too, or `stated`, which is
faster: then a timestamp is tried as nothing else.
"""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet

SCHEMA = pa.schema(
    {
        "id": pa.int64(),
        "zip": pa.string(),
        "city": pa.string(),
        "amount": pa.float64(),
        "score": pa.float64(),
        "count": pa.int64(),
        "big": pa.int64(),
        "flag": pa.bool_(),
        "day": pa.date32(),
        "at": pa.timestamp("s"),
        "note": pa.string(),
        "label": pa.string(),
    }
)


def run(source: Path, threads: str, types: str) -> dict[str, int]:
    """Rows read with `one` thread or `default`, types `found` or `stated`."""
    batches = _batches(source, threads == "default", types == "stated")
    return {"rows": sum(batch.num_rows for batch in batches)}


def _batches(source: Path, threads: bool, stated: bool) -> Iterator[pa.RecordBatch]:
    if source.suffix == ".parquet":
        with pa.parquet.ParquetFile(source) as file:
            yield from file.iter_batches(use_threads=threads)
    elif source.suffix == ".jsonl":
        # pyarrow's JSON reader knows no days; as a timestamp one is parsed too.
        schema = SCHEMA.set(SCHEMA.get_field_index("day"), pa.field("day", pa.timestamp("s")))
        parse = pa.json.ParseOptions(explicit_schema=schema if stated else None)
        read = pa.json.ReadOptions(use_threads=threads)
        with pa.json.open_json(source, read_options=read, parse_options=parse) as reader:
            yield from reader
    else:
        convert = pa.csv.ConvertOptions(column_types=SCHEMA if stated else None)
        read = pa.csv.ReadOptions(use_threads=threads)
        with pa.csv.open_csv(source, read_options=read, convert_options=convert) as reader:
            yield from reader
