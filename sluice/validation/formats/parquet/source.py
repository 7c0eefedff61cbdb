"""Parquet files as a drop: their own types, rows numbered by the files themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sluice.contracts.dataset import Finding
from sluice.contracts.spec import StatedSchema
from sluice.validation.formats.parquet.columns import native_columns, native_rows
from sluice.validation.formats.parts import Part
from sluice.validation.formats.source import Place, Reading
from sluice.validation.rows.agreement import require_rows
from sluice.validation.rows.columns import TypedColumn
from sluice.validation.rows.table import stored
from sluice.validation.rows.workers import Readers
from sluice.validation.scanner.stored import store_rows
from sluice.validation.scanner.stream import stream_of


@dataclass(frozen=True, kw_only=True, slots=True)
class ParquetSource:
    """A drop of Parquet files of one schema; a `Source`."""

    parts: tuple[Part, ...]
    part_rows: tuple[int, ...]
    """How many rows each part has, by its footer."""
    names: tuple[str, ...]
    types: tuple[str, ...]
    """DuckDB's, by column."""
    aliases: tuple[str, ...]
    """Of all columns of the files, in order: c1, c2, …, and others for those that are left out."""
    index: tuple[str, ...] = ()
    sample: tuple[tuple[str, ...], ...] = ()
    notes: tuple[Finding, ...] = ()
    missing: tuple[str, ...] = ()
    missing_values: str = "NaN, infinite values and years beyond 9999 are"
    layout: None = None
    content: None = None

    @property
    def rows(self) -> int:
        """How many rows the footers count."""
        return sum(self.part_rows)

    @property
    def dialect(self) -> dict[str, Any]:
        """How the files are written, for the report."""
        return {"format": "parquet", "files": len(self.parts)}

    def with_notes(self, notes: tuple[Finding, ...], /) -> ParquetSource:
        """The same with more notes, before its own."""
        return replace(self, notes=(*notes, *self.notes))

    def place(self, row: int, /) -> Place:
        """Where a person finds the row of this number, from 1: there are no lines."""
        for part, here in zip(self.parts, self.part_rows, strict=True):
            if row <= here:
                return Place(f"{part.name}, row {row}", None)
            row -= here
        raise ValueError(f"the drop has no row {row}")

    def store(
        self, readers: Readers, *, stated: StatedSchema, salt: str, quarantine_up_to: float
    ) -> Reading:
        """Read and store every row in the file's own types, texts as what they say.

        Raises `Refused` where the rows are not as many as the footers count.
        """
        path, unclean = readers.scratch / "rows-0", set[int]()
        columns = self._stored(readers, path, stated, salt, unclean)
        if unclean:
            # Few tables have such texts: all others are read once.
            columns = self._stored(readers, path, stated, salt, unclean)
        rows = self.rows
        table = stored(readers.con, [path], columns=columns, rows=rows)
        return Reading(source=self, table=table)

    def _stored(
        self, readers: Readers, path: Path, stated: StatedSchema, salt: str, unclean: set[int]
    ) -> tuple[TypedColumn, ...]:
        """Store every row, texts of the columns `unclean` cleaned; where there are none, those that
        need it are added to them."""
        columns, values, rows, row_bytes = native_columns(readers.con, self, stated, unclean)
        require_rows(self, rows)
        streams = map(stream_of, native_rows(readers.con, self, values, row_bytes))
        asked = None if unclean else unclean
        stored = store_rows(streams, path, names=self.names, salt=salt, unclean=asked)
        require_rows(self, stored)
        return columns
