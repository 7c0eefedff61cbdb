"""A workbook is taken as the table that its one sheet holds, or refused with its row or cell."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pytest
import python_calamine
import xlsxwriter
from drops import Judge, codes, table
from workbooks import book, by_hand, cell, row, sheets

from sluice.contracts.dataset import Report
from sluice.contracts.spec import Policy, Read, Spec
from sluice.contracts.spec_file import parse_spec
from sluice.validation.engine import validate
from sluice.validation.formats.compressed import Limits
from sluice.validation.formats.excel.book import book_of
from sluice.validation.formats.excel.cells import Cells
from sluice.validation.formats.excel.number_formats import number_format
from sluice.validation.formats.excel.package import MAX_DIRECTORY_BYTES, open_package
from sluice.validation.formats.excel.shared_strings import shared_strings
from sluice.validation.formats.excel.values import Values
from sluice.validation.formats.parts import Part
from sluice.validation.refusals import Refused

NAMES = ["width", "big", "zip", "sold", "day", "at", "note", "label"]
DAYS = {"yyyy-mm-dd": 4, "d.m.yy h:mm:ss": 5}
ROWS: list[list[object]] = [
    [
        i * 0.1 + 0.2,
        2**40 + i,
        f"{i % 7:05d}",
        bool(i % 3),
        dt.date(2024, 1, i % 28 + 1),
        dt.datetime(2024, 1, 1, i % 24, i, 1, 250_000),  # noqa: DTZ001
        None if i % 2 else 'say "hi",\nor <not> _x000D_ \U0001f600',
        "ab"[i % 2],
    ]
    for i in range(60)
]
TYPES = {
    "width": "number",
    "big": "integer",
    "zip": "category",
    "sold": "boolean",
    "day": "date",
    "at": "timestamp",
    "note": "category",
    "label": "category",
}
PLAIN = [line.split(",") for line in table().splitlines()]
NUMBERS = [PLAIN[0], *([float(w), int(h), c, t] for w, h, c, t in PLAIN[1:])]


def write(workbook: xlsxwriter.Workbook, rows: Iterable[Iterable[object]]) -> None:
    formats = [workbook.add_format({"num_format": code}) for code in DAYS]
    sheet = workbook.add_worksheet("Data")
    for i, values in enumerate([NAMES, *rows]):
        for j, value in enumerate(values):
            kind = formats[isinstance(value, dt.datetime)] if isinstance(value, dt.date) else None
            sheet.write(i, j, value, kind)


GOOD = book(lambda workbook: write(workbook, ROWS))


def changed(place: int, values: dict[int, object]) -> list[list[object]]:
    """The plain table with other values in one row; 1 is the header, as in Excel."""
    rows = [list(r) for r in NUMBERS]
    for column, value in values.items():
        rows[place - 1][column] = value
    return rows


def hand(rows: list[list[object]] = NUMBERS) -> str:
    return "".join(row(*map(cell, values)) for values in rows)


def types(report: Report) -> dict[str, str]:
    return {column.name: column.type for column in report.columns}


def test_kinds_of_cells_become_types_of_columns(judge: Judge) -> None:
    report = judge(GOOD, "data.xlsx")

    assert report.verdict == "accepted", report.reason
    assert report.rows == 60
    assert types(report) == TYPES
    assert report.dialect["sheet"] == "Data"
    assert report.dialect["header"] is True
    assert not codes(report, "warn") - {"leak", "guess-given-away", "time-order"}


@pytest.mark.parametrize("options", [{}, {"date_1904": True}, {"constant_memory": True}])
def test_values_are_stored_as_the_sheet_holds_them(
    options: dict[str, bool], judge: Judge, tmp_path: Path
) -> None:
    content = book(lambda workbook: write(workbook, ROWS), **options)

    report = judge(content, "data.xlsx", out=tmp_path / "out")

    assert report.verdict == "accepted", report.reason
    written = duckdb.read_parquet(f"{tmp_path}/out/*/*.parquet", hive_partitioning=False)
    stored = written.order("big").fetchall()
    expected = [[round(r[0], 15), *r[1:]] for r in ROWS]
    assert [[round(r[0], 15), *r[1:]] for r in map(list, stored)] == expected


def test_numbers_are_digit_for_digit_and_whole_floats_integers(
    judge: Judge, tmp_path: Path
) -> None:
    digits = ["5.0", "0.30000000000000004", "1E-3", "-0", "9007199254740993", "1e20", ".5", "+7"]
    data = "".join(
        row(f"<c><v>{digits[i % 8]}</v></c>", cell(i), cell("ab"[i % 2])) for i in range(64)
    )

    with open_package(saved(tmp_path, by_hand(hand([["x", "y", "label"]]) + data))) as archive:
        workbook = book_of(archive)
        cells = Cells(workbook, workbook.sheets[0], Values(workbook, []))
        found = [r.cells[0][2] for r in cells.rows()][1:9]

    assert found == [
        "5",
        "0.30000000000000004",
        "0.001",
        "0",
        "9007199254740993",
        "1e+20",
        "0.5",
        "7",
    ]


def test_integers_beyond_floats_stay_exact_and_are_warned_of(judge: Judge, tmp_path: Path) -> None:
    rows = [["id", "y", "label"], *([2**53 + 1 + 2 * i, i % 7, "ab"[i % 2]] for i in range(60))]

    report = judge(by_hand(hand(rows)), "data.xlsx", out=tmp_path / "out")

    found = duckdb.read_parquet(f"{tmp_path}/out/*/*.parquet", hive_partitioning=False)
    assert sorted(found.project("id::VARCHAR").fetchall()) == [(str(r[0]),) for r in rows[1:]]
    said = next(f for f in report.findings if f.code == "long-numbers")
    assert "cell Data!A2" in said.message
    assert "15 digits" in said.message


def test_whole_floats_are_integers(judge: Judge) -> None:
    rows = [["x", "y", "label"], *([f"{i}.0", i % 7, "ab"[i % 2]] for i in range(60))]
    data = hand(rows[:1]) + "".join(
        row(f"<c><v>{x}</v></c>", cell(y), cell(z)) for x, y, z in rows[1:]
    )

    report = judge(by_hand(data), "data.xlsx")

    assert types(report)["x"] in ("integer", "identifier")
    assert next(c for c in report.columns if c.name == "y").type == "integer"


def test_dates_with_and_without_a_time_are_timestamps(judge: Judge) -> None:
    days = [dt.datetime(2024, 1, 1) + dt.timedelta(hours=12 * i) for i in range(60)]  # noqa: DTZ001
    content = book(
        lambda b: write(b, [[*r[:5], day, *r[6:]] for r, day in zip(ROWS, days, strict=True)])
    )

    report = judge(content, "data.xlsx")

    assert types(report)["at"] == "timestamp"
    assert "mixed-kinds" not in codes(report)
    found = next(c for c in report.columns if c.name == "at")
    assert str(found.min).replace("T", " ").startswith("2024-01-01 00:00:00")


def test_a_date_only_column_of_dates_and_times_is_of_dates(judge: Judge) -> None:
    midnights = [[*r[:5], dt.datetime(2024, 1, i % 28 + 1), *r[6:]] for i, r in enumerate(ROWS)]  # noqa: DTZ001

    report = judge(book(lambda b: write(b, midnights)), "data.xlsx")

    assert types(report)["at"] == "date"


def test_numbers_stored_as_text_stay_text_and_are_warned_of(judge: Judge) -> None:
    content = sheets(Data=changed(9, {1: "12"}))

    report = judge(content, "data.xlsx")
    stated = judge(content, "data.xlsx", schema={"columns": {"height": {"type": "integer"}}})

    said = next(f for f in report.findings if f.code == "number-as-text")
    assert "cell Data!B9" in said.message
    assert "'12'" in said.message
    assert types(report)["height"] not in ("integer", "number")
    assert types(stated)["height"] == "integer"


def test_words_among_numbers_are_warned_of(judge: Judge) -> None:
    report = judge(sheets(Data=changed(9, {1: "many"})), "data.xlsx")

    assert {"mixed-kinds", "mixed-values"} <= codes(report, "warn")
    said = next(f for f in report.findings if f.code == "mixed-values")
    assert said.message.startswith("data.xlsx, row 9: column 'height' holds 'many'")
    assert said.line == 9


def test_spellings_of_missing_values_are_no_other_kind(judge: Judge) -> None:
    report = judge(sheets(Data=changed(9, {1: "N/A"})), "data.xlsx")
    stated = judge(sheets(Data=changed(9, {1: "-"})), "data.xlsx", read=Read(missing=("-",)))

    for one in (report, stated):
        assert "mixed-kinds" not in codes(one)
        assert types(one)["height"] == "integer"
        assert next(c for c in one.columns if c.name == "height").nullable


def test_errors_are_missing_values_and_said_so(judge: Judge) -> None:
    bad = '<c t="e"><f>1/0</f><v>#DIV/0!</v></c>'
    data = hand(NUMBERS[:4]) + row(cell(1), bad, cell("red"), cell("a")) * 2 + hand(NUMBERS[6:])

    report = judge(by_hand(data), "data.xlsx")

    assert report.verdict == "accepted", report.reason
    said = next(f for f in report.findings if f.code == "error-values")
    assert said.severity == "warn"
    assert "data.xlsx, cell Data!B5" in said.message
    assert "'#DIV/0!'" in said.message
    assert "2 cells" in said.message
    assert next(c for c in report.columns if c.name == "height").nullable


def test_formulas_are_their_saved_values(judge: Judge) -> None:
    data = hand(NUMBERS[:1]) + "".join(
        row(
            cell(w),
            f"<c><f>A2*2</f><v>{h}</v></c>",
            f'<c t="str"><f>""</f><v>{c if i else ""}</v></c>',
            cell(t),
        )
        for i, (w, h, c, t) in enumerate(NUMBERS[1:])
    )

    report = judge(by_hand(data), "data.xlsx")

    assert report.verdict == "accepted", report.reason
    assert types(report)["height"] == "integer"
    assert next(c for c in report.columns if c.name == "colour").nullable


def test_zeros_that_only_the_format_shows_are_warned_of(judge: Judge) -> None:
    def fill(workbook: xlsxwriter.Workbook) -> None:
        zips = workbook.add_format({"num_format": "00000"})
        sheet = workbook.add_worksheet("Data")
        for i, values in enumerate(NUMBERS):
            sheet.write_row(i, 0, values)
            sheet.write(i, 1, values[1], zips)

    report = judge(book(fill), "data.xlsx")

    said = next(f for f in report.findings if f.code == "shown-with-zeros")
    assert "cell Data!B2" in said.message


def test_times_of_day_are_parts_of_a_day_and_said_so(judge: Judge) -> None:
    def fill(workbook: xlsxwriter.Workbook) -> None:
        times = workbook.add_format({"num_format": "hh:mm"})
        sheet = workbook.add_worksheet("Data")
        for i, values in enumerate(NUMBERS):
            sheet.write_row(i, 0, values)
            if i:
                sheet.write(i, 1, dt.time(i % 24, 30), times)

    report = judge(book(fill), "data.xlsx")

    assert types(report)["height"] == "number"
    assert "times-as-numbers" in codes(report, "note")


def test_where_the_table_stands_is_found_and_said(judge: Judge) -> None:
    def fill(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet("Data")
        sheet.set_column("D:D", None, None, {"hidden": True})
        sheet.set_row(9, None, None, {"hidden": True})
        for i, values in enumerate(NUMBERS):
            sheet.write_row(i + 2 + (i > 30), 2, values)

    report = judge(book(fill), "data.xlsx")

    assert report.verdict == "accepted", report.reason
    assert report.rows == 60
    messages = {f.code: f.message for f in report.findings}
    assert "data.xlsx, cell Data!C3" in messages["table-place"]
    assert "data.xlsx, row 34" in messages["blank-rows"]
    assert "1 row between" in messages["blank-rows"]
    assert "data.xlsx, row 10" in messages["hidden-rows"]
    assert "'D'" in messages["hidden-columns"]


def test_a_sheet_without_header_is_judged_as_a_csv_is(judge: Judge) -> None:
    found = judge(sheets(Data=NUMBERS[1:]), "data.xlsx")
    stated = judge(sheets(Data=NUMBERS[1:]), "data.xlsx", read=Read(header=False))
    years = judge(sheets(Data=[["2019", "2020", "colour", "label"], *NUMBERS[1:]]), "data.xlsx")

    assert found.rows == stated.rows == years.rows == 60
    assert found.columns[0].name == stated.columns[0].name == "c1"
    assert "data.xlsx, row 1" in next(f.message for f in found.findings if f.code == "no-header")
    assert "no-header" not in codes(stated)
    assert years.columns[0].name == "2019"


def test_the_stated_sheet_is_read(judge: Judge) -> None:
    content = sheets(Notes=[["a note"]], Data=NUMBERS, Empty=[])

    several = judge(content, "data.xlsx")
    stated = judge(content, "data.xlsx", read=Read(sheet="Data"))
    unknown = judge(content, "data.xlsx", read=Read(sheet="Date"))
    empty = judge(content, "data.xlsx", read=Read(sheet="Empty"))

    assert "2 sheets hold values: 'Notes', 'Data'" in several.reason
    assert "`read: {sheet: Notes}`" in several.reason
    assert stated.verdict == "accepted", stated.reason
    assert stated.dialect["stated"] == ["sheet"]
    assert "Did you mean `read: {sheet: Data}`" in unknown.reason
    assert "'Empty', which sluice.yaml states, holds no value" in empty.reason


def test_a_hidden_sheet_counts(judge: Judge) -> None:
    def fill(workbook: xlsxwriter.Workbook) -> None:
        for name in ("Data", "Old"):
            sheet = workbook.add_worksheet(name)
            for i, values in enumerate(NUMBERS):
                sheet.write_row(i, 0, values)
        sheet.hide()

    report = judge(book(fill), "data.xlsx")

    assert "'Data', 'Old' ('Old' hidden)" in report.reason


def test_what_is_stated_of_other_formats_is_warned_of(judge: Judge) -> None:
    workbook = judge(GOOD, "data.xlsx", read=Read(delimiter=";", header=True))
    csv = judge(table(), read=Read(sheet="Data"))

    for report, field in ((workbook, "delimiter"), (csv, "sheet")):
        assert report.verdict == "accepted", report.reason
        said = next(f.message for f in report.findings if f.code == "read-unused")
        assert f"states {field}, which" in said


def test_parts_are_one_table_with_rows_of_their_own(tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    (folder / "a.xlsx").write_bytes(sheets(Data=NUMBERS))
    (folder / "b.xlsx").write_bytes(sheets(Other=changed(7, {3: None})))

    report = validate(folder, name="parts", spec=Spec(), salt="s")

    assert report.verdict == "rejected"
    assert "parts/b.xlsx, row 7: the target 'label' is missing here" in report.reason


def test_parts_with_other_columns_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    (folder / "a.xlsx").write_bytes(sheets(Data=NUMBERS))
    (folder / "b.xlsx").write_bytes(sheets(Data=changed(1, {1: "length"})))

    report = validate(folder, name="parts", spec=Spec(), salt="s")

    assert "parts/b.xlsx, row 1: its columns differ from those of parts/a.xlsx" in report.reason


def saved(tmp_path: Path, content: bytes) -> Part:
    path = tmp_path / "made.xlsx"
    path.write_bytes(content)
    return Part(name="data.xlsx", path=path)


def zipped(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_DOT_", "."), content)
    return buffer.getvalue()


def merged(ref: str) -> bytes:
    return by_hand(hand(), after=f'<mergeCells><mergeCell ref="{ref}"/></mergeCells>')


DATED = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
EVIL = '<!DOCTYPE x [<!ENTITY a "aaaa">]>'
BAD: dict[str, tuple[bytes, str, list[str]]] = {
    "nothing": (b"", "data.xlsx", ["empty (0 bytes)"]),
    "text": (table().encode(), "data.xlsx", ["no Excel workbook", ".xlsx"]),
    "a PDF": (b"%PDF-1.7" + b"x" * 99, "data.xlsx", ["a PDF"]),
    "old": (OLE, "data.xlsx", ["Excel 2003", "Save it as"]),
    "old by name": (OLE, "data.xls", ["Excel 2003", "Save it as"]),
    "binary by name": (GOOD, "data.xlsb", ["binary Excel", "Save it as"]),
    "macros by name": (GOOD, "data.xlsm", ["macros", "Save it as"]),
    "OpenDocument by name": (GOOD, "data.ods", ["OpenDocument", "Save it as"]),
    "a password": (
        OLE + "EncryptedPackage".encode("utf-16-le"),
        "data.xlsx",
        ["locked by a password", "Save it as"],
    ),
    "binary": (zipped(xl__workbook_DOT_bin=""), "data.xlsx", ["binary Excel", ".xlsb"]),
    "macros": (by_hand(hand(), extra={"xl/vbaProject.bin": b""}), "data.xlsx", ["macros"]),
    "OpenDocument": (zipped(content_DOT_xml=""), "data.xlsx", ["OpenDocument"]),
    "a Word document": (zipped(word__document_DOT_xml=""), "data.xlsx", ["a Word document"]),
    "any ZIP": (zipped(a=""), "data.xlsx", ["a ZIP archive"]),
    "inside of gzip": (GOOD, "data.xlsx.gz", ["an Excel workbook inside of gzip", ".xlsx file"]),
    "cut off": (GOOD[:-100], "data.xlsx", ["cut off or damaged", "compare sizes"]),
    "damaged": (GOOD[:800] + b"\xff" * 64 + GOOD[864:], "data.xlsx", ["damaged"]),
    "bzip2 inside": (
        by_hand(hand(), compression=zipfile.ZIP_BZIP2),
        "data.xlsx",
        ["as no workbook"],
    ),
    "a zip of another age": (
        by_hand(hand()).replace(b"PK\1\2\x14\3\x14", b"PK\1\2\x14\3\xff"),
        "data.xlsx",
        ["zip file version 25.5"],
    ),
    "a member twice": (
        by_hand(hand()).replace(b"xl/styles.xml", b"_rels/.rels\0\0"),
        "data.xlsx",
        ["data.xlsx"],
    ),
    "a bomb": (
        by_hand(hand(), after="<a>" + " " * 30_000_000 + "</a>"),
        "data.xlsx",
        ["200 times"],
    ),
    "XML that is none": (by_hand(hand() + "<row>"), "data.xlsx", ["damaged", "save it anew"]),
    "entities": (
        by_hand(hand(), extra={"xl/workbook.xml": f"{EVIL}<a>&a;</a>".encode()}),
        "data.xlsx",
        ["entities of its own"],
    ),
    "an encoding nobody knows": (
        by_hand(
            hand(), extra={"xl/styles.xml": "<?xml version='1.0' encoding='UTF-1'?>\xe4".encode()}
        ),
        "data.xlsx",
        ["xl/styles.xml", "damaged"],
    ),
    "no workbook in it": (
        by_hand(hand(), extra={"_rels/.rels": b"<a/>"}).replace(
            b"xl/workbook.xml", b"xl/workbook.xmm"
        ),
        "data.xlsx",
        ["xl/workbook.xml", "not there"],
    ),
    "an endless tag": (
        by_hand(hand(), before=f'<a b="{"".join(f"{i:07d}" for i in range(900_000))}"/>'),
        "data.xlsx",
        ["longer than 4 MiB"],
    ),
    "rows in disorder": (
        by_hand('<row r="2"><c><v>1</v></c></row><row r="1"><c><v>1</v></c></row>'),
        "data.xlsx",
        ["row '1' follows row 2"],
    ),
    "a row beyond Excel's": (by_hand(hand() + '<row r="1048577"/>'), "data.xlsx", ["'1048577'"]),
    "a cell in another row": (
        by_hand('<row r="2"><c r="A3"><v>1</v></c></row>'),
        "data.xlsx",
        ["cell 'A3'"],
    ),
    "a cell twice": (
        by_hand('<row r="2"><c r="B2"><v>1</v></c><c r="B2"><v>1</v></c></row>'),
        "data.xlsx",
        ["cell 'B2'"],
    ),
    "no value anywhere": (sheets(Data=[]), "data.xlsx", ["no sheet", "holds a value"]),
    "empty texts": (by_hand(hand([["", ""]])), "data.xlsx", ["no value but empty texts"]),
    "a header only": (sheets(Data=NUMBERS[:1]), "data.xlsx", ["a header and no row"]),
    "too few": (sheets(Data=NUMBERS[:9]), "data.xlsx", ["only 8 rows"]),
    "one column": (
        sheets(Data=[["label"], *[["a"], ["b"]] * 20]),
        "data.xlsx",
        ["row 1", "one column"],
    ),
    "a title": (
        sheets(Data=[["Sales 2024"], [], *NUMBERS]),
        "data.xlsx",
        ["row 1", "titles above"],
    ),
    "a title of two": (
        sheets(Data=[["Sales", None, "2024"], *NUMBERS]),
        "data.xlsx",
        ["cell Data!B1", "a title above the header"],
    ),
    "an index without name": (
        sheets(Data=[[None, *NUMBERS[0]], *([i, *r] for i, r in enumerate(NUMBERS[1:]))]),
        "data.xlsx",
        ["cell Data!A2", "'0' stands beside the table", "B to E"],
    ),
    "a note beside": (
        sheets(Data=[*NUMBERS[:8], [*NUMBERS[8], None, "look!"], *NUMBERS[9:]]),
        "data.xlsx",
        ["cell Data!F9", "'look!'", "A to D"],
    ),
    "a footer": (sheets(Data=[*NUMBERS, ["60 rows exported"]]), "data.xlsx", ["row 62", "footer"]),
    "a header twice": (
        sheets(Data=changed(1, {1: "width"})),
        "data.xlsx",
        ["row 1", "columns 1 and 2"],
    ),
    "too many columns": (
        sheets(Data=[range(10_001)]),
        "data.xlsx",
        ["row 1: 10,001 columns"],
    ),
    "merged cells": (merged("C4:C6"), "data.xlsx", ["cells Data!C4:C6", "Unmerge"]),
    "a formula without value": (
        by_hand(hand() + row(cell(1), "<c><f>A2*2</f></c>", cell("red"), cell("a"))),
        "data.xlsx",
        ["cell Data!B62", "never calculated", "save it there"],
    ),
    "a formula of openpyxl": (
        by_hand(hand() + row(cell(1), "<c><f>A2*2</f><v/></c>", cell("red"), cell("a"))),
        "data.xlsx",
        ["cell Data!B62", "never calculated"],
    ),
    "a book not calculated": (
        by_hand(
            hand() + row("<c><f>A2</f><v>0</v></c>", cell(2), cell("red"), cell("a")),
            book='<calcPr fullCalcOnLoad="1"/>',
        ),
        "data.xlsx",
        ["cell Data!A62", "never calculated"],
    ),
    "a number that is none": (
        by_hand(hand() + row("<c><v>1_0</v></c>", cell(2), cell("red"), cell("a"))),
        "data.xlsx",
        ["cell Data!A62", "'1_0' is no number"],
    ),
    "an infinite number": (
        by_hand(hand([["x", "y"]]) + row("<c><v>1e999</v></c>")),
        "data.xlsx",
        ["A2"],
    ),
    "a text that is not there": (
        by_hand(hand() + row('<c t="s"><v>7</v></c>', cell(2), cell("red"), cell("a"))),
        "data.xlsx",
        ["cell Data!A62", "'7' is not in the workbook"],
    ),
    "half a character": (
        by_hand(hand() + row(cell("_xD83D_"), cell(2), cell("red"), cell("a"))),
        "data.xlsx",
        ["cell Data!A62", "no text has"],
    ),
    "a cell of no known type": (
        by_hand(hand() + row('<c t="z"><v>7</v></c>')),
        "data.xlsx",
        ["cell Data!A62", "type 'z'"],
    ),
    "29 February 1900": (
        by_hand(hand() + row('<c s="1"><v>60</v></c>'), styles=DATED),
        "data.xlsx",
        ["cell Data!A62", "'60'", "1900-03-01"],
    ),
    "a day before all": (
        by_hand(hand() + row('<c s="1"><v>-1</v></c>'), styles=DATED),
        "data.xlsx",
        ["cell Data!A62", "'-1'"],
    ),
    "an endless text": (
        by_hand(hand() + row(cell("".join(f"{i:07d}" for i in range(60_000))), cell(1))),
        "data.xlsx",
        ["row 62", "420,001 characters"],
    ),
    "a missing target": (
        sheets(Data=changed(7, {3: None})),
        "data.xlsx",
        ["data.xlsx, row 7: the target 'label' is missing"],
    ),
    "a value hidden from the parser": (
        by_hand(hand() + "<!-- <row><c><v>1</v></c></row> -->"),
        "data.xlsx",
        ["61 rows with 244 cells were read where 62 rows with 245 cells were counted"],
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_workbook_is_refused_with_its_remedy(what: str, judge: Judge) -> None:
    content, name, sentences = BAD[what]

    report = judge(content, name)

    assert report.verdict == "rejected", report.reason
    assert report.findings[0].remedy
    for sentence in [name, *sentences]:
        assert sentence in report.reason


def test_merged_cells_outside_of_the_table_do_no_harm(judge: Judge) -> None:
    assert judge(merged("A70:B71"), "data.xlsx").verdict == "accepted"


def test_other_spellings_of_the_xml_are_read_alike(judge: Judge) -> None:
    prefixed = hand().replace("<", "<x:").replace("<x:/", "</x:")
    pretty = hand().replace("><", ">\n <").replace("<c><v>", '<c ><v xml:space="preserve">')
    rich = hand().replace("<t>red</t>", "<r><t>re</t></r><r><t>d</t></r><rPh><t>X</t></rPh>")

    plain = judge(by_hand(hand()), "data.xlsx")
    for content in (by_hand(prefixed, prefix="x:"), by_hand(pretty), by_hand(rich)):
        report = judge(content, "data.xlsx")
        assert report.verdict == "accepted", report.reason
        assert report.columns == plain.columns


def test_limits_hold_for_what_is_really_expanded(tmp_path: Path) -> None:
    part = saved(tmp_path, by_hand(hand()))

    with (
        pytest.raises(Refused, match="more than 2,000 bytes"),
        open_package(part, Limits(bytes=2000)),
    ):
        pass
    with open_package(part) as archive:
        archive.limits = Limits(bytes=100)
        with pytest.raises(Refused, match="more than 100 bytes"):
            book_of(archive)


def test_a_directory_larger_than_any_workbooks_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for i in range(MAX_DIRECTORY_BYTES // 60_000 + 1):
            archive.writestr(f"{i:09d}" + "x" * 59_991, "")

    part = saved(tmp_path, buffer.getvalue())

    with pytest.raises(Refused, match="directory is larger"), open_package(part):
        pass


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("General", "number"),
        ("0.00", "number"),
        ("#,##0", "number"),
        ('"days" 0.0', "number"),
        ("[Red]0", "number"),
        ("0_d", "number"),
        ("00000", "padded"),
        ("000-00-0000", "padded"),
        ("yyyy-mm-dd", "date"),
        ("[$-409]d-mmm-yy;@", "date"),
        ("mmm", "date"),
        ("d.m.yy h:mm", "date"),
        ("h:mm AM/PM", "time"),
        ("[h]:mm", "time"),
        ("[mm]:ss", "time"),
        ("[$€-407] #,##0.00", "number"),
    ],
)
def test_a_format_tells_dates_from_numbers(code: str, kind: str) -> None:
    assert number_format(code) == kind


def test_another_reader_finds_the_same_values(tmp_path: Path) -> None:
    """What calamine has wrong (errors, days before 1900-03-01) is not in this workbook."""
    part = saved(tmp_path, GOOD)
    with open_package(part) as archive:
        workbook = book_of(archive)
        cells = Cells(workbook, workbook.sheets[0], Values(workbook, shared_strings(workbook)))
        ours = [{column: text for column, _, text in r.cells} for r in cells.rows()]

    theirs = python_calamine.load_workbook(part.path).get_sheet_by_index(0).to_python()

    def text(value: object) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, float):
            return str(int(value)) if value.is_integer() else repr(value)
        return str(value).replace("_x005F_", "_")

    assert ours == [{i: text(v) for i, v in enumerate(r, 1) if v != ""} for r in theirs]


@pytest.mark.parametrize("name", ["no", 'The "new" one', "2024", "Übersicht"])
def test_the_line_that_states_a_sheet_names_that_sheet(name: str, judge: Judge) -> None:
    content = sheets(**{name: NUMBERS, "Notes": NUMBERS})

    report = judge(content, "data.xlsx")

    line = report.findings[0].remedy.split("`")[1]
    assert parse_spec(line, Policy()).read.sheet == name
