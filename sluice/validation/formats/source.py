"""What every format makes of a drop: a `Source`, which says what it holds and stores its rows.

A consumer never asks which format it has. What only some formats have is a value object that the
others lack: a `Layout` where delimited text is read as it was dropped, a `Content` where each row
is a text or an image.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from sluice.contracts.dataset import Finding
from sluice.contracts.spec import Read, StatedSchema
from sluice.validation.formats.parts import Part

if TYPE_CHECKING:
    import duckdb

    from sluice.validation.rows.rejects import Reject
    from sluice.validation.rows.table import Table
    from sluice.validation.rows.workers import Readers


ContentKind = Literal["text", "image"]


class Place(NamedTuple):
    """How a person finds a row of a drop again."""

    text: str
    """As sentences name it: `iris.csv, line 7`."""
    line: int | None
    """The line (a workbook's row), from 1; None where the format has none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """How the rows of delimited text stand in the files that were dropped."""

    delimiter: str
    has_header: bool
    fields: int
    """How many a row has, those that are left out among them."""
    quoted_newlines: bool
    """Whether a quoted field runs over several lines."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """Texts or images in class folders: each is a row, in the column of its kind's name."""

    kind: ContentKind
    row_bytes: int
    """About a row's size; row groups of large ones hold few."""
    facts: str = ""
    """Images: SQL that yields width, height, channels and format of each."""

    @property
    def words(self) -> str:
        """What sentences call it."""
        return f"{self.kind}s in an archive"

    @property
    def reads(self) -> frozenset[str]:
        """The fields of `read:` in sluice.yaml that apply to it."""
        return frozenset({"encoding"}) if self.kind == "text" else frozenset()


class Source(Protocol):
    """A drop that can be read: what is known of it before its rows are, and how they are stored."""

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in order."""

    @property
    def rows(self) -> int:
        """How many rows there are, counted independently of the parser."""

    @property
    def sample(self) -> tuple[tuple[str, ...], ...]:
        """The first rows as they are written; none where values are not written as text."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """The files as they are read: the drop's own, or copies in scratch."""

    @property
    def dialect(self) -> dict[str, Any]:
        """How the files are written, for the report; `format` is the registry's name of theirs."""

    @property
    def notes(self) -> tuple[Finding, ...]:
        """What was found while the drop was opened."""

    @property
    def missing(self) -> tuple[str, ...]:
        """The spellings of a missing value, beside nothing at all."""

    @property
    def missing_values(self) -> str:
        """What is read as missing beside nothing at all, to begin a sentence: `Blank space is`."""

    @property
    def index(self) -> tuple[str, ...]:
        """Names of columns that tell rows apart, by the files' own account: none of them is what
        should be predicted, unless sluice.yaml names it."""

    @property
    def layout(self) -> Layout | None:
        """How delimited text stands in the dropped files; None for all other formats."""

    @property
    def content(self) -> Content | None:
        """The texts or images that the rows are; None where rows are made of plain columns."""

    def with_notes(self, notes: tuple[Finding, ...], /) -> Source:
        """The same with more notes, before its own."""

    def place(self, row: int, /) -> Place:
        """Where a person finds the row of this number, from 1."""

    def store(
        self, readers: Readers, *, stated: StatedSchema, salt: str, quarantine_up_to: float
    ) -> Reading:
        """Read every row once, and store it typed.

        Columns that sluice.yaml has `stated` may have no other type. `salt` moves the split between
        train and holdout. Rows that do not parse are left out where they are at most the share
        `quarantine_up_to`. Raises `Refused` where they are more, or where the rows that were read
        differ from the independent count.
        """


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A drop that was read to its end."""

    source: Source
    """The drop as it was counted in the end, without what was left out."""
    table: Table
    """Its rows, typed and stored."""
    rejects: tuple[Reject, ...] = ()
    """The rows that did not parse, and are not in the table."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """What a format is given to open a drop with."""

    parts: list[Part]
    """The files as they were dropped, in order; one at least."""
    scratch: Path
    """A folder for copies, which ends with the validation."""
    stated: Read
    """What sluice.yaml says of how the files are written; it is not looked for then."""
    executor: Executor | None
    """Several processes to read with; None: this one only."""
    connect: Callable[[], duckdb.DuckDBPyConnection]
    """The validation's DuckDB, which may read the parts; the same one each time."""
