"""What engines export is read as what it is, whatever it is called, or refused by what it is."""

from __future__ import annotations

import gzip
import json
import shlex
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest
from backports import zstd
from drops import Judge, codes
from exported import COLUMNS, CSV, HEADER, LINES, RECORDS, ROWS, UNPARTED, assert_whole, parquet

from sluice.contracts.dataset import Report
from sluice.contracts.spec import Policy, Spec
from sluice.contracts.spec_file import parse_spec
from sluice.validation.engine import validate


def folder_of(home: Path, files: Mapping[str, str | bytes], **stated: object) -> Report:
    """The report on a folder called `drop` with these files."""
    for name, content in files.items():
        path = home / "drop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return validate(home / "drop", name="drop", spec=Spec(**stated), salt="pepper")


FILES = {
    "part-0": CSV,
    "0000_part_00": CSV,
    "20251126_0815_00000_abcde": gzip.compress(CSV.encode()),
    "unload-0": zstd.compress(CSV.encode()),
    "x.tsv": CSV.replace(",", "\t"),
    "x.tab.zst": zstd.compress(CSV.replace(",", "\t").encode()),
    "x.psv": CSV.replace(",", "|"),
    "x.txt.gz": gzip.compress(CSV.encode()),
    "iris.data": CSV,
    "000000_0": CSV.replace(",", "\x01"),
    "x.dat": CSV.replace(",", ";"),
    "orders-1-2025-11-26-08-00-11": UNPARTED,
    "orders-2.gz": gzip.compress(UNPARTED.encode()),
    "stream.json": UNPARTED,
    "spark.json": "".join(LINES),
    "pretty.json": "\n".join(json.dumps(record, indent=1) for record in RECORDS),
    "array": json.dumps(RECORDS),
    "lines.txt": "".join(LINES),
    "packed.json": gzip.compress("".join(LINES).encode()),
}


@pytest.mark.parametrize("name", FILES)
def test_the_content_decides_what_a_file_is(name: str, judge: Judge) -> None:
    assert_whole(judge(FILES[name], name))


@pytest.mark.parametrize("name", ["data", "data.csv", "data.json", "data.snappy"])
def test_parquet_is_read_under_any_name_and_a_wrong_one_is_said(
    name: str, judge: Judge, tmp_path: Path
) -> None:
    report = judge(parquet(tmp_path), name)

    assert_whole(report)
    assert ("told-by-content" in codes(report, "note")) == (name != "data")


@pytest.mark.parametrize("folder", ["year=2025", "width=1"])
def test_the_name_of_a_folder_above_is_no_column(folder: str, tmp_path: Path) -> None:
    path = tmp_path / folder / "p.parquet"
    path.parent.mkdir()
    path.write_bytes(parquet(tmp_path))

    report = validate(path, name="p.parquet", spec=Spec(), salt="pepper")

    assert_whole(report)


def test_rows_in_a_member_of_one_object_are_read_and_the_rest_is_said(judge: Judge) -> None:
    wrapped = {"meta": {"of": [1, {"b": "]}"}]}, "rows": RECORDS, "count": 60}

    report = judge(json.dumps(wrapped, indent=1), "wrapped.json")

    assert_whole(report)
    note = next(f for f in report.findings if f.code == "rows-in-member")
    assert "the array 'rows'" in note.message
    assert "'meta', 'count'" in note.message


def test_a_place_in_a_member_is_the_line_of_the_file(judge: Judge) -> None:
    records = [*RECORDS[:9], RECORDS[9] | {"label": None}, *RECORDS[10:]]

    report = judge('{"a": 1,\n"rows":\n' + json.dumps(records, indent=0) + "}", "wrapped.json")

    # Six lines a record, below three of the object and its array.
    assert f"line {3 + 9 * 6 + 1}: the target 'label' is missing" in report.reason


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"a": RECORDS, "b": RECORDS}, ["'a', 'b'", """jq '.["a"]' wrapped.json > rows.json"""]),
        ({"a": [1, 2], "b": {"c": 1}}, ["the members 'a', 'b'", "orient='records'"]),
    ],
)
def test_an_object_without_one_array_of_records_is_refused_with_its_members(
    document: object, words: list[str], judge: Judge
) -> None:
    report = judge(json.dumps(document), "wrapped.json")

    assert report.verdict == "rejected"
    for word in words:
        assert word in report.reason


