"""Parquet: native types kept, damage and nesting refused, footers not believed."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from drops import Judge

from sluice.contracts.spec import Spec
from sluice.validation.engine import validate

COLUMNS = "i * 7 % 31 AS size, (i * 13 % 97) / 10.0::DOUBLE AS weight, i % 2 AS label"


def parquet(tmp_path: Path, select: str, rows: int = 200) -> bytes:
    path = tmp_path / "made.parquet"
    duckdb.sql(f"FROM range({rows}) t(i)").project(select).write_parquet(str(path))
    return path.read_bytes()


def test_types_of_the_file_are_kept(judge: Judge, tmp_path: Path) -> None:
    content = parquet(
        tmp_path,
        "9223372036854775807 - i AS big, i::UTINYINT AS small, i / 3.0::FLOAT AS share, "
        "(i % 3)::VARCHAR AS code, DATE '2024-01-01' + i::INTEGER AS day, "
        "TIMESTAMP '2024-01-01 00:00:00' + to_hours(i) AS seen, "
        "TIMESTAMPTZ '2024-01-01 00:00:00+02' AS zoned, i % 5 = 0 AS flag, "
        "CASE WHEN i % 2 = 0 THEN 'nan'::DOUBLE ELSE i END AS gaps, (i % 2)::VARCHAR AS label",
    )

    report = judge(content, "data.parquet", out=tmp_path / "out")

    assert report.verdict == "accepted", report.reason
    kinds = {c.name: c.type for c in report.columns}
    assert kinds == {
        "big": "integer",
        "small": "integer",
        "share": "number",
        "code": "category",
        "day": "date",
        "seen": "timestamp",
        "zoned": "timestamp",
        "flag": "boolean",
        "gaps": "number",
        "label": "category",
    }
    by_name = {c.name: c for c in report.columns}
    assert by_name["big"].max == 9223372036854775807
    assert by_name["gaps"].nullable
    assert by_name["zoned"].min == "2023-12-31T22:00:00"
    assert report.dialect["format"] == "parquet"


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("[i, i]", "BIGINT[]"),
        ("{'a': i}", "STRUCT"),
        ("map([i], [i])", "MAP"),
        ("'x'::BLOB", "BLOB"),
    ],
)
def test_nested_and_binary_columns_are_refused(
    expression: str, kind: str, judge: Judge, tmp_path: Path
) -> None:
    report = judge(parquet(tmp_path, f"{expression} AS odd, {COLUMNS}"), "data.parquet")

    assert report.verdict == "rejected"
    assert "data.parquet: column 'odd'" in report.reason
    assert kind in report.reason
    assert "Flatten" in report.reason


@pytest.mark.parametrize("kept", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_truncated_parquet_is_refused(kept: float, judge: Judge, tmp_path: Path) -> None:
    content = parquet(tmp_path, COLUMNS, rows=5000)

    report = judge(content[: max(8, int(len(content) * kept))], "data.parquet")

    assert report.verdict == "rejected"
    assert "data.parquet" in report.reason
    assert "cut off" in report.reason
    assert report.findings[0].remedy


def test_damaged_parquet_is_refused_or_read_right_and_never_raises(
    judge: Judge, tmp_path: Path
) -> None:
    content = parquet(tmp_path, COLUMNS, rows=3000)
    rng = random.Random(9)
    for _ in range(40):
        damaged = bytearray(content)
        for _ in range(3):
            damaged[rng.randrange(4, len(content) - 8)] = rng.randrange(256)

        report = judge(bytes(damaged), "data.parquet")

        assert report.verdict in ("accepted", "rejected")
        assert report.rows == 3000 or report.verdict == "rejected"


def test_rows_are_believed_where_statistics_lie(judge: Judge, tmp_path: Path) -> None:
    far = "CASE WHEN i = 7 THEN TIMESTAMP '20000-01-01' ELSE TIMESTAMP '2024-01-01' END AS seen"
    content = parquet(tmp_path, f"{far}, {COLUMNS}")
    footer = int.from_bytes(content[-8:-4], "little") + 8
    true = (568_971_820_800_000_000).to_bytes(8, "little")  # the year 20000, in microseconds
    lie = (1_735_689_600_000_000).to_bytes(8, "little")  # 2025
    assert true in content[-footer:]

    report = judge(content[:-footer] + content[-footer:].replace(true, lie), "data.parquet")

    seen = next(c for c in report.columns if c.name == "seen")
    assert seen.nullable
    assert seen.max == "2024-01-01T00:00:00"
    assert "'seen' (1)" in next(f for f in report.findings if f.code == "missing-spelled").message


def test_missing_target_is_named_by_row(judge: Judge, tmp_path: Path) -> None:
    content = parquet(tmp_path, "i * 7 % 31 AS size, CASE WHEN i <> 41 THEN i % 2 END AS label")

    report = judge(content, "data.parquet")

    assert "data.parquet, row 42: the target 'label' is missing" in report.reason


def test_two_columns_of_one_name_are_refused(judge: Judge, tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    column = pa.array(range(50))
    pq.write_table(pa.table([column, column, column], names=["a", "a", "label"]), tmp_path / "two")

    report = judge((tmp_path / "two").read_bytes(), "data.parquet")

    assert report.verdict == "rejected"
    assert "columns 1 and 2 are both called 'a'" in report.reason


def test_parquet_without_rows_or_features_is_refused(judge: Judge, tmp_path: Path) -> None:
    empty = judge(parquet(tmp_path, COLUMNS, rows=0), "data.parquet")
    alone = judge(parquet(tmp_path, "i % 2 AS label"), "data.parquet")

    assert "columns and no row" in empty.reason
    assert "only one column, 'label'" in alone.reason


def test_csv_and_parquet_of_the_same_rows_split_alike(judge: Judge, tmp_path: Path) -> None:
    content = parquet(tmp_path, COLUMNS, rows=500)
    duckdb.execute(f"COPY (FROM '{tmp_path}/made.parquet') TO '{tmp_path}/same.csv'")

    one = judge(content, "data.parquet")
    two = judge((tmp_path / "same.csv").read_bytes(), "data.csv")

    assert one.profile == two.profile
    assert (one.train_rows, one.target) == (two.train_rows, two.target)


def test_sound_pages_with_checksums_are_read(tmp_path: Path) -> None:
    rows = 50_000
    labels = [i % 2 for i in range(rows)]
    table = pa.table({"x": list(range(rows)), "t": ["a b"] * rows, "label": labels})
    path = tmp_path / "data.parquet"
    pq.write_table(
        table,
        path,
        write_page_checksum=True,
        data_page_size=4096,
        row_group_size=9_000,
        compression="none",
        use_dictionary=False,
    )
    sound = path.read_bytes()

    report = validate(path, name="data.parquet", spec=Spec(), salt="s")
    assert report.verdict == "accepted", report.reason

    at = sound.index((12_345).to_bytes(8, "little"))
    path.write_bytes(sound[:at] + (54_321).to_bytes(8, "little") + sound[at + 8 :])
    report = validate(path, name="data.parquet", spec=Spec(), salt="s")
    assert report.verdict == "rejected"
    assert "the checksum of a page of column 'x'" in report.reason


def test_a_text_beyond_a_record_is_refused(judge: Judge, tmp_path: Path) -> None:
    texts = [*["y"] * 6, "x" * 1_100_000, *["y"] * 33]
    table = pa.table({"text": texts, "label": ["a", "b"] * 20})
    pq.write_table(table, tmp_path / "drop.parquet")

    report = judge((tmp_path / "drop.parquet").read_bytes(), name="drop.parquet")

    assert report.findings[0].code == "text-too-long"
    assert "drop.parquet, row 7: column 'text'" in report.reason
    assert "1,100,000 bytes" in report.reason
