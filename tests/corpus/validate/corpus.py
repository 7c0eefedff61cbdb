"""The bad-file corpus: files that go wrong, and what must be said of each.

`files/` holds the texts and Parquet files byte for byte, `make.py` writes the archives, workbooks
and what is too large for that, and expected.yaml is the table: one entry a file, under the name it
is dropped with.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict

from tests.corpus.validate.make import LARGE, PACKED, made

HOME = Path(__file__).parent


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Sentence(_Model):
    """One finding that the report must hold; what is not stated may be anything."""

    code: str | None = None
    line: int | None = None
    column: str | None = None
    words: tuple[str, ...] = ()
    """Pieces of the message or its remedy."""
    never: tuple[str, ...] = ()
    """What the message may not claim."""


class Facts(_Model):
    """One column as a reader must see it; no value is missing unless `nulls` says so."""

    kind: Literal["integer", "number", "boolean", "date", "timestamp", "text"] | None = None
    nulls: int = 0
    spelled: tuple[str, ...] = ()
    """How the missing ones are written; a reader that keeps all as text may keep these too."""
    distinct: int | None = None
    min: int | float | None = None
    max: int | float | None = None
    sum: int | float | None = None
    has: tuple[Any, ...] | dict[str, Any] = ()
    """Values that must occur; a mapping leads from what the file holds to its typed value."""


class Truth(_Model):
    """What the file really holds."""

    rows: int
    columns: dict[str, Facts | None] = {}
    """In order; None: only the name counts."""
    named: bool = True
    """False: the file has no names, so a reader may give its own, and places count."""
    names: tuple[str, ...] | None = None
    """Where no mapping can hold them, because two are alike."""
    width: int | None = None
    """Columns, where there are too many to name."""


class Entry(_Model):
    """A file of the corpus."""

    name: str
    what: str
    """What it is, in one sentence."""
    sluice: str = ""
    """The sluice.yaml beside it."""
    verdict: Literal["accepted", "rejected", "not-silent"]
    """`not-silent`: to refuse it, to read the truth, and to warn of it are all right."""
    truth: Truth | None = None
    """Accepted: what the dataset must hold. Rejected: what a reader that takes it must see, where
    taking it is no fault; None: whoever reads it without a word is wrong."""
    says: tuple[Sentence, ...] = ()
    seconds: float | None = None
    """Judged in a process of its own, within so many seconds and bounded memory."""
    known: str = ""
    """Why it goes wrong today; the test expects that, and fails once it is mended."""

    @property
    def is_large(self) -> bool:
        """Whether it is worth a process of its own."""
        return self.name in LARGE

    @property
    def is_made(self) -> bool:
        """Whether make.py writes it."""
        return self.is_large or self.name in PACKED

    def path(self, folder: Path) -> Path:
        """Where the file lies; one that is made is written into `folder` first."""
        return made(self.name, folder) if self.is_made else HOME / "files" / self.name


def entries() -> list[Entry]:
    """All of expected.yaml, in its order."""
    table = yaml.safe_load((HOME / "expected.yaml").read_text(encoding="utf-8"))
    return [Entry(name=name, **entry) for name, entry in table.items() if not name.startswith("_")]
