"""The corpus's Excel workbooks, sound and otherwise; XlsxWriter makes them."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any, Final

import xlsxwriter

Rows = Sequence[Sequence[Any]]
Change = Callable[[xlsxwriter.Workbook, Any], None]
"""What is done to a workbook and its sheet when the sound rows are in it."""

_WHEN: Final = (2024, 1, 31, 12, 0, 0)
_SOUND: Final[Rows] = (
    ("n", "colour", "label"),
    *((i, ("red", "green", "blue")[i % 3], "ab"[i % 2]) for i in range(1, 41)),
)


def _book(change: Change = lambda book, sheet: None, **options: Any) -> bytes:
    """The sound rows in the sheet Data, and a change."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **options}) as book:
        # Else the file says when it was made.
        book.set_properties({"created": dt.datetime(*_WHEN, tzinfo=dt.UTC)})
        sheet = book.add_worksheet("Data")
        for place, row in enumerate(_SOUND):
            sheet.write_row(place, 0, row)
        change(book, sheet)
    # Else all formulas are to be calculated afresh, whatever value was saved.
    return _edited(out.getvalue(), "xl/workbook.xml", b' fullCalcOnLoad="1"', b"")


def _edited(content: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """The workbook with another text in one of its members."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w") as after:
        for info in before.infolist():
            data = before.read(info)
            if info.filename == name:
                data = data.replace(old, new)
            after.writestr(zipfile.ZipInfo(info.filename, _WHEN), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _sheet(name: str) -> Change:
    """Another sheet, with a note."""
    return lambda book, _: book.add_worksheet(name).write(0, 0, "made by hand")


def _formula(row: int, value: object) -> Change:
    """A formula as n of a row, from 1 as Excel counts, with the value that was saved."""
    return lambda _, sheet: sheet.write_formula(row - 1, 0, "=1/0", None, value)


def _errors(_: xlsxwriter.Workbook, sheet: Any) -> None:
    for row, error in ((4, "#DIV/0!"), (9, "#N/A")):
        sheet.write_formula(row - 1, 0, "=1/0", None, error)


def _days(first: float) -> Change:
    """A column of dates from a number of Excel's on, a day a row."""

    def change(book: xlsxwriter.Workbook, sheet: Any) -> None:
        shown = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write(0, 3, "day")
        for row in range(1, len(_SOUND)):
            sheet.write_number(row, 3, first + row - 1, shown)

    return change


def _padded(book: xlsxwriter.Workbook, sheet: Any) -> None:
    shown = book.add_format({"num_format": "00000"})
    for row in range(1, len(_SOUND)):
        sheet.write_number(row, 0, row, shown)


def _cut(content: bytes, share: float) -> bytes:
    return content[: int(share * len(content))]


def _flipped(content: bytes) -> bytes:
    """One byte of the sheet another."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        at = book.getinfo("xl/worksheets/sheet1.xml").header_offset + 200
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


WORKBOOKS: Final[dict[str, Callable[[], bytes]]] = {
    "plain.xlsx": _book,
    "two-sheets.xlsx": lambda: _book(_sheet("Notes")),
    "two-sheets-stated.xlsx": lambda: _book(_sheet("Notes")),
    "error-values.xlsx": lambda: _book(_errors),
    "formula.xlsx": lambda: _book(_formula(5, 4)),
    "formula-never-calculated.xlsx": lambda: _book(_formula(5, "")),
    "merged-header.xlsx": lambda: _book(lambda _, sheet: sheet.merge_range("B1:C1", "colour")),
    "merged-cells.xlsx": lambda: _book(lambda _, sheet: sheet.merge_range("B5:B7", "red")),
    "note-beside.xlsx": lambda: _book(lambda _, sheet: sheet.write("E9", "see below")),
    "footer.xlsx": lambda: _book(lambda _, sheet: sheet.write("A43", "40 rows exported")),
    "totals-row.xlsx": lambda: _book(lambda _, sheet: sheet.write_row("A42", [820, "all", "a"])),
    "number-as-text.xlsx": lambda: _book(lambda _, sheet: sheet.write_string("A9", "8")),
    "zeros-by-format.xlsx": lambda: _book(_padded),
    "integer-beyond-15-digits.xlsx": lambda: _edited(
        _book(lambda _, sheet: sheet.write("A9", 987_654)),
        "xl/worksheets/sheet1.xml",
        b"<v>987654</v>",
        b"<v>9007199254740993</v>",
    ),
    "dates.xlsx": lambda: _book(_days(45_292)),
    "dates-from-1904.xlsx": lambda: _book(_days(45_292 - 1_462), date_1904=True),
    "dates-before-march-1900.xlsx": lambda: _book(_days(40)),
    "hidden-row.xlsx": lambda: _book(lambda _, sheet: sheet.set_row(8, None, None, {"hidden": 1})),
    "range-lies.xlsx": lambda: _edited(
        _book(), "xl/worksheets/sheet1.xml", b'ref="A1:C41"', b'ref="A1:B11"'
    ),
    "cut.xlsx": lambda: _cut(_book(), 0.6),
    "cut-in-directory.xlsx": lambda: _book()[:-100],
    "wrong-checksum.xlsx": lambda: _flipped(_book()),
    "csv.xlsx": lambda: "\n".join(",".join(map(str, row)) for row in _SOUND).encode(),
}
"""What each holds, byte for byte."""
