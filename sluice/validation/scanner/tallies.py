"""What a scan says of a drop's columns and rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class BadRow:
    """A row of a file with too few or too many fields. Numbers are from 1, the offset from 0."""

    path: Path
    row: int
    """Among the file's rows that are not blank, its header included."""
    line: int
    offset: int
    size: int
    fields: int

    @property
    def text(self) -> str:
        """The row as it stands in the file, its end left out."""
        with self.path.open("rb") as file:
            file.seek(self.offset)
            return file.read(self.size).decode("utf-8-sig", errors="replace").rstrip("\r\n")


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnTally:
    """How many values of one column became what."""

    present: int
    spelled: int
    """Missing, and written as one of the spellings."""
    other: int
    """Not of the type that was planned; of text, those that had spaces around them."""

    def __add__(self, other: ColumnTally) -> ColumnTally:
        return ColumnTally(
            present=self.present + other.present,
            spelled=self.spelled + other.spelled,
            other=self.other + other.other,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """How many values of one column are of each type that was asked for."""

    present: int = 0
    fits: dict[str, int] = field(default_factory=dict)
    first_unlike: dict[str, int] = field(default_factory=dict)
    """By type, the first row of a value that is not of it, from 1; 0: there is none."""
    unlike_all: int = 0
    """Values that are of none of the types."""
    first_unlike_all: int = 0
    thousands: int = 0
    """Values that are digits in groups of three."""
    commas: int = 0
    """Values that hold a comma."""

    def followed_by(self, other: Answer, rows: int) -> Answer:
        """The answer about both, where `other` is about the rows behind the first `rows`."""

        def first(mine: int, others: int) -> int:
            return mine or (others and others + rows)

        return Answer(
            present=self.present + other.present,
            fits={kind: self.fits.get(kind, 0) + n for kind, n in other.fits.items()},
            first_unlike={
                kind: first(self.first_unlike.get(kind, 0), row)
                for kind, row in other.first_unlike.items()
            },
            unlike_all=self.unlike_all + other.unlike_all,
            first_unlike_all=first(self.first_unlike_all, other.first_unlike_all),
            thousands=self.thousands + other.thousands,
            commas=self.commas + other.commas,
        )
