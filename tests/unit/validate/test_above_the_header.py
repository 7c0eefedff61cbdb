"""What stands above a header: comments and Excel's `sep=` are read over, a title is told."""

from __future__ import annotations

import gzip

import pytest
from drops import Judge, codes
from exported import CSV, HEADER, ROWS, assert_whole

SEMICOLONS = CSV.replace(",", ";")


@pytest.mark.parametrize(
    "content",
    [
        "# station: north\n# exported 2025-11-26\n" + CSV,
        "#one\n\n" + CSV,
        "# as, wide, as, rows\n" + CSV,
        "\ufeff# with a mark\r\n" + CSV.replace("\n", "\r\n"),
        "sep=;\n" + SEMICOLONS,
        '"sep=;"\r\n' + SEMICOLONS.replace("\n", "\r\n"),
        "\ufeffSEP=;\n" + SEMICOLONS,
        "sep=\t\n# both\n" + CSV.replace(",", "\t"),
    ],
)
def test_comments_and_excels_line_are_read_over_and_said(content: str, judge: Judge) -> None:
    report = judge(content)

    assert_whole(report)
    note = next(f for f in report.findings if f.code == "lines-read-over")
    assert note.line == 1


def test_excels_line_settles_the_delimiter(judge: Judge) -> None:
    bars = [row.replace(",", ";|") for row in ROWS]  # either parts every line alike

    report = judge("sep=|\n" + HEADER.replace(",", ";|") + "".join(bars))

    assert report.dialect["delimiter"] == "|"
    assert "delimiter-doubtful" not in codes(report)


def test_lines_below_are_counted_with_those_that_are_read_over(judge: Judge) -> None:
    report = judge("# one\n# two\n" + CSV + "1,2\n")

    assert report.reason.startswith("data.csv, line 64: 2 fields")


@pytest.mark.parametrize(
    "header", ["#width,height,colour,label\n", "##v1\n#width,height,c,label\n"]
)
def test_a_header_that_begins_with_a_number_sign_is_one(header: str, judge: Judge) -> None:
    report = judge(header + "".join(ROWS))

    assert report.verdict == "accepted", report.reason
    assert report.columns[0].name == "#width"


def test_values_that_begin_with_a_number_sign_are_values(judge: Judge) -> None:
    rows = [f"#{i:06x},{i % 7},{'ab'[i % 2]}\n" for i in range(60)]

    report = judge("".join(rows))

    assert report.rows == 60


@pytest.mark.parametrize(
    ("above", "line"),
    [
        ("Sales 2026\n", 2),
        ("Sales 2026\n\n", 3),
        ("Sales 2026\nby region, in EUR\n\n", 4),
        ("Sales,,,\n,,,\n", 3),
        ("Sales,2026,,\n", 2),
    ],
)
def test_a_title_is_told_with_the_command_that_takes_it_off(
    above: str, line: int, judge: Judge
) -> None:
    report = judge(above + CSV, "sales.csv")

    assert codes(report, "refuse") == {"title-line"}
    assert report.reason.startswith("sales.csv, line 1: 'Sales")
    assert f"`tail -n +{line} sales.csv > table.csv`" in report.reason


def test_the_command_expands_what_is_compressed(judge: Judge) -> None:
    report = judge(gzip.compress(("Sales 2026\n" + CSV).encode()), "sales.csv.gz")

    assert "`gzip -dc sales.csv.gz | tail -n +2 > table.csv`" in report.reason


def test_a_header_whose_last_names_are_absent_is_no_title(judge: Judge) -> None:
    report = judge("width,height,,\n" + "".join(ROWS))

    assert codes(report, "refuse") == {"empty-column-name"}
