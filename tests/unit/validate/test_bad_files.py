"""A file that cannot be used is refused with a sentence that names what, where and the remedy."""

from __future__ import annotations

import codecs
import random
from pathlib import Path

import duckdb
import pytest
from drops import Judge, table

from sluice.contracts.spec import Spec
from sluice.validation.engine import validate
from sluice.validation.refusals import Refused
from sluice.validation.rows.session import session

GOOD = table()
LINES = GOOD.splitlines(keepends=True)
HEADER, BODY = LINES[0], LINES[1:]


def with_line(number: int, text: str) -> str:
    """The sound file with another text on a line, counted from 1, the header included."""
    return "".join([*LINES[: number - 1], text + "\n", *LINES[number:]])


def with_header(text: str) -> str:
    return text + "\n" + "".join(BODY)


def with_target(values: list[str]) -> str:
    return "x,y2,label\n" + "".join(f"{i % 7},{i % 5},{v}\n" for i, v in enumerate(values))


BAD: dict[str, tuple[str | bytes, str, list[str]]] = {
    # what it is: (content, the name it was dropped under, what the reason must say)
    "empty file": (b"", "data.csv", ["data.csv", "empty (0 bytes)", "header"]),
    "only blank space": (b" \n\n", "data.csv", ["data.csv", "blank space"]),
    "only a byte order mark": (codecs.BOM_UTF8, "data.csv", ["data.csv", "blank"]),
    "header only": (HEADER, "data.csv", ["data.csv", "a header and no row"]),
    "header without line end": (HEADER.strip(), "data.csv", ["a header and no row"]),
    "one row": ("".join(LINES[:2]), "data.csv", ["data.csv", "only one row", "at least 20"]),
    "nineteen rows": ("".join(LINES[:20]), "data.csv", ["only 19 rows", "at least 20"]),
    "missing target": (
        with_line(7, "0.5,1,red,"),
        "data.csv",
        ["data.csv, line 7", "'label'", "missing"],
    ),
    "missing target in several rows": (
        "".join([*LINES[:9], "1,2,red,\n", "1,2,red,NA\n", *LINES[9:]]),
        "data.csv",
        ["data.csv, line 10", "'label'", "2 of 62 rows"],
    ),
    "target nowhere": (with_target([""] * 40), "data.csv", ["line 2", "'label'", "every row"]),
    "constant target": (
        with_target(["a"] * 40),
        "data.csv",
        ["data.csv", "'label'", "same value", "sluice.yaml"],
    ),
    "short row": (
        with_line(5, "1,2,red"),
        "data.csv",
        ["data.csv, line 5", "3 fields", "header has 4", "as many fields"],
    ),
    "long row": (with_line(5, "1,2,red,a,b"), "data.csv", ["data.csv, line 5", "5 fields"]),
    "short row after a quoted line end": (
        "".join([*LINES[:3], '1,2,"re\nd",a\n', "1,2\n", *LINES[3:]]),
        "data.csv",
        ["data.csv, line 6", "2 fields"],
    ),
    "ragged CRLF": (
        with_line(5, "1,2,red").replace("\n", "\r\n"),
        "data.csv",
        ["data.csv, line 5", "3 fields"],
    ),
    "footer": (GOOD + "60 rows exported\n", "data.csv", ["data.csv, line 62", "1 field"]),
    "line of spaces": (with_line(9, "   "), "data.csv", ["data.csv, line 9", "1 field"]),
    "two columns of one name": (
        with_header("width,width,colour,label"),
        "data.csv",
        ["data.csv, line 1", "columns 1 and 2", "'width'", "Rename"],
    ),
    "two names that differ in case": (
        with_header("width,Width,colour,label"),
        "data.csv",
        ["data.csv, line 1", "'Width'", "case", "Rename"],
    ),
    "two names that look the same": (
        with_header("caf\u00e9,cafe\u0301,colour,label"),
        "data.csv",
        ["columns 1 and 2"],
    ),
    "empty column name": (with_header("width,,colour,label"), "data.csv", ["line 1", "column 2"]),
    "control character in a name": (
        with_header("wi\x07dth,height,colour,label"),
        "data.csv",
        ["line 1", "column 1", "'wi\\x07dth'", "printable"],
    ),
    "latin-1": (
        with_line(4, "1,2,r\xf6t,a").encode("latin-1"),
        "data.csv",
        ["data.csv, line 4", "byte ", "0xF6", "UTF-8"],
    ),
    "NUL byte": (with_line(6, "1,2,r\0t,a"), "data.csv", ["line 6", "NUL", "UTF-8"]),
    "UTF-16 without its mark": (GOOD.encode("utf-16-le"), "data.csv", ["line 1", "NUL"]),
    "UTF-16 cut off": (
        codecs.BOM_UTF16_LE + GOOD.encode("utf-16-le")[:-1],
        "data.csv",
        ["data.csv, line", "UTF-16"],
    ),
    "random bytes": (random.Random(1).randbytes(5000), "data.csv", ["data.csv, line 1"]),
    "PDF called .csv": (b"%PDF-1.7\n%\xe2\xe3\n" + b"x" * 900, "data.csv", ["a PDF", "CSV"]),
    "ZIP called .csv": (b"PK\x03\x04" + b"\0" * 99, "data.csv", ["ZIP", "Excel"]),
    "gzip called .csv": (b"\x1f\x8b\x08" + b"\0" * 99, "data.csv", ["gzip"]),
    "Parquet called .csv": (b"PAR1" + b"\0" * 99, "data.csv", ["a Parquet file"]),
    "JSON called .csv": (b'{"a": 1}\n' * 30, "data.csv", ["line 1", "JSON"]),
    "web page called .csv": (b"<!DOCTYPE html><html></html>", "data.csv", ["web page"]),
    "CSV called .parquet": (GOOD, "data.parquet", ["data.parquet", "no Parquet file"]),
    "unknown extension": (GOOD, "data.docx", ["data.docx", "'.docx'", ".csv and .parquet"]),
    "quote never closed, last line": (
        GOOD + '1,2,"red,a\n',
        "data.csv",
        ["data.csv, line 62", "quote", "never properly closed"],
    ),
    "quote never closed, early": (
        with_line(3, '1,2,"red,a'),
        "data.csv",
        ["data.csv, line 3", "quote"],
    ),
    "quote never closed before other quotes": (
        "".join([*LINES[:2], '1,2,"red,a\n', *LINES[2:8], '1,2,"blue",b\n', *LINES[8:]]),
        "data.csv",
        ["data.csv, line 3", "quote"],
    ),
    "quote closed too early": (with_line(8, '1,2,"re"d,a'), "data.csv", ["line 8", "quote"]),
    "an escape here, a doubled quote there": (
        with_line(8, '1,2,"r\\"e""d",a'),
        "data.csv",
        ["line 8", "under `read.escape`"],
    ),
    "carriage return alone": (with_line(6, "1,2,r\red,a"), "data.csv", ["line 6", "carriage"]),
    "endless line": (HEADER + "1," * 3_000_000, "data.csv", ["data.csv, line 2"]),
    "endless line in quotes": (
        HEADER + '1,2,"' + "x" * 6_000_000 + '",a\n' + "".join(BODY),
        "data.csv",
        ["data.csv, line 2", "longer than 1 MiB"],
    ),
    "too many columns": (
        ",".join(f"c{i}" for i in range(10_001)) + "\n",
        "data.csv",
        ["line 1", "10,001 columns", "at most 10,000"],
    ),
    "100,000 columns": (",".join(f"c{i}" for i in range(100_000)), "data.csv", ["100,000"]),
    "one column": ("label\n" + "a\nb\n" * 30, "data.csv", ["line 1", "only one column"]),
    "class with a single row": (
        with_target(["a"] * 20 + ["b"] * 20 + ["c"]),
        "data.csv",
        ["'label'", "single row", "'c'"],
    ),
    "all rows equal but for two": (
        "x,label\n" + "1,a\n" * 40 + "1,b\n" * 2,
        "data.csv",
        ["data.csv"],
    ),
    "no feature": (
        "id,label\n" + "".join(f"{i * 17},{'ab'[i % 2]}\n" for i in range(60)),
        "data.csv",
        ["beside the target 'label'", "'id' (identifier)"],
    ),
    "a date as the target": (
        with_target([f"2024-01-{i % 28 + 1:02d}" for i in range(60)]),
        "data.csv",
        ["'label'", "dates"],
    ),
    "names as the target": (
        with_target([f"person{i}" for i in range(1200)]),
        "data.csv",
        ["'label'", "1,200 different values", "at most 1,000"],
    ),
    "one word among the target's numbers": (
        with_target([str(i * 1.5) for i in range(50)] + ["unknown"]),
        "data.csv",
        ["data.csv, line 52", "'label'", "'unknown'", "Correct the 1 value"],
    ),
    "comment lines only": ("# made by hand\n# today\n", "data.csv", ["data.csv, line 1"]),
    "empty Parquet": (b"PAR1", "data.parquet", ["data.parquet", "cut off"]),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_file_is_refused_with_place_and_remedy(what: str, judge: Judge) -> None:
    content, name, sentences = BAD[what]

    report = judge(content, name)

    assert report.verdict == "rejected", report.reason
    for sentence in sentences:
        assert sentence in report.reason
    refusal = report.findings[0]
    assert refusal.severity == "refuse"
    assert refusal.remedy
    assert report.reason == f"{refusal.message} {refusal.remedy}"
    if "line " in refusal.message.split(":")[0]:
        assert refusal.line is not None


@pytest.mark.parametrize("what", BAD)
def test_refused_drop_leaves_no_dataset(what: str, judge: Judge, tmp_path: Path) -> None:
    content, name, _ = BAD[what]
    out = tmp_path / "out"

    judge(content, name, out=out)

    assert not out.exists()


def test_ragged_rows_are_counted_and_listed(judge: Judge) -> None:
    lines = [*LINES]
    for number in (5, 9, 20):
        lines[number - 1] = "1,2\n"

    reason = judge("".join(lines)).reason

    assert "line 5" in reason
    assert "2 more such, on lines 9, 20" in reason


def test_target_of_sluice_yaml_that_is_not_there_gets_a_hint(judge: Judge) -> None:
    report = judge(GOOD, target="colur")

    assert report.verdict == "rejected"
    assert "'colur'" in report.reason
    assert "Did you mean `target: colour`" in report.reason


def test_regression_on_words_is_refused(judge: Judge) -> None:
    report = judge(GOOD, task="regression")

    assert report.verdict == "rejected"
    assert "'label' does not hold numbers" in report.reason


def test_memory_that_is_too_small_ends_as_a_refusal(tmp_path: Path) -> None:
    with (
        pytest.raises(Refused, match=r"big\.csv: the drop is larger than .* can hold: 1 MB"),
        session("big.csv", 1, [], tmp_path) as con,
    ):
        con.execute("SELECT list(range) FROM range(100_000_000)").fetchall()


def test_wrong_sql_is_a_bug_not_bad_data(tmp_path: Path) -> None:
    with pytest.raises(duckdb.BinderException), session("big.csv", 256, [], tmp_path) as con:
        con.execute("SELECT nothing").fetchall()


def test_engine_cannot_leave_its_folders(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "outside.csv").write_text("a,b\n1,2\n")
    with (
        pytest.raises(duckdb.PermissionException),
        session("big.csv", 256, [], tmp_path / "inside") as con,
    ):
        con.execute(f"FROM read_csv('{tmp_path}/outside.csv')").fetchall()


def test_folder_of_parts_is_one_drop(tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    (folder / "b.csv").write_text(HEADER + "".join(BODY[30:]))
    (folder / "a.csv").write_text(HEADER + "".join(BODY[:30]))
    (folder / "_SUCCESS").touch()
    (folder / ".hidden.txt").touch()

    report = validate(folder, name="parts", spec=Spec(), salt="s")

    assert report.verdict == "accepted", report.reason
    assert report.rows == 60


FOLDERS = {
    "other columns": ({"a.csv": GOOD, "b.csv": with_header("w,h,c,label")}, "parts/b.csv, line 1"),
    "another delimiter": ({"a.csv": GOOD, "b.csv": GOOD.replace(",", ";")}, "parts/b.csv, line 1"),
    "two formats": ({"a.csv": GOOD, "b.parquet": "PAR1"}, "different formats"),
    "a stranger": ({"a.csv": GOOD, "notes.txt": "hello"}, "parts/notes.txt"),
    "empty parts only": ({"a.csv": "", "b.csv": ""}, "parts/a.csv"),
    "parts with a header only": ({"a.csv": HEADER, "b.csv": HEADER}, "parts/a.csv"),
    "a short row in the second": (
        {"a.csv": GOOD, "b.csv": HEADER + "1,2\n"},
        "parts/b.csv, line 2",
    ),
    "a missing target in the second": (
        {"a.csv": GOOD, "b.csv": HEADER + "1,2,red,\n"},
        "parts/b.csv, line 2",
    ),
    "nothing": ({"_SUCCESS": ""}, "no data file"),
}


@pytest.mark.parametrize("what", FOLDERS)
def test_bad_folder_is_refused_naming_the_part(what: str, tmp_path: Path) -> None:
    files, sentence = FOLDERS[what]
    folder = tmp_path / "parts"
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_text(content)

    report = validate(folder, name="parts", spec=Spec(), salt="s")

    assert report.verdict == "rejected"
    assert sentence in report.reason
