"""Excel workbooks as a drop that can be queried: one sheet's rows, rewritten as CSV.

So all that judges a CSV's values judges these too; what Excel says of their kinds is kept as the
types that each column may have.
"""

from __future__ import annotations

import csv
import itertools
from array import array
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sluice.cells import MISSING
from sluice.contracts.spec import Read
from sluice.validation.formats.excel.book import Book, Sheet, book_of
from sluice.validation.formats.excel.cell_count import count_values
from sluice.validation.formats.excel.cells import Cells, Row
from sluice.validation.formats.excel.columns import Columns, columns_of
from sluice.validation.formats.excel.notes import notes
from sluice.validation.formats.excel.observations import Observations
from sluice.validation.formats.excel.package import open_package
from sluice.validation.formats.excel.shared_strings import shared_strings
from sluice.validation.formats.excel.sheets import chosen_sheet
from sluice.validation.formats.excel.values import Values
from sluice.validation.formats.header import SAMPLE_ROWS
from sluice.validation.formats.parts import HEAD_BYTES, Part, scratch_file
from sluice.validation.formats.scanned import ScannedSource, stated_texts
from sluice.validation.formats.source import Opening, Place
from sluice.validation.refusals import Refused
from sluice.validation.rows.columns import TextColumns
from sluice.validation.scanner.scan import Files
from sluice.validation.wording import counted, shown

if TYPE_CHECKING:
    from _csv import Writer as CsvWriter

MAX_CELLS: Final = 25_000_000
"""Rows times columns of all sheets of a drop."""
MAX_RECORD: Final = 400_000
"""Characters of one row; in UTF-8 and quoted, the parser takes it."""
MAX_WRITTEN: Final = 1_000_000_000
"""Characters of all rows: texts that cells share are written once for each."""

_LONGEST: Final = 4 * MAX_RECORD + 1024 * 1024
"""Bytes of one row: of each character in UTF-8, and of quotes and delimiters."""
_DATE = len("2024-01-31")
_MIDNIGHT = " 00:00:00"


@dataclass(kw_only=True, slots=True)
class _SheetRows:
    """The rows of one part."""

    part: Part
    sheet: Sheet
    columns: Columns
    numbers: array[int] = field(default_factory=lambda: array("I"))
    """Excel's number of every row."""


@dataclass(kw_only=True, slots=True)
class _Output:
    writer: CsvWriter
    cells: int = 0
    characters: int = 0


def open_excel(opening: Opening) -> ScannedSource:
    """The rows of each workbook's one sheet as one table.

    Raises `Refused` where a file is no such workbook or its sheet no table, where parts of a
    folder disagree, or where the independent count differs.
    """
    parts, scratch, stated = opening.parts, opening.scratch, opening.stated
    copy = scratch_file(scratch)
    missing = MISSING if stated.missing is None else stated.missing
    observed = Observations(missing=frozenset(missing))
    tables: list[_SheetRows] = []
    with copy.open("w", encoding="utf-8", newline="", buffering=HEAD_BYTES) as out:
        # All is quoted, because the csv module leaves a carriage return bare where lines end in \n.
        output = _Output(writer=csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL))
        for part in parts:
            tables.append(_read(part, stated, observed, output, tables))
    first = tables[0]
    names = first.columns.names
    rows = sum(len(table.numbers) for table in tables)
    if rows == 0:
        raise Refused(
            "header-only",
            f"{first.part.name}: the sheet {shown(first.sheet.name)} holds a header and no row.",
            remedy="Export it again with its rows; at least 20 are needed.",
            line=first.columns.row,
        )
    observed.refuse_footer(lambda row: _place(tables, row))
    mixed = observed.mixed_dates()
    if mixed:
        copy = _all_with_times(copy, mixed, scratch)
    return ScannedSource(
        shards=(Files(paths=(copy,), names=names, longest=_LONGEST),),
        columns=TextColumns(
            names=names,
            sample=tuple(_with_times(row, mixed) for row in observed.sample),
            candidates=tuple(column.candidates for column in observed.columns),
            missing=missing,
            decimal=stated.point,
            thousands=stated.thousands,
        ),
        rows=rows,
        find=lambda row: _place(tables, row),
        parts=(replace(first.part, path=copy),),
        dialect={
            "format": "xlsx",
            "sheet": first.sheet.name[:100],
            "header": first.columns.has_header,
            **stated_texts(stated),
            "stated": sorted(stated.model_fields_set),
            "files": len(parts),
        },
        notes=tuple(notes(observed, names)),
    )


