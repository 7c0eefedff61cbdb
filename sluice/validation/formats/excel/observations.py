"""What the rows of sheets say of their columns and their layout, collected as they are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from sluice.validation.formats.excel.book import Sheet
from sluice.validation.formats.excel.cells import Cells, Row, cell_name, letters, range_name
from sluice.validation.formats.excel.columns import Columns
from sluice.validation.formats.excel.values import NUMBER, Kind
from sluice.validation.formats.header import SAMPLE_ROWS
from sluice.validation.formats.parts import Part
from sluice.validation.formats.source import Place
from sluice.validation.refusals import Refused
from sluice.validation.rows.candidates import UNAMBIGUOUS
from sluice.validation.wording import shown

EXACT_DIGITS = 15
"""Significant digits that Excel keeps of a number."""

_NUMBERS = ("number", "padded", "time")
_CANDIDATES: dict[Kind, tuple[str, ...]] = {
    "number": ("integer", "number"),
    "boolean": ("boolean",),
    "date": ("date",),
    "timestamp": ("timestamp", "instant"),
    "text": ("date", "timestamp", "instant"),
}


@dataclass(kw_only=True, slots=True)
class Occurrences:
    """How often something occurs in cells, and where it does first."""

    count: int = 0
    first: str = ""
    """The place of the first cell."""
    value: str = ""
    """The value of the first cell."""

    def add(self, place: str, value: str) -> None:
        """Count one more."""
        self.count += 1
        if self.count == 1:
            self.first, self.value = place, value


@dataclass(kw_only=True, slots=True)
class ColumnObservations:
    """What the values of one column are, over all rows."""

    kinds: dict[Kind, str] = field(default_factory=dict)
    """Kinds of values, and the first cell of each."""
    digits: Occurrences = field(default_factory=Occurrences)
    """Texts that look like numbers."""
    padded: Occurrences = field(default_factory=Occurrences)
    times: Occurrences = field(default_factory=Occurrences)
    long: Occurrences = field(default_factory=Occurrences)
    """Whole numbers of more digits than Excel keeps."""

    @property
    def is_half_text(self) -> bool:
        """Whether numbers stand in it as numbers and as texts."""
        return bool(self.digits.count and "number" in self.kinds)

    @property
    def candidates(self) -> tuple[str, ...]:
        """The types that it may have: a text never becomes a number; where kinds differ otherwise,
        the values have to tell."""
        if self.is_half_text:
            return ()
        if self.kinds.keys() == {"date", "timestamp"}:
            return _CANDIDATES["timestamp"]
        return _CANDIDATES[next(iter(self.kinds))] if len(self.kinds) == 1 else UNAMBIGUOUS


@dataclass(kw_only=True, slots=True)
class Observations:
    """What all sheets of a drop say."""

    missing: frozenset[str]
    """Spellings of a missing value."""
    columns: list[ColumnObservations] = field(default_factory=list)
    sample: list[tuple[str, ...]] = field(default_factory=list)
    errors: dict[str, Occurrences] = field(default_factory=dict)
    blank: Occurrences = field(default_factory=Occurrences)
    """Rows without a value between rows with one."""
    hidden: Occurrences = field(default_factory=Occurrences)
    hidden_columns: list[str] = field(default_factory=list)
    corners: list[str] = field(default_factory=list)
    """Where tables begin that do not begin in A1."""
    rows: int = 0
    lonely: list[tuple[int, str]] = field(default_factory=list)
    """Rows with one value only, and that value: the first two."""
    _part: Part = field(init=False)
    _sheet: Sheet = field(init=False)
    _first: int = 0
    _previous: int = 0

    def begin(self, part: Part, sheet: Sheet, columns: Columns) -> None:
        """The rows of another part come now."""
        self._part, self._sheet = part, sheet
        self._first, self._previous = columns.first, columns.row
        self.columns = self.columns or [ColumnObservations() for _ in columns.names]
        if (columns.row, columns.first) != (1, 1):
            self.corners.append(self._place(columns.row, columns.first))

    def values_of(self, row: Row) -> list[str]:
        """The row as text, as long as the table is wide.

        Raises `Refused` for a value beside the table.
        """
        values = [""] * len(self.columns)
        for column, kind, text in row.cells:
            i = column - self._first
            if not 0 <= i < len(values):
                raise self._beside(row.number, column, text)
            if kind == "error":
                self.errors.setdefault(text, Occurrences()).add(self._place(row.number, column), "")
                continue
            values[i] = text
            self._see(self.columns[i], row.number, column, kind, text)
        if row.number > self._previous + 1:
            self.blank.add(f"{self._part.name}, row {self._previous + 1}", "")
            self.blank.count += row.number - self._previous - 2
        self._previous = row.number
        if row.is_hidden:
            self.hidden.add(f"{self._part.name}, row {row.number}", "")
        self.rows += 1
        if len(row.cells) == 1 and len(self.lonely) < 2:
            self.lonely.append((self.rows, row.cells[0][2]))
        if len(self.sample) < SAMPLE_ROWS:
            self.sample.append(tuple(values))
        return values

    def end(self, cells: Cells) -> None:
        """The rows of the part are through."""
        if cells.merged:
            raise Refused(
                "merged-cells",
                f"{self._part.name}, cells {range_name(self._sheet, cells.merged)}: they are "
                "merged, and only the first of them holds the value.",
                remedy="Unmerge them, and write the value into each row it is meant for.",
            )
        within = range(self._first, self._first + len(self.columns))
        self.hidden_columns += [letters(c) for c in within if c in cells.hidden_columns]

    def mixed_dates(self) -> set[int]:
        """Columns of dates and of times, by their place from 1."""
        both = {"date", "timestamp"}
        return {i for i, column in enumerate(self.columns, 1) if column.kinds.keys() == both}

    def refuse_footer(self, place: Callable[[int], Place]) -> None:
        """A last row with one value only, as no other row has, belongs to no table."""
        if len(self.lonely) != 1 or self.lonely[0][0] != self.rows or len(self.columns) < 3:
            return
        where, line = place(self.rows)
        raise Refused(
            "footer",
            f"{where}: the last row holds {shown(self.lonely[0][1])} and nothing else in "
            f"{len(self.columns)} columns, so it looks like a footer.",
            remedy="Remove it.",
            line=line,
        )

    def _see(self, column: ColumnObservations, row: int, at: int, kind: Kind, text: str) -> None:
        if kind == "text":
            bare = text.strip()
            if not bare or bare in self.missing:
                return
            if (bare[0].isdigit() or bare[0] in "+-.") and NUMBER.fullmatch(bare):
                column.digits.add(self._place(row, at), text)
        elif kind in _NUMBERS:
            if kind == "padded":
                column.padded.add(self._place(row, at), text)
            elif kind == "time":
                column.times.add(self._place(row, at), text)
            if len(text) > EXACT_DIGITS and _is_long(text):
                column.long.add(self._place(row, at), text)
            kind = "number"
        if kind not in column.kinds:
            column.kinds[kind] = self._place(row, at)

    def _place(self, row: int, column: int) -> str:
        return f"{self._part.name}, cell {cell_name(self._sheet, row, column)}"

    def _beside(self, row: int, column: int, text: str) -> Refused:
        last = self._first + len(self.columns) - 1
        return Refused(
            "beside-the-table",
            f"{self._place(row, column)}: {shown(text)} stands beside the table, whose columns are "
            f"{letters(self._first)} to {letters(last)}.",
            remedy="Name its column in the header, or clear the cell."
            + (_INDEX if column == self._first - 1 and text in ("0", "1") else ""),
            line=row,
        )


_INDEX: Final = " An index of pandas stands so; `df.to_excel(path, index=False)` writes none."


def _is_long(text: str) -> bool:
    number = float(text)
    return number.is_integer() and abs(number) >= 10**EXACT_DIGITS
