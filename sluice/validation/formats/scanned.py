"""Drops that the scanner reads: CSV files as they are, or what other formats were rewritten to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sluice.contracts.dataset import Finding
from sluice.contracts.spec import Read, StatedSchema
from sluice.validation.formats.parts import Part
from sluice.validation.formats.source import Content, Layout, Place, Reading
from sluice.validation.rows.columns import TextColumns
from sluice.validation.rows.storing import store_text
from sluice.validation.rows.workers import Readers
from sluice.validation.scanner.scan import Files


def stated_texts(stated: Read) -> dict[str, Any]:
    """What sluice.yaml says of texts, for the report's dialect."""
    told = {"decimal", "thousands", "missing"}
    return stated.model_dump(mode="json", include=told, exclude_none=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class CountedPart:
    """A file of the drop itself, and what was counted in it."""

    part: Part
    rows: int
    headers: int
    """Records that are no rows: 1 or 0."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ScannedSource:
    """A drop as delimited text in UTF-8; a `Source`."""

    shards: tuple[Files, ...]
    """What the scanner reads, in runs for several processes; one at least."""
    columns: TextColumns
    rows: int
    """Counted independently of the scanner."""
    find: Callable[[int], Place]
    """Where a row is, by its number from 1; may read the files again."""
    parts: tuple[Part, ...]
    """The files as they are read."""
    dialect: dict[str, Any]
    """For the report."""
    notes: tuple[Finding, ...] = ()
    """What was found while the drop was opened."""
    counted: tuple[CountedPart, ...] = ()
    """The parts, where they are files of the drop itself and no copies that were written here."""
    index: tuple[str, ...] = ()
    """As `Source` has it."""
    left_out: str | None = None
    """What the first of the `columns` is, where it is none of the table's own: `index`, which
    counts the rows, or `row names`. It is read, and no part of what is stored."""
    layout: Layout | None = None
    """How the rows stand in the dropped files, where those are delimited text."""
    content: Content | None = None
    """The texts or images that the rows are; None where rows are made of plain columns."""
    recount: Callable[[], ScannedSource] | None = None
    """Counts the rows again in the most exact way; raises `Refused` where quotes are broken."""

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return self.columns.names[1:] if self.left_out else self.columns.names

    @property
    def sample(self) -> tuple[tuple[str, ...], ...]:
        """The first rows as they are written."""
        rows = self.columns.sample
        return tuple(row[1:] for row in rows) if self.left_out else rows

    @property
    def missing(self) -> tuple[str, ...]:
        """The spellings of a missing value, beside nothing at all."""
        return self.columns.missing

    @property
    def missing_values(self) -> str:
        """What is read as missing, as `Source` says."""
        spellings = self.columns.missing
        return (
            f"{', '.join(spellings[:4])}, … and blank space are" if spellings else "Blank space is"
        )

    def with_notes(self, notes: tuple[Finding, ...], /) -> ScannedSource:
        """The same with more notes, before its own."""
        return replace(self, notes=(*notes, *self.notes))

    def place(self, row: int, /) -> Place:
        """Where a person finds the row of this number, from 1."""
        return self.find(row)

    def store(
        self, readers: Readers, *, stated: StatedSchema, salt: str, quarantine_up_to: float
    ) -> Reading:
        """Read, type and store every row, as `Source` says."""
        columns = self.columns.stated_as(stated)
        return store_text(
            replace(self, columns=columns), readers, salt=salt, quarantine_up_to=quarantine_up_to
        )

    def without(self, left_out: Sequence[int]) -> ScannedSource:
        """The drop without the rows of these numbers, which are in order."""
        if not left_out:
            return self

        def find(row: int) -> Place:
            for other in left_out:
                row += other <= row
            return self.find(row)

        return replace(self, rows=self.rows - len(left_out), find=find)