def _read(
    part: Part, stated: Read, observed: Observations, output: _Output, before: list[_SheetRows]
) -> _SheetRows:
    """Write one workbook's rows."""
    with ExitStack() as stack:
        book = book_of(stack.enter_context(open_package(part)))
        sheet = chosen_sheet(book, stated.sheet)
        cells = Cells(book, sheet, Values(book, shared_strings(book)))
        rows = cells.rows()
        head = list(itertools.islice(rows, SAMPLE_ROWS + 1))
        columns = columns_of(part, sheet, head, stated.header)
        table = _SheetRows(part=part, sheet=sheet, columns=columns)
        if before and columns.names != before[0].columns.names:
            raise Refused(
                "parts-disagree",
                f"{part.name}, row {columns.row}: its columns differ from those of "
                f"{before[0].part.name}.",
                remedy="Give all parts of a folder the same header in the same order.",
                line=columns.row,
            )
        observed.begin(part, sheet, columns)
        body = itertools.chain(head[columns.has_header :], rows)
        _write(table, body, observed, output)
        _check_count(book, sheet, cells)
        observed.end(cells)
    return table


def _write(table: _SheetRows, rows: Iterator[Row], observed: Observations, output: _Output) -> None:
    part, width = table.part, len(table.columns.names)
    for row in rows:
        values = observed.values_of(row)
        output.cells += width
        size = sum(map(len, values))
        output.characters += size
        if size > MAX_RECORD:
            raise Refused(
                "line-too-long",
                f"{part.name}, row {row.number}: it holds {size:,} characters; at most "
                f"{MAX_RECORD:,} are taken.",
                remedy="Shorten its texts, or leave the column out.",
                line=row.number,
            )
        if output.cells > MAX_CELLS or output.characters > MAX_WRITTEN:
            raise Refused(
                "too-large",
                f"{part.name}, row {row.number}: up to here the drop has {output.cells:,} cells "
                f"with {output.characters:,} characters; at most {MAX_CELLS:,} and "
                f"{MAX_WRITTEN:,} are taken from workbooks.",
                remedy="Drop the table as Parquet or CSV.",
                line=row.number,
            )
        output.writer.writerow(values)
        table.numbers.append(row.number)


def _check_count(book: Book, sheet: Sheet, cells: Cells) -> None:
    """The safeguard: as many rows and cells must have been read as the bytes hold."""
    rows, values = count_values(book, sheet)
    if (rows, values) != (cells.rows_with_values, cells.values):
        raise Refused(
            "rows-differ",
            f"{book.package.part.name}: {cells.rows_with_values:,} rows with {cells.values:,} "
            f"cells were read where {counted(rows, 'row')} with {counted(values, 'cell')} were "
            "counted independently, so some would be lost or made up.",
            remedy="Open the workbook in Excel or LibreOffice and save it anew.",
        )


def _all_with_times(copy: Path, mixed: set[int], scratch: Path) -> Path:
    """The rows anew, midnights in the `mixed` columns written as other times are."""
    changed = scratch_file(scratch)
    csv.field_size_limit(MAX_RECORD)
    with (
        copy.open(encoding="utf-8", newline="") as rows,
        changed.open("w", encoding="utf-8", newline="", buffering=HEAD_BYTES) as out,
    ):
        writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerows(_with_times(row, mixed) for row in csv.reader(rows))
    copy.unlink()
    return changed


def _with_times(row: Sequence[str], mixed: set[int]) -> tuple[str, ...]:
    """The same of one row."""
    return tuple(
        value + _MIDNIGHT if i in mixed and len(value) == _DATE else value
        for i, value in enumerate(row, 1)
    )


def _place(tables: list[_SheetRows], row: int) -> Place:
    for table in tables:
        if row <= len(table.numbers):
            number = table.numbers[row - 1]
            return Place(f"{table.part.name}, row {number}", number)
        row -= len(table.numbers)
    raise ValueError(f"the drop has no row {row}")
