"""Columns that only count or name the rows: indexes of pandas, row names of R."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest
from drops import Judge, codes, table
from exported import COLUMNS, CSV, HEADER, ROWS, assert_whole
from workbooks import sheets

from sluice.contracts.dataset import Schema
from sluice.contracts.spec import Spec
from sluice.validation.engine import validate


def with_first(values: Sequence[object], name: str = "", rows: Sequence[str] = ROWS) -> str:
    """The table with a column before the others."""
    lines = [f"{value},{row}" for value, row in zip(values, rows, strict=True)]
    return f"{name},{HEADER}" + "".join(lines)


def parquet_with(folder: Path, index: Sequence[object], first: str, last: str = "") -> bytes:
    """The table as pandas writes it, with a column before or behind the others, or both."""
    (folder / "t.csv").write_text(CSV)
    path = folder / "t.parquet"
    noted = json.dumps({"index_columns": index, "pandas_version": "3.1.1"})
    before = f"row_number() OVER () AS {first}, " if first else ""
    behind = f", row_number() OVER () AS {last}" if last else ""
    source = duckdb.read_csv(str(folder / "t.csv"))
    made = source.project(f"{before}*{behind}")
    duckdb.sql(f"COPY made TO '{path}' (FORMAT parquet, KV_METADATA {{pandas: '{noted}'}})")
    assert made.columns
    return path.read_bytes()


@pytest.mark.parametrize("name", ["", '""', "Unnamed: 0", "Unnamed: 0.1"])
@pytest.mark.parametrize("begin", [0, 1])
def test_a_first_column_that_counts_the_rows_is_left_out_and_said(
    name: str, begin: int, judge: Judge
) -> None:
    report = judge(with_first(range(begin, begin + 60), name))

    assert_whole(report)
    assert "index-left-out" in codes(report, "note")


def test_a_column_that_is_left_out_moves_no_row_and_is_in_no_schema(
    judge: Judge, tmp_path: Path
) -> None:
    judge(CSV, out=tmp_path / "plain")
    judge(with_first(range(60)), out=tmp_path / "counted")

    for side in ("train", "holdout"):
        plain, counted = (
            duckdb.read_parquet(str(tmp_path / kind / side / "part-0.parquet")).fetchall()
            for kind in ("plain", "counted")
        )
        assert plain == counted
    schema = Schema.model_validate_json((tmp_path / "counted/schema.json").read_text())
    assert [column.name for column in schema.columns] == list(COLUMNS)


@pytest.mark.parametrize("second", [range(30, 60), range(30)])
def test_parts_may_count_on_or_begin_anew(second: range, tmp_path: Path) -> None:
    folder = tmp_path / "drop"
    folder.mkdir()
    (folder / "a.csv").write_text(with_first(range(30), rows=ROWS[:30]))
    (folder / "b.csv").write_text(with_first(second, rows=ROWS[30:]))
    (folder / "c.csv").write_text("," + HEADER)

    assert_whole(validate(folder, name="drop", spec=Spec(), salt="pepper"))


def test_rows_that_are_put_aside_leave_a_gap_in_the_count(judge: Judge) -> None:
    content = with_first(range(60)).replace("\n9,", "\n9,1,", 1)

    report = judge(content, bad_rows={"quarantine_up_to": 0.05})

    assert_whole(report, rows=59)


def test_places_of_rows_are_those_of_the_file(judge: Judge) -> None:
    rows = [*ROWS[:9], ROWS[9][:-2] + "\n", *ROWS[10:]]

    report = judge(with_first(range(60), rows=rows))

    assert report.reason.startswith("data.csv, line 11: the target 'label' is missing here")


def test_a_first_column_without_a_name_that_counts_nothing_is_refused(judge: Judge) -> None:
    report = judge(with_first([i * i for i in range(60)]))

    assert codes(report, "refuse") == {"empty-column-name"}


def test_a_count_that_ends_behind_the_first_rows_is_refused_with_its_line(judge: Judge) -> None:
    rows = table(600).splitlines(keepends=True)[1:]

    report = judge(with_first([i if i < 500 else 7 for i in range(600)], rows=rows))

    assert codes(report, "refuse") == {"empty-column-name"}
    assert "data.csv, line 502" in report.reason
    assert "index=False" in report.reason


def test_a_column_called_unnamed_that_counts_nothing_stays_a_column(judge: Judge) -> None:
    report = judge(with_first([i % 7 for i in range(60)], "Unnamed: 0"))

    assert report.verdict == "accepted", report.reason
    assert "Unnamed: 0" in {column.name for column in report.columns}


def r_table(mark: str = '"') -> str:
    """As write.table writes it: the names of rows have no name in the header."""
    lines = [f"{mark}{i}{mark},{row}" for i, row in enumerate(ROWS, start=1)]
    header = ",".join(f"{mark}{name}{mark}" for name in HEADER.strip().split(","))
    return header + "\n" + "".join(lines)


def test_row_names_of_r_are_left_out_and_said(judge: Judge) -> None:
    report = judge(r_table())

    assert_whole(report)
    note = next(f for f in report.findings if f.code == "row-names-left-out")
    assert "write.csv(d, row.names = FALSE)" in (note.remedy or "")


def test_a_field_more_in_every_record_is_one_sentence_where_it_may_be_anything(
    judge: Judge,
) -> None:
    report = judge(r_table(mark=""))

    assert [f.code for f in report.findings if f.severity == "refuse"] == ["ragged-row"]
    assert "Every record has one field more than the header" in report.reason
    assert "row.names = FALSE" in report.reason


def test_an_index_of_pandas_in_parquet_is_no_default_target(judge: Judge, tmp_path: Path) -> None:
    content = parquet_with(tmp_path, ["day"], "", "day")

    report = judge(content, "data.parquet")
    named = judge(content, "data.parquet", target="day")

    assert report.target is not None
    assert report.target.name == "label"
    assert "index-column" in codes(report, "note")
    assert {column.name for column in report.columns} == {*COLUMNS, "day"}
    assert "'day'" in (named.reason if named.target is None else f"'{named.target.name}'")


@pytest.mark.parametrize("index", [["__index_level_0__"], [{"kind": "range"}], None])
def test_an_index_without_a_name_in_parquet_is_left_out_and_said(
    index: Sequence[object], judge: Judge, tmp_path: Path
) -> None:
    report = judge(parquet_with(tmp_path, index, "", "__index_level_0__"), "data.parquet")

    assert_whole(report)
    assert "index-left-out" in codes(report, "note")


def test_an_index_before_the_other_columns_shifts_none_of_them(
    judge: Judge, tmp_path: Path
) -> None:
    judge(CSV, out=tmp_path / "plain")
    content = parquet_with(tmp_path, [], "__index_level_0__", "__index_level_1__")

    report = judge(content, "data.parquet", out=tmp_path / "indexed")

    assert_whole(report)
    plain, indexed = (
        duckdb.read_parquet(str(tmp_path / kind / "train/part-0.parquet")).fetchall()
        for kind in ("plain", "indexed")
    )
    assert plain == indexed


def test_an_index_of_pandas_in_a_workbook_is_refused_with_what_writes_none(judge: Judge) -> None:
    cells = [row.strip().split(",") for row in ROWS]
    body = [[n, float(w), int(h), c, label] for n, (w, h, c, label) in enumerate(cells)]

    report = judge(sheets(Data=[[None, *HEADER.strip().split(",")], *body]), "data.xlsx")

    assert codes(report, "refuse") == {"beside-the-table"}
    assert "`df.to_excel(path, index=False)`" in report.reason