def test_a_command_is_for_a_shell_whatever_the_names(judge: Judge) -> None:
    document = {"it's a": RECORDS, "b": RECORDS}

    report = judge(json.dumps(document), "my rows.json")

    command = report.findings[0].remedy.split("`")[1]
    assert shlex.split(command) == ["jq", '.["it\'s a"]', "my rows.json", ">", "rows.json"]


def test_folders_by_date_are_parts_of_one_table(tmp_path: Path) -> None:
    report = folder_of(
        tmp_path,
        {"2025/11/26/08/a": "".join(LINES[:30]), "2025/11/26/09/b": UNPARTED},
    )

    assert_whole(report, rows=90)


def test_a_column_that_folders_name_is_refused_unless_the_files_have_it(tmp_path: Path) -> None:
    report = folder_of(tmp_path, {"year=2025/a.csv": CSV, "year=2024/b.csv": CSV})

    assert codes(report, "refuse") == {"hive-folders"}
    assert "SELECT year, * EXCLUDE (year) FROM read_csv('drop/**/*.csv'" in report.reason


def test_the_command_for_folders_that_name_a_column_makes_a_drop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reason = folder_of(tmp_path, {"year=2025/a.csv": CSV, "year=2024/b.csv": CSV}).reason
    monkeypatch.chdir(tmp_path)

    duckdb.execute(reason.split('duckdb -c "')[1].removesuffix('"'))

    made = tmp_path / "drop-rows.parquet"
    report = validate(made, name=made.name, spec=Spec(), salt="pepper")
    assert report.verdict == "accepted", report.reason
    assert [column.name for column in report.columns] == ["year", *COLUMNS]


def test_a_column_that_folders_name_and_files_have_is_the_files_own(tmp_path: Path) -> None:
    assert_whole(folder_of(tmp_path, {"height=7/a.csv": CSV}))


def test_files_of_json_need_not_be_laid_out_alike(tmp_path: Path) -> None:
    report = folder_of(
        tmp_path, {"a.jsonl": "".join(LINES), "b.json": json.dumps(RECORDS), "c": UNPARTED}
    )

    assert_whole(report, rows=180)


def test_a_parquet_part_without_a_byte_is_said(tmp_path: Path) -> None:
    report = folder_of(tmp_path, {"a.parquet": parquet(tmp_path), "b.parquet": b""})

    assert_whole(report)
    assert "empty-parts" in codes(report, "note")


EMPTY = {
    "a.csv, one without a byte, one with a header": {"b.csv": "", "c.csv": HEADER},
    "a.csv.gz": {"b.csv.gz": gzip.compress(b"")},
    "a.json": {"b.json": "", "c.json": "[]"},
}


@pytest.mark.parametrize("what", EMPTY)
def test_parts_without_rows_are_said(what: str, tmp_path: Path) -> None:
    first = what.partition(",")[0]
    content = "".join(LINES) if "json" in first else CSV
    full = gzip.compress(content.encode()) if first.endswith(".gz") else content.encode()

    report = folder_of(tmp_path, {first: full, **EMPTY[what]})

    assert_whole(report)
    note = next(f for f in report.findings if f.code == "empty-parts")
    assert all(name in note.message for name in EMPTY[what])


def test_the_spelling_of_databases_for_nothing_is_missing(judge: Judge) -> None:
    rows = [
        row.replace(row.split(",")[1], r"\N", 1) if i % 7 == 3 else row
        for i, row in enumerate(ROWS)
    ]

    report = judge(HEADER + "".join(rows), "outfile.csv", target="label")

    assert_whole(report)
    assert next(c for c in report.columns if c.name == "height").nullable


def test_a_stated_spelling_leaves_the_databases_one_a_text() -> None:
    assert parse_spec("read: {missing: ['\\N']}", Policy()).read.missing == (r"\N",)
