"""Rows that do not parse: refused and listed, or put aside where sluice.yaml allows a few."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from drops import Judge, codes, table

from sluice.contracts.errors import SpecRefused
from sluice.contracts.spec import Policy, Spec
from sluice.contracts.spec_file import parse_spec

BAD = {13: "0.5,7,red", 40: "0.5,7,red,a,b", 41: "0.5", 77: '0.5,7,"re"d,a'}
"""Lines that do not parse, by their number."""


@pytest.fixture
def content() -> str:
    lines = table(rows=100).splitlines()
    for line, text in BAD.items():
        lines.insert(line - 1, text)
    return "\n".join(lines) + "\n"


def test_the_first_rows_are_listed_with_line_text_and_reason(judge: Judge, content: str) -> None:
    report = judge(content.replace(BAD[77] + "\n", ""))

    assert report.verdict == "rejected"
    assert "line 13: 3 fields where the header has 4: '0.5,7,red'" in report.reason
    assert "2 more such, on lines 40, 41" in report.reason
    assert "bad_rows: {quarantine_up_to: 3%}" in report.reason
    listed = [f for f in report.findings if f.code == "ragged-row"]
    assert [f.line for f in listed] == [13, 40, 41]
    assert "5 fields where the header has 4: '0.5,7,red,a,b'" in listed[1].message


def test_at_most_twenty_rows_are_listed_and_all_are_counted(judge: Judge) -> None:
    lines = table(rows=100).splitlines()
    lines[30:60] = ["1,2"] * 30

    report = judge("\n".join(lines))

    assert len([f for f in report.findings if f.code == "ragged-row"]) == 20
    assert "29 more such" in report.reason


def test_allowed_rows_are_put_aside_and_counted(judge: Judge, content: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    content = content.replace(BAD[77] + "\n", "")
    whole = judge(table(rows=100))

    report = judge(content, out=out, bad_rows={"quarantine_up_to": "3%"})

    assert report.verdict == "accepted", report.reason
    assert (report.rows, report.quarantined_rows) == (100, 3)
    assert report.rows + report.quarantined_rows == content.count("\n") - 1
    assert report.profile == whole.profile
    assert "rows-quarantined" in codes(report, "warn")
    rows = [json.loads(line) for line in (out / "rows.jsonl").read_text().splitlines()]
    assert [(row["file"], row["line"], row["text"]) for row in rows] == [
        ("data.csv", line, BAD[line]) for line in (13, 40, 41)
    ]
    written = duckdb.read_parquet(f"{out}/*/*.parquet").aggregate("count(*)").fetchall()
    assert written == [(100,)]


def test_one_row_more_than_allowed_refuses_the_drop(judge: Judge, content: str) -> None:
    report = judge(content.replace(BAD[77] + "\n", ""), bad_rows={"quarantine_up_to": 0.02})

    assert report.verdict == "rejected"
    assert "Of 103 rows, sluice.yaml lets 2.00% be quarantined" in report.reason


def test_lines_of_later_findings_are_those_of_the_file(judge: Judge, content: str) -> None:
    lines = content.replace(BAD[77] + "\n", "").splitlines()
    lines[60] = "0.5,many,red,a"

    report = judge("\n".join(lines), bad_rows={"quarantine_up_to": 0.1})

    mixed = next(f for f in report.findings if f.code == "mixed-values")
    assert mixed.line == 61


def test_parts_of_a_folder_are_told_apart(judge_folder: Judge) -> None:
    first, second = table(rows=40).splitlines(), table(rows=40, seed=1).splitlines()
    first.insert(4, "1,2")
    second.insert(8, "1,2,3,4,5")

    report = judge_folder(
        {"a.csv": "\n".join(first), "b.csv": "\n".join(second)}, bad_rows={"quarantine_up_to": 0.1}
    )

    assert (report.rows, report.quarantined_rows) == (80, 2)
    places = [f.message.partition(":")[0] for f in report.findings if f.code == "ragged-row"]
    assert places == ["drop/a.csv, line 5", "drop/b.csv, line 9"]


def test_a_quote_that_never_closes_is_never_put_aside(judge: Judge, content: str) -> None:
    report = judge(content, bad_rows={"quarantine_up_to": 0.5})

    assert report.verdict == "rejected"
    assert "line 77: the quote that opens a field here is never properly closed" in report.reason


@pytest.mark.parametrize("share", ["1", "a few", "-1%", "101%", "true"])
def test_what_is_no_share_is_refused(share: str) -> None:
    text = f"bad_rows: {{quarantine_up_to: {share}}}"
    with pytest.raises(SpecRefused, match=r"bad_rows\.quarantine_up_to"):
        parse_spec(text, Policy(quarantine_up_to=0.5))


def test_policy_bounds_the_share() -> None:
    assert (
        parse_spec("bad_rows: {quarantine_up_to: 0.1%}", Policy()).bad_rows
        == Spec(bad_rows={"quarantine_up_to": 0.001}).bad_rows
    )
    with pytest.raises(SpecRefused, match=r"0\.2; this stack's policy allows at most 0\.05"):
        parse_spec("bad_rows: {quarantine_up_to: 20%}", Policy())


def test_stated_types_hold_where_rows_are_put_aside(judge: Judge) -> None:
    rows = [f"{i},{i % 9 + 1},{'ab'[i % 2]}" for i in range(1, 400)]
    rows[300] = "301,NA,a"  # behind what is looked at first, so all rows are asked once more
    rows.insert(10, "1,2")

    report = judge(
        "\n".join(["n,code,label", *rows]),
        bad_rows={"quarantine_up_to": 0.01},
        schema={"columns": {"code": {"type": "category"}}},
    )

    assert (report.verdict, report.quarantined_rows) == ("accepted", 1), report.reason
    assert next(column.type for column in report.columns if column.name == "code") == "category"
