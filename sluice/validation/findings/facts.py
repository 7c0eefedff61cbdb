"""What findings are looked for in: the rows, and what is known of them by then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Self

from sluice.validation.formats.source import Source
from sluice.validation.profile.association import Association, Entry
from sluice.validation.profile.measure import Summary
from sluice.validation.purpose.time_columns import TimeColumn
from sluice.validation.rows.columns import TypedColumn
from sluice.validation.rows.table import Table

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredRows:
    """The rows of a drop, typed, and where each came from."""

    con: duckdb.DuckDBPyConnection
    source: Source
    table: Table
    goal: TypedColumn | None
    """The column to predict, as it is stored."""
    is_guess: bool = False
    """Whether nobody named it."""

    @classmethod
    def of(cls, rows: StoredRows, **more: Any) -> Self:
        """`rows`, with what more is known of them by now."""
        known = {name.name: getattr(rows, name.name) for name in fields(rows)}
        return cls(**known, **more)


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasuredRows(StoredRows):
    """The same, every column measured."""

    summaries: Mapping[str, Summary]
    """By the columns' SQL names."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DescribedRows(MeasuredRows):
    """The same, with what they are for and what each column is."""

    entries: tuple[Entry, ...]
    """Every column, as it is stored, as `schema.json` has it, and in numbers."""
    task: str
    times: tuple[TimeColumn, ...]
    """What tells when a row was."""

    @property
    def features(self) -> tuple[Entry, ...]:
        """All columns but the target and what is excluded."""
        return tuple(
            entry for entry in self.entries if entry[0] is not self.goal and not entry[1].excluded
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class AssociatedRows(DescribedRows):
    """The same, each feature held against the target."""

    associations: Mapping[str, Association]
    """By the columns' SQL names; none where there is no target."""
