"""What sluice.yaml states of a CSV is not guessed, and the report says what was stated."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import duckdb
import pytest
from drops import Judge, codes, table

from sluice.contracts.dataset import Column, Report
from sluice.contracts.spec import Read
from sluice.validation.formats.csv import escapes
from sluice.validation.formats.csv.escapes import with_doubled_quotes
from sluice.validation.formats.parts import Part

GOOD = table()


def column(report: Report, name: str) -> Column:
    return next(column for column in report.columns if column.name == name)


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16-le", "cp037"])
def test_other_encodings_are_read_when_stated(encoding: str, judge: Judge) -> None:
    text = GOOD.replace("red", "r\xf6t")

    report = judge(text.encode(encoding), read=Read(encoding=encoding))

    assert report.verdict == "accepted", report.reason
    assert "r\xf6t" in (column(report, "colour").allowed or ())
    assert report.dialect["encoding"] == encoding
    assert report.dialect["stated"] == ["encoding"]


def test_undecodable_bytes_name_what_to_state(judge: Judge) -> None:
    report = judge(GOOD.replace("red", "r\xf6t").encode("latin-1"))

    assert "read: {encoding: latin-1}" in report.reason


def test_a_wrong_encoding_is_refused(judge: Judge) -> None:
    report = judge(GOOD.replace("red", "r\xf6t").encode(), read=Read(encoding="ascii"))

    assert report.verdict == "rejected"
    assert "this is not ASCII text" in report.reason
    assert "read.encoding" in report.reason


def test_delimiter_and_decimal_are_taken_as_stated(judge: Judge) -> None:
    lines = ["price~size~label", *(f"{i + 1},{i % 7 + 100}~{i}~{'ab'[i % 2]}" for i in range(60))]
    text = "\n".join(lines)

    assert column(judge(text, read=Read(delimiter="~")), "price").type != "number"
    stated = judge(text, read=Read(delimiter="~", decimal=","))

    assert stated.verdict == "accepted", stated.reason
    assert column(stated, "price").type == "number"
    assert column(stated, "price").max == 60.103


def test_a_decimal_comma_may_stand_in_quotes_between_commas(judge: Judge) -> None:
    lines = ["price,size,label", *(f'"{i},5",{i},{"ab"[i % 2]}' for i in range(60))]

    report = judge("\n".join(lines), read=Read(decimal=","))

    assert column(report, "price").type == "number"
    assert column(report, "price").max == 59.5


def test_a_point_is_no_decimal_where_a_comma_is_stated(judge: Judge) -> None:
    assert column(judge(GOOD), "width").type == "number"
    assert column(judge(GOOD, read=Read(decimal=",")), "width").type != "number"


@pytest.mark.parametrize("mark", ["'", "^", "#", "-"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_another_quote_is_taken_as_stated(mark: str, newline: str, judge: Judge) -> None:
    colour = f'{mark}light, {mark}{mark}re"d{newline}{mark}'
    text = table(newline=newline).replace("red", colour)

    report = judge(text, read=Read(quote=mark))

    assert report.verdict == "accepted", report.reason
    assert report.rows == 60
    assert f'light, {mark}re"d{newline}' in (column(report, "colour").allowed or ())


def test_an_unclosed_quote_of_the_stated_kind_is_refused(judge: Judge) -> None:
    lines = GOOD.splitlines()
    lines[6] = "1,2,'red,a"

    report = judge("\n".join(lines), read=Read(quote="'"))

    assert "data.csv, line 7: the quote" in report.reason


def test_a_header_is_what_it_is_stated_to_be(judge: Judge) -> None:
    words = "\n".join(f"{'xyz'[i % 3]},{'hijklmn'[i % 7]},{'ab'[i % 2]}" for i in range(61))

    guessed, stated = judge(words), judge(words, read=Read(header=False))

    assert guessed.rows == 60
    assert stated.rows == 61
    assert stated.columns[0].name == "c1"
    assert "no-header" not in codes(stated)


def test_missing_values_are_those_stated(judge: Judge) -> None:
    lines = GOOD.splitlines()
    lines[3] = "-,7,NA,a"
    text = "\n".join(lines)

    usual, stated = judge(text), judge(text, read=Read(missing=("-",)))

    assert column(usual, "colour").nullable
    assert column(usual, "width").type != "number"
    assert not column(stated, "colour").nullable
    assert "NA" in (column(stated, "colour").allowed or ())
    assert column(stated, "width").nullable
    assert column(stated, "width").type == "number"
    assert "-, … and blank space" in " ".join(f.message for f in stated.findings)


def test_no_spelling_is_missing_where_none_is_stated(judge: Judge) -> None:
    text = GOOD.replace("red", "NA")

    assert not column(judge(text, read=Read(missing=())), "colour").nullable


def test_statements_that_do_not_apply_are_warned_of(judge: Judge) -> None:
    lines = [json.dumps({"x": i, "label": "ab"[i % 2]}) for i in range(60)]

    report = judge("\n".join(lines), "data.jsonl", read=Read(delimiter=";"))

    assert report.verdict == "accepted", report.reason
    assert "read-unused" in codes(report, "warn")


ESCAPED = r"""width,name,label
1,"5\" pipe",a
2,"a \"quoted\" word, and a comma",b
3,"two
\"lines\"",a
4,"C:\\dir\\",b
5,plain \ slash,a
"""


def test_quotes_escaped_by_a_backslash_are_found_and_read(judge: Judge, tmp_path: Path) -> None:
    rows = "".join(f'{i},"v{i}",{"ab"[i % 2]}\n' for i in range(6, 60))

    report = judge(ESCAPED + rows, out=tmp_path)

    assert report.verdict == "accepted", report.reason
    assert report.dialect["escape"] == "\\"
    assert report.rows == 59
    names = duckdb.read_parquet(f"{tmp_path}/*/*.parquet").order("width").project("name").fetchall()
    assert [name for (name,) in names[:5]] == [
        '5" pipe',
        'a "quoted" word, and a comma',
        'two\n"lines"',
        "C:\\dir\\",
        "plain \\ slash",
    ]


def test_escape_is_as_stated(judge: Judge) -> None:
    rows = "".join(f'{i},"it~"s {i}",{"ab"[i % 2]}\n' for i in range(40))

    report = judge("width,name,label\n" + rows, read={"escape": "~"})

    assert report.verdict == "accepted", report.reason
    assert report.dialect["stated"] == ["escape"]


def test_escapes_are_rewritten_alike_at_any_block_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = Part(name="data.csv", path=tmp_path / "data.csv")
    part.path.write_text(ESCAPED, newline="")
    marks = {"delimiter": ",", "quote": '"', "escape": "\\"}
    whole = with_doubled_quotes(part, tmp_path, **marks).path.read_text()
    rows = list(csv.reader(io.StringIO(ESCAPED, newline=""), escapechar="\\", doublequote=False))

    assert list(csv.reader(io.StringIO(whole, newline=""))) == [
        [field.replace("plain  slash", "plain \\ slash") for field in row] for row in rows
    ]
    for size in range(1, 40):
        monkeypatch.setattr(escapes, "HEAD_BYTES", size)
        assert with_doubled_quotes(part, tmp_path, **marks).path.read_text() == whole
