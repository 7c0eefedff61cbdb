"""Training reads Parquet, serving reads JSON and CSV: a row becomes the same numbers in each."""

from __future__ import annotations

import csv
import io
import json
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from learners.shared.parquet import batches
from learners.table.encoder import FIRST_KNOWN, MISSING, UNKNOWN, Encoded, Encoder, encode_target
from sluice import requests
from sluice.contracts.dataset import Column, ColumnType, Target
from sluice.contracts.prediction import Signature, SignatureColumn

TYPES: dict[str, tuple[ColumnType, pa.DataType]] = {
    "whole": ("integer", pa.int64()),
    "small": ("integer", pa.int8()),
    "real": ("number", pa.float64()),
    "single": ("number", pa.float32()),
    "exact": ("number", pa.decimal128(12, 3)),
    "truth": ("boolean", pa.bool_()),
    "word": ("category", pa.string()),
    "coded": ("category", pa.dictionary(pa.int32(), pa.string())),
    "day": ("date", pa.date32()),
    "moment": ("timestamp", pa.timestamp("us")),
    "nano": ("timestamp", pa.timestamp("ns")),
    "zoned": ("timestamp", pa.timestamp("us", tz="UTC")),
}
COLUMNS = [Column(name=name, type=kind, nullable=True) for name, (kind, _) in TYPES.items()]
SIGNATURE = Signature(
    model="m",
    version="v",
    task="regression",
    target="y",
    classes=None,
    columns=tuple(SignatureColumn(name=c.name, type=c.type, nullable=True) for c in COLUMNS),
)
WORDS = ["a", "B", "ä", "日本", "true", "1", "1.0", "spa  ced", "com,ma", 'quo"te', "NA", "\n"]


def value_of(name: str, random_: random.Random) -> Any:
    """A value as Python has it."""
    moment = datetime(1900, 1, 1) + timedelta(microseconds=random_.randrange(2**62) // 1000)  # noqa: DTZ001
    match name:
        case "whole":
            return random_.choice([0, 1, -1, 2**53 + 1, -(2**62), random_.randrange(10**9)])
        case "small":
            return random_.randrange(-128, 128)
        case "real":
            return random_.choice([0.1, -0.0, 1e-310, 1e300, 1 / 3, random_.gauss(0, 1e6)])
        case "single":
            return float(np.float32(random_.gauss(0, 1)))
        case "exact":
            return round(random_.uniform(-1e6, 1e6), 3)
        case "truth":
            return random_.random() < 0.5
        case "word" | "coded":
            return random_.choice(WORDS)
        case "day":
            return date(1850, 1, 1) + timedelta(days=random_.randrange(130_000))
        case "zoned":
            return moment.replace(tzinfo=UTC)
        case _:
            return moment


def as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def as_cell(value: Any) -> str:
    if value is None:
        return ""
    return json.dumps(value) if isinstance(value, bool) else str(as_json(value))


@pytest.mark.parametrize("seed", range(8))
def test_parquet_json_and_csv_give_the_same_numbers(tmp_path: Path, seed: int) -> None:
    random_ = random.Random(seed)
    rows = [
        {n: None if random_.random() < 0.2 else value_of(n, random_) for n in TYPES}
        for _ in range(60)
    ]
    table = {}
    for name, (_, kind) in TYPES.items():
        values = [row[name] for row in rows]
        given = pa.array(values).cast(kind) if name == "exact" else pa.array(values, kind)
        table[name] = given
    pq.write_table(pa.table(table), tmp_path / "part-0.parquet")
    read = list(batches(tmp_path, list(TYPES), rows=17))
    encoder = Encoder.fit(COLUMNS, read[:2])
    encoder = Encoder.from_json(encoder.to_json())
    trained = [encoder.encode(batch) for batch in read]
    expected = Encoded(
        numeric=np.concatenate([part.numeric for part in trained]),
        categorical=np.concatenate([part.categorical for part in trained]),
    )

    body = {"instances": [{n: as_json(v) for n, v in row.items()} for row in rows]}
    served = requests.read(json.dumps(body).encode(), requests.JSON, SIGNATURE)
    same(encoder.encode(served.columns), expected)
    same(encoder.encode_rows(body["instances"]), expected)

    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(TYPES)
    writer.writerows([as_cell(row[name]) for name in TYPES] for row in rows)
    served = requests.read(text.getvalue().encode(), requests.CSV, SIGNATURE)
    same(encoder.encode(served.columns), expected)


def same(found: Encoded, expected: Encoded) -> None:
    np.testing.assert_array_equal(found.numeric, expected.numeric)
    np.testing.assert_array_equal(found.categorical, expected.categorical)
    assert found.numeric.dtype == np.float32
    assert found.categorical.dtype == np.int64


def test_missing_and_unknown_are_told_apart() -> None:
    column = Column(name="c", type="category", nullable=True)
    encoder = Encoder.fit([column], [{"c": ["x", "y", "y", None]}])
    codes = encoder.encode({"c": ["y", "x", None, "new"]}).categorical[:, 0]
    assert codes.tolist() == [FIRST_KNOWN, FIRST_KNOWN + 1, MISSING, UNKNOWN]
    assert encoder.cardinalities == (4,)


def test_the_order_of_rows_does_not_move_the_codes() -> None:
    column = Column(name="c", type="category", nullable=False)
    fits = [Encoder.fit([column], [{"c": values}]) for values in (["b", "a"], ["a", "b"])]
    assert fits[0].features == fits[1].features


def test_a_moment_in_another_zone_is_the_same_moment() -> None:
    encoder = Encoder.fit([Column(name="t", type="timestamp", nullable=False)], [])
    found = encoder.encode({"t": ["2026-11-20T08:30:00Z", "2026-11-20T14:00:00+05:30"]}).numeric
    np.testing.assert_array_equal(found[0], found[1])
    assert dict(zip(encoder.numeric_names, found[0].tolist(), strict=True)) == {
        "t.days": np.float32(9820 + 8.5 / 24),
        "t.day_of_year": 324.0,
        "t.weekday": 4.0,
        "t.hour": 8.5,
    }


def test_what_cannot_be_encoded_is_named() -> None:
    with pytest.raises(NotImplementedError, match=r"'photo'.*image"):
        Encoder.fit([Column(name="photo", type="image", nullable=False)], [])
    encoder = Encoder.fit([Column(name="x", type="number", nullable=False)], [])
    with pytest.raises(ValueError, match="'x'"):
        encoder.encode({"y": [1.0]})
    with pytest.raises(ValueError, match="'x'"):
        encoder.encode({"x": ["one"]})
    with pytest.raises(ValueError, match="format"):
        Encoder.from_json('{"format": 99}')


def test_a_parquet_file_without_a_column_is_named(tmp_path: Path) -> None:
    pq.write_table(pa.table({"x": [1]}), tmp_path / "part-0.parquet")
    with pytest.raises(ValueError, match=r"part-0\.parquet lacks the column 'z'"):
        next(batches(tmp_path, ["z"]))
    with pytest.raises(ValueError, match="no Parquet file"):
        next(batches(tmp_path / "nowhere", ["z"]))


@pytest.mark.parametrize(
    ("classes", "values"),
    [((0, 1), np.array([1.0, 0.0])), ((False, True), [True, False]), (("a", "b"), ["b", "a"])],
)
def test_classes_are_found_however_parquet_spells_them(classes: Any, values: Any) -> None:
    target = Target(name="y", classes=classes, baseline=classes[0])
    assert encode_target(values, target).tolist() == [1, 0]
