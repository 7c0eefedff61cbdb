"""What the engine asks of the scanner: a count of records, a question, or rows to be staged."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Any

from sluice.validation.scanner.library import (
    KINDS,
    ArrowArrayStream,
    Count,
    Found,
    Plan,
    Reading,
    Request,
    check,
    library,
)
from sluice.validation.scanner.texts import texts


class Status(IntEnum):
    """`enum status` of reader.h: how a scan ended."""

    DONE = 0
    BROKEN_QUOTE = 1
    TOO_LONG = 2
    TOO_MANY_REJECTS = 3
    FAILED = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Files:
    """CSV files in UTF-8 that are one table, and how they are written."""

    paths: tuple[Path, ...]
    names: tuple[str, ...]
    """Of the columns."""
    longest: int
    """Bytes of a record."""
    delimiter: str = ","
    quote: str = '"'
    has_header: bool = False
    """The first record of each file."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejected:
    """A record with too few or too many fields. Numbers are from 1, the offset from 0."""

    path: Path
    record: int
    """Among the file's records that are not blank."""
    line: int
    offset: int
    size: int
    fields: int

    @property
    def text(self) -> str:
        """The record as it stands in the file, its end left out."""
        with self.path.open("rb") as file:
            file.seek(self.offset)
            return file.read(self.size).decode("utf-8-sig", errors="replace").rstrip("\r\n")


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """What became of the values of one column."""

    present: int
    spelled: int
    """Missing, and written as one of the spellings."""
    other: int
    """Not of the type that was planned; of text, those that had spaces around them."""

    def __add__(self, other: Held) -> Held:
        return Held(
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
        """Of both, where `other` is of the rows behind the first `rows`."""

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


def count(path: Path, delimiter: str, quote: str, longest: int) -> Count:
    """The records of a file, counted apart from the scanner; see count.h."""
    found = Count()
    error = library().count_records(
        os.fsencode(path), ord(delimiter), ord(quote), longest, ctypes.byref(found)
    )
    check(error, path)
    return found


class Scan:
    """One scan of some files: a question, or rows that are staged once."""

    def __init__(
        self,
        files: Files,
        *,
        missing: Sequence[str],
        kinds: Sequence[str] = (),
        asked: Sequence[Sequence[str]] = (),
        most_rejects: int = 1,
    ) -> None:
        """`kinds` are the types to convert each column to, `asked` those to be counted.

        After `most_rejects` records that do not parse, the scan ends.
        """
        width = len(files.names)
        # No file holds a NUL, and in C it would end the spelling.
        missing = [spelling for spelling in missing if "\0" not in spelling]
        self._files = files
        self._asked = asked
        plans = (Plan * width)()
        for at, plan in enumerate(plans):
            plan.kind = KINDS.index(kinds[at]) if kinds else 0
            plan.asked = sum(1 << KINDS.index(kind) for kind in asked[at]) if asked else 0
        reading = Reading(
            paths=texts(os.fsencode(path) for path in files.paths),
            files=len(files.paths),
            columns=width,
            longest=files.longest,
            most_rejects=most_rejects,
            delimiter=ord(files.delimiter),
            quote=ord(files.quote),
            has_header=files.has_header,
        )
        request = Request(
            reading=reading,
            plans=plans,
            missing=texts(spelling.encode() for spelling in missing),
            spellings=len(missing),
        )
        self._scan = library().scan_new(ctypes.byref(request))
        if not self._scan:
            raise MemoryError

    def __del__(self) -> None:
        if getattr(self, "_scan", None):
            library().scan_free(self._scan)

    def stream(self) -> ArrowArrayStream:
        """The rows, to be read once, while this object lives."""
        stream = ArrowArrayStream()
        library().scan_stream(self._scan, ctypes.byref(stream))
        return stream

    def ask(self) -> list[Answer]:
        """Count what was asked, of every row."""
        library().scan_ask(self._scan)
        self._check()
        return [
            _answer(found, kinds) for found, kinds in zip(self._found, self._asked, strict=True)
        ]

    @property
    def held(self) -> list[Held]:
        """What became of the values, once the stream is at its end."""
        self._check()
        return [
            Held(present=found.present, spelled=found.spelled, other=found.other)
            for found in self._found
        ]

    @property
    def status(self) -> Status:
        """How it ended, or goes on."""
        return Status(self._result.status)

    @property
    def place(self) -> tuple[Path, int]:
        """The file and the line where a scan ended that is not done."""
        return self._files.paths[self._result.file - 1], self._result.line

    @property
    def rows(self) -> int:
        """Records that parse, headers left out."""
        return int(self._result.rows)

    @property
    def rejected(self) -> list[Rejected]:
        """The records that do not, in the files' order."""
        found = library().scan_rejects(self._scan)
        return [
            Rejected(
                path=self._files.paths[reject.file - 1],
                record=reject.record,
                line=reject.line,
                offset=reject.offset,
                size=reject.size,
                fields=reject.fields,
            )
            for reject in found[: self._result.rejects]
        ]

    @property
    def _result(self) -> Any:
        return library().scan_result(self._scan).contents

    @property
    def _found(self) -> list[Found]:
        found: list[Found] = library().scan_found(self._scan)[: len(self._files.names)]
        return found

    def _check(self) -> None:
        if self.status is Status.FAILED:
            check(self._result.error)


def _answer(found: Found, kinds: Sequence[str]) -> Answer:
    places = {kind: KINDS.index(kind) for kind in kinds}
    return Answer(
        present=found.present,
        fits={kind: found.fits[at] for kind, at in places.items()},
        first_unlike={kind: found.first_unlike[at] for kind, at in places.items()},
        unlike_all=found.unlike_all,
        first_unlike_all=found.first_unlike_all,
        thousands=found.thousands,
        commas=found.commas,
    )
