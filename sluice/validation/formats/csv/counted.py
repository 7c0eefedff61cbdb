"""CSV files whose dialect is known, and whose rows are counted; and what is said of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sluice.contracts.dataset import Finding
from sluice.validation.formats.csv.dialect import Dialect, LeftOut
from sluice.validation.formats.csv.row_count import RowCount
from sluice.validation.formats.empties import no_rows
from sluice.validation.formats.parts import Part


@dataclass(frozen=True, kw_only=True, slots=True)
class CsvFile:
    """A file whose dialect is known."""

    part: Part
    dialect: Dialect
    notes: tuple[Finding, ...] = ()
    """What is doubtful about how it was read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CountedFile(CsvFile):
    """A file whose rows are counted."""

    count: RowCount

    @property
    def header(self) -> int:
        """Records that are no rows: 1 or 0."""
        return int(self.dialect.header)

    @property
    def rows(self) -> int:
        """Records but for the header."""
        return self.count.rows - self.header


def notes_of(files: list[CountedFile], blank: list[str]) -> Iterator[Finding]:
    """What is to be said of the files as they are read; `blank` are parts that hold nothing."""
    yield from _unended(files)
    for file in files:
        yield from file.notes
    first = files[0]
    if first.dialect.left_out:
        yield _first_left_out(first.part, first.dialect.left_out)
    yield from no_rows([*blank, *(file.part.name for file in files if not file.rows)])


def _first_left_out(part: Part, what: LeftOut) -> Finding:
    if what == "index":
        return Finding(
            severity="note",
            code="index-left-out",
            message=f"{part.name}: the first column counts the rows, as pandas writes its index; "
            "it is left out.",
            remedy="`df.to_csv(path, index=False)` writes none; a column of yours needs a name in "
            "the header.",
        )
    return Finding(
        severity="note",
        code="row-names-left-out",
        message=f"{part.name}: every record has one field more than the header, as R writes the "
        "names of rows; the first field of each is left out.",
        remedy="`write.csv(d, row.names = FALSE)` writes none; a column of yours needs a name in "
        "the header.",
    )


def _unended(files: list[CountedFile]) -> list[Finding]:
    """A file that was cut off ends in the middle of a line, as some sound ones do."""
    return [
        Finding(
            severity="note",
            code="last-line-open",
            message=f"{file.part.name}, line {file.count.last_line}: the last line has no line "
            "end; if the file was cut off there, so is its last value.",
            remedy="Compare sizes after a copy.",
            line=file.count.last_line,
        )
        for file in files
        if not file.count.is_ended
    ]
