"""Where the table of a sheet stands, and what its columns are called."""

from __future__ import annotations

from dataclasses import dataclass

from sluice.validation.formats.excel.book import Sheet
from sluice.validation.formats.excel.cells import Row, cell_name
from sluice.validation.formats.header import MAX_COLUMNS, check_names, is_data, too_many_columns
from sluice.validation.formats.parts import Part
from sluice.validation.refusals import Refused
from sluice.validation.wording import shown


@dataclass(frozen=True, kw_only=True, slots=True)
class Columns:
    """The columns of a table, which stand side by side."""

    names: tuple[str, ...]
    first: int
    """The sheet's column in which the first one stands, from 1."""
    row: int
    """The table's first row, from 1: the header, if it has one."""
    has_header: bool


def columns_of(part: Part, sheet: Sheet, head: list[Row], header: bool | None) -> Columns:
    """What the first rows say: the first that has a value is the header, unless it is data.

    It is judged as a CSV's, and a text that looks like a number counts as a name here.
    Raises `Refused` for columns without a name, too many of them, or only one.
    """
    if not head:
        raise Refused(
            "empty-file",
            f"{part.name}: the sheet {shown(sheet.name)} holds no value but empty texts.",
            remedy="Export it again, with a header and at least 20 rows.",
        )
    top = head[0]
    has_header = not _is_data(head) if header is None else header
    spans = [top] if has_header else head
    first = min(row.cells[0][0] for row in spans)
    last = max(row.cells[-1][0] for row in spans)
    width = last - first + 1
    if width > MAX_COLUMNS:
        raise too_many_columns(part, width, line=top.number, unit="row")
    if width == 1:
        raise Refused(
            "one-column",
            f"{part.name}, row {top.number}: there is only one column, "
            f"{shown(top.cells[0][2])}; a target and at least one feature are needed.",
            remedy="Begin the sheet with the header; remove titles above it.",
            line=top.number,
        )
    names = tuple(f"c{i}" for i in range(1, width + 1))
    if has_header:
        names = _names(part, sheet, top, first, width)
    return Columns(names=names, first=first, row=top.number, has_header=has_header)


def _names(part: Part, sheet: Sheet, top: Row, first: int, width: int) -> tuple[str, ...]:
    found = {column: text.strip() for column, kind, text in top.cells if kind != "error"}
    for column in range(first, first + width):
        if not found.get(column):
            raise Refused(
                "empty-column-name",
                f"{part.name}, cell {cell_name(sheet, top.number, column)}: the column has no "
                "name; the first row that holds anything is taken as the header.",
                remedy="Name it there, delete the column, or remove a title above the header.",
                line=top.number,
            )
    names = tuple(found[column] for column in range(first, first + width))
    check_names(part.name, names, line=top.number, unit="row")
    return names


def _is_data(head: list[Row]) -> bool:
    first = min(row.cells[0][0] for row in head)
    last = max(row.cells[-1][0] for row in head)
    if last - first >= MAX_COLUMNS:
        return False
    rows = []
    for row in head:
        values = [""] * (last - first + 1)
        for column, kind, text in row.cells:
            values[column - first] = "text" if kind == "text" else text
        rows.append(values)
    return is_data(rows)
