"""The cells of a worksheet, one row after another, out of its XML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple
from xml.parsers import expat

from sluice.validation.formats.excel.book import Book, Sheet
from sluice.validation.formats.excel.package import MAX_ROW_BYTES, local, whole
from sluice.validation.formats.excel.values import Kind, Values
from sluice.validation.formats.parts import HEAD_BYTES
from sluice.validation.refusals import Refused
from sluice.validation.wording import shown

MAX_ROWS: Final = 1_048_576
MAX_TEXT: Final = 1024 * 1024
"""Characters of one text; Excel's own limit is 32,767."""
MAX_HIDDEN: Final = 16_384
MAX_NAME: Final = 31
"""Characters of a sheet's name."""

_TRUE = ("1", "true")
_Attributes = dict[str, str]


class Row(NamedTuple):
    """A row that has a value."""

    number: int
    """Excel's own, from 1."""
    is_hidden: bool
    cells: list[tuple[int, Kind, str]]
    """Column, from 1; kind; value."""


class Cells:
    """Reads one sheet; what it says beside the rows is known when they are through."""

    def __init__(self, book: Book, sheet: Sheet, values: Values) -> None:
        self.values = 0
        """Cells that have a value, empty texts among them."""
        self.rows_with_values = 0
        self.merged = ""
        """The first merged range that touches the rows with values."""
        self.hidden_columns: set[int] = set()
        self._book = book
        self._sheet = sheet
        self._is_stale = book.is_stale
        self._read = values.read
        self._columns: dict[str, int] = {}
        self._ready: list[Row] = []
        self._is_inside = False
        self._row: _Attributes | None = None
        self._number = self._first = self._last = 0
        self._digits = ""
        self._cells: list[tuple[int, Kind, str]] = []
        self._cell: _Attributes | None = None
        self._column = 0
        self._has_formula = False
        self._value: str | None = None
        self._text: list[str] | None = None
        self._phonetic = 0
        self._row_end = 0
        self._parser = expat.ParserCreate("UTF-8")

    def rows(self) -> Iterator[Row]:
        """The rows that have a value, in their order.

        Raises `Refused` naming the cell for what is no value, or was never calculated.
        """
        parser = self._parser
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        for fed in self._book.package.parse(self._sheet.member, parser):
            yield from self._ready
            self._ready.clear()
            if self._is_inside and fed - self._row_end > MAX_ROW_BYTES + HEAD_BYTES:
                raise self._damaged(f"row {self._number} has more than 8 MiB of XML")

    def _start(self, tag: str, attributes: _Attributes) -> None:
        name = local(tag) if ":" in tag else tag
        if name == "c" and self._row is not None:
            self._cell, self._value, self._has_formula = attributes, None, False
            self._column = self._column_of(attributes.get("r"))
        elif name in ("v", "t"):
            if self._cell is not None and not self._phonetic:
                self._text = []
        elif name == "f":
            self._has_formula = True
        elif name == "row" and self._is_inside:
            self._begin_row(attributes)
        else:
            self._start_other(name, attributes)

    def _start_other(self, name: str, attributes: _Attributes) -> None:
        """An element that few cells have."""
        if name == "is":
            self._value = ""
        elif name == "rPh":
            self._phonetic += 1
        elif name == "sheetData":
            self._is_inside = True
            self._row_end = self._parser.CurrentByteIndex
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif name == "col" and attributes.get("hidden") in _TRUE:
            least, most = whole(attributes.get("min")), whole(attributes.get("max"))
            if least and most:
                self.hidden_columns.update(range(least, min(most, MAX_HIDDEN) + 1))

    def _characters(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)
            if len(self._text) > 1 and sum(map(len, self._text)) > MAX_TEXT:
                raise self._damaged("a text has more than a million characters")

    def _end(self, tag: str) -> None:
        name = local(tag) if ":" in tag else tag
        if name == "v":
            if self._text:
                self._value = "".join(self._text)
            self._text = None
        elif name == "c" and self._cell is not None:
            if self._value is not None or self._has_formula:
                self._take(self._cell)
            self._cell = None
        elif name == "t":
            if self._text is not None and self._value is not None:
                self._value += "".join(self._text)
            self._text = None
        elif name == "row" and self._row is not None:
            self._end_row(self._row)
        elif name == "rPh":
            self._phonetic -= 1
        elif name == "sheetData":
            self._is_inside = False

    def _end_row(self, row: _Attributes) -> None:
        self._row_end = self._parser.CurrentByteIndex
        if self._cells:
            is_hidden = row.get("hidden") in _TRUE
            self._ready.append(Row(self._number, is_hidden, self._cells))
        self._row = None

    def _begin_row(self, attributes: _Attributes) -> None:
        number = whole(attributes.get("r", str(self._number + 1)))
        if number is None or not self._number < number <= MAX_ROWS:
            raise self._damaged(f"row {shown(attributes.get('r'))} follows row {self._number}")
        self._row, self._number, self._digits = attributes, number, str(number)
        self._column, self._cells = 0, []

    def _column_of(self, ref: str | None) -> int:
        if ref is None:
            return self._column + 1
        name = ref.rstrip("0123456789")
        column = self._columns.get(name) or self._columns.setdefault(name, number_of(name))
        if ref[len(name) :] != self._digits or column <= self._column:
            raise self._damaged(f"cell {shown(ref)} stands in row {self._number}, or twice")
        return column

    def _take(self, cell: _Attributes) -> None:
        kind, text = cell.get("t", "n"), self._value
        if self._has_formula and (self._is_stale or (text is None and kind != "str")):
            raise self._refused(
                "formula-without-value",
                "the formula here was never calculated, so its value is not known",
                "Open the workbook in Excel or LibreOffice, save it there, and drop that.",
            )
        if text is None:
            return
        self.values += 1
        if self._last < self._number:
            self.rows_with_values += 1
            self._first, self._last = self._first or self._number, self._number
        try:
            value = self._read(kind, cell.get("s", "0"), text)
        except ValueError as error:
            remedy = "Correct the cell, or leave it empty, and save the workbook anew."
            raise self._refused("bad-cell", str(error), remedy) from None
        if value[1]:
            self._cells.append((self._column, *value))

    def _merge(self, ref: str) -> None:
        rows = [int(number) for number in re.findall(r"[0-9]{1,7}", ref)]
        if not self.merged and len(rows) == 2 and rows[0] <= self._last and rows[1] >= self._first:
            self.merged = ref

    def _refused(self, code: str, what: str, remedy: str) -> Refused:
        where = cell_name(self._sheet, self._number, self._column)
        name = self._book.package.part.name
        return Refused(code, f"{name}, cell {where}: {what}.", remedy=remedy, line=self._number)

    def _damaged(self, what: str) -> Refused:
        return self._book.package.damaged(self._sheet.member, what)


def cell_name(sheet: Sheet, row: int, column: int) -> str:
    """`Sheet1!B7`, as Excel has it."""
    return range_name(sheet, f"{letters(column)}{row}")


def range_name(sheet: Sheet, ref: str) -> str:
    """`Sheet1!B7:C9`; the sheet's name is cut and quoted where it is none that Excel allows."""
    name = sheet.name
    return f"{name if len(name) <= MAX_NAME and name.isprintable() else shown(name)}!{ref[:40]}"


def letters(column: int) -> str:
    """28 is `AB`."""
    name = ""
    while column:
        column, last = divmod(column - 1, 26)
        name = chr(ord("A") + last) + name
    return name


def number_of(name: str) -> int:
    """`AB` is 28; 0 for what names no column."""
    if not re.fullmatch(r"[A-Z]{1,3}", name):
        return 0
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
