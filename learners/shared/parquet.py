"""Reading a Parquet folder as columns for `features.Encoder`; for the two containers.

Batch by batch, so that memory does not grow with the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

BATCH_ROWS: Final = 65_536
"""Rows in memory at a time: some MB at a hundred columns."""


def files(folder: Path) -> tuple[Path, ...]:
    """The Parquet files of a dataset in the order of their names; `ValueError` if there is none."""
    found = tuple(sorted(folder.glob("*.parquet")))
    if not found:
        raise ValueError(f"There is no Parquet file in {folder}.")
    return found


def batches(
    folder: Path, columns: Sequence[str], *, rows: int = BATCH_ROWS
) -> Iterator[dict[str, Any]]:
    """The named columns, some rows at a time; `ValueError` names a column that is not there.

    Numbers come as float64 with NaN for null, times as datetime64[us] in UTC with NaT for null,
    all else as lists with None for null.
    """
    for path in files(folder):
        with pq.ParquetFile(path) as file:
            if absent := [name for name in columns if name not in file.schema_arrow.names]:
                raise ValueError(f"{path.name} lacks the column {absent[0]!r}.")
            for batch in file.iter_batches(batch_size=rows, columns=list(columns)):
                yield {name: _values(batch.column(name)) for name in columns}


def _values(array: Any) -> Any:
    kind = array.type
    if pa.types.is_decimal(kind) or pa.types.is_float16(kind):
        array, kind = pc.cast(array, pa.float64()), pa.float64()
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return array.to_numpy(zero_copy_only=False).astype(np.float64, copy=False)
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        # A cast within UTC: Arrow stores zoned timestamps as UTC already.
        zone = getattr(kind, "tz", None)
        micros = pc.cast(array, pa.timestamp("us", tz=zone), safe=False)
        return pc.cast(micros, pa.timestamp("us")).to_numpy(zero_copy_only=False)
    return array.to_pylist()
