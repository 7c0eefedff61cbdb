"""The columns of a drop: as text, before their types are settled, and typed, as they are stored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from sluice.cells import MISSING
from sluice.contracts.dataset import ColumnType, Reading
from sluice.contracts.spec import StatedColumn, StatedSchema
from sluice.validation.rows.candidates import OF_TYPE
from sluice.validation.scanner.interface import Storage

_OTHER: Final = {".": "decimal-comma", ",": "number"}
"""The type of numbers that a stated decimal mark leaves out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TextColumns:
    """The columns of delimited text, before the type of any is settled."""

    names: tuple[str, ...]
    candidates: tuple[tuple[str, ...], ...]
    """By column, the names of the `CANDIDATES` that it may have."""
    sample: tuple[tuple[str, ...], ...] = ()
    """The first rows; one that does not parse may have too few fields, or too many."""
    missing: tuple[str, ...] = MISSING
    """Spellings of a missing value."""
    kinds: tuple[ColumnType, ...] = ()
    """What each column is, where the format says so: it is then kept as it came, an image out of
    base64. None where the values have to tell."""
    stated: frozenset[int] = frozenset()
    """Places (from 0) of the columns that may have no other type because sluice.yaml says so."""
    types: tuple[ColumnType | None, ...] = ()
    """The stated types, by column; none where sluice.yaml states no column."""
    formats: tuple[str | None, ...] = ()
    """The stated formats of dates and timestamps, by column."""
    marks: tuple[tuple[str | None, str | None], ...] = ()
    """What is stated of the numbers of each column: the decimal mark, and that of thousands."""
    decimal: str | None = None
    thousands: str | None = None
    """What sluice.yaml states of all numbers."""

    def stated_as(self, schema: StatedSchema) -> TextColumns:
        """The same columns, those with a stated type with no other candidates."""
        columns = [schema.columns.get(name, StatedColumn()) for name in self.names]
        types = tuple(column.type for column in columns)
        formats = tuple(column.format for column in columns)
        marks = tuple((column.point, column.thousands) for column in columns)
        candidates = tuple(
            tuple(one for one in OF_TYPE[kind] if one != _OTHER.get(point or "")) if kind else own
            for own, kind, (point, _) in zip(self.candidates, types, marks, strict=True)
        )
        stated = frozenset(at for at, kind in enumerate(types) if kind and OF_TYPE[kind])
        return replace(
            self, candidates=candidates, stated=stated, types=types, formats=formats, marks=marks
        )

    def values(self, place: int) -> list[str]:
        """What the column holds in the sample, missing values left out; `place` is from 0."""
        width = len(self.names)
        values = [row[place].strip() for row in self.sample if len(row) == width]
        return [value for value in values if value and value not in self.missing]


@dataclass(frozen=True, kw_only=True, slots=True)
class Misfits:
    """The values of a column that are not of a type."""

    kind: str
    """The type: a key of `CANDIDATES`."""
    values: int
    """How many there are."""
    first_row: int
    """The number of the first row that has one, from 1."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TypedColumn:
    """One column as it is stored, and later written to the dataset."""

    id: str
    """c1, c2, …: its name inside of SQL."""
    name: str
    """As the drop calls it."""
    storage: Storage
    """The SQL type of its values."""
    present: int = 0
    """How many values there are, missing ones left out."""
    spelled: int = 0
    """How many missing values are written: as one of `MISSING`, as blank space, as NaN."""
    trimmed: int = 0
    """How many texts had spaces around them."""
    odd: Misfits | None = None
    """The few values that break a type which holds for nearly all."""
    unstated: Misfits | None = None
    """Values that are not of the type that sluice.yaml states."""
    was: str = ""
    """Parquet: the type in the file, where the dataset stores another."""
    kind: ColumnType | None = None
    """What it is, where the drop's format leaves no doubt."""
    reading: Reading | None = None
    """How its text is written; None: the plain way."""
    doubtful: tuple[Reading, ...] = ()
    """Readings that hold for all of its values and say different things; it is kept as text."""
    codes: bool = False
    """Whether its values would be numbers, and are kept as text because different ones would be
    the same number."""

    @property
    def place(self) -> int:
        """Its place among the columns of the table, from 0."""
        return int(self.id[1:]) - 1
