"""The inputs of the benchmark are what it says of them: answers are judged by that."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from benchmarks.validate.files import FORMATS, ROWS_A_REPEAT, sample, wide


def test_the_same_recipe_makes_the_same_file(tmp_path: Path) -> None:
    for form in ("csv", "jsonl"):
        first, again = (sample(form, tmp_path / name).path.read_bytes() for name in ("1", "2"))
        assert first == again


@pytest.mark.parametrize("form", FORMATS)
def test_a_format_holds_the_same_rows_as_parquet(form: str, tmp_path: Path) -> None:
    file, table = sample(form, tmp_path), sample("parquet", tmp_path)
    read = {
        "csv": "read_csv($1, all_varchar = true)",
        "csv.gz": "read_csv($1, all_varchar = true)",
        "jsonl": "read_json($1)",
        "parquet": "read_parquet($1)",
    }[form]
    query = "SELECT COLUMNS(*)::VARCHAR FROM {} ORDER BY id::BIGINT"
    rows = duckdb.execute(query.format(read), [str(file.path)]).fetchall()
    assert rows == duckdb.execute(query.format("read_parquet($1)"), [str(table.path)]).fetchall()
    assert len(rows) == file.rows


def test_as_many_rows_repeat_as_is_said(tmp_path: Path) -> None:
    file = wide(5, 4 * ROWS_A_REPEAT, tmp_path)
    # Five columns of wide enough ranges: no two rows are equal by chance.
    different = duckdb.execute("SELECT DISTINCT * FROM read_csv($1)", [str(file.path)]).fetchall()
    assert file.rows - len(different) == file.repeats == 4


def test_a_table_is_as_wide_as_asked_for(tmp_path: Path) -> None:
    file = wide(100, 30, tmp_path)
    lines = file.path.read_text().splitlines()
    assert len(lines) == 31
    assert {line.count(",") for line in lines} == {99}
