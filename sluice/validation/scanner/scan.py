"""What the engine asks of the scanner: a count of rows, a question, or rows to be stored."""

from __future__ import annotations

import ctypes
import os
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sluice.contracts.dataset import Reading
from sluice.validation.scanner import interface
from sluice.validation.scanner.interface import (
    KINDS,
    ComposeText,
    Count,
    Plan,
    ReaderOptions,
    ScanOptions,
    Status,
    Tally,
)
from sluice.validation.scanner.library import check, library, texts
from sluice.validation.scanner.stream import Stream
from sluice.validation.scanner.tallies import Answer, BadRow, ColumnTally


@dataclass(frozen=True, kw_only=True, slots=True)
class Files:
    """CSV files in UTF-8 that are one table, and how they are written."""

    paths: tuple[Path, ...]
    names: tuple[str, ...]
    """Of the columns."""
    longest: int
    """Bytes of a row."""
    delimiter: str = ","
    quote: str = '"'
    has_header: bool = False
    """The first row of each file."""


def count(path: Path, delimiter: str, quote: str, longest: int) -> Count:
    """The rows of a file, counted apart from the scanner; see count.h."""
    counted = Count()
    error = library().count_rows(
        os.fsencode(path), ord(delimiter), ord(quote), longest, ctypes.byref(counted)
    )
    check(error, path)
    return counted


class Scan:
    """One scan of some files: a question, or rows that are stored once."""

    def __init__(
        self,
        files: Files,
        *,
        missing: Sequence[str],
        kinds: Sequence[str] = (),
        asked: Sequence[Sequence[str]] = (),
        readings: Sequence[Reading | None] = (),
        most_bad_rows: int = 1,
    ) -> None:
        """`kinds` are the types to convert each column to, `asked` those to be counted, `readings`
        how each column's text is written.

        After `most_bad_rows` rows that do not parse, the scan ends.
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
            plan.reading = _reading(readings[at] if readings else None)
        reader = ReaderOptions(
            paths=texts(os.fsencode(path) for path in files.paths),
            files=len(files.paths),
            columns=width,
            longest=files.longest,
            most_bad_rows=most_bad_rows,
            delimiter=ord(files.delimiter),
            quote=ord(files.quote),
            has_header=files.has_header,
        )
        options = ScanOptions(
            reader=reader,
            plans=plans,
            missing=texts(spelling.encode() for spelling in missing),
            spellings=len(missing),
            compose=_COMPOSE,
        )
        self._scan = library().scan_new(ctypes.byref(options))
        if not self._scan:
            raise MemoryError

    def __del__(self) -> None:
        if getattr(self, "_scan", None):
            library().scan_free(self._scan)

    def stream(self) -> Stream:
        """The rows, to be read once."""
        stream = Stream(source=self)
        library().scan_stream(self._scan, stream.pointer)
        return stream

    def ask(self) -> list[Answer]:
        """Count what was asked, of every row."""
        library().scan_ask(self._scan)
        self._check()
        return [
            _answer(tally, kinds) for tally, kinds in zip(self._tallies, self._asked, strict=True)
        ]

    @property
    def tallies(self) -> list[ColumnTally]:
        """What became of the values of each column, once the stream is at its end."""
        self._check()
        return [
            ColumnTally(present=tally.present, spelled=tally.spelled, other=tally.other)
            for tally in self._tallies
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
        """Rows that parse, headers left out."""
        return int(self._result.rows)

    @property
    def bad_rows(self) -> list[BadRow]:
        """The rows that do not parse, in the files' order."""
        rows = library().scan_bad_rows(self._scan)[: self._result.bad_rows]
        return [
            BadRow(
                path=self._files.paths[bad.file - 1],
                row=bad.row,
                line=bad.line,
                offset=bad.offset,
                size=bad.size,
                fields=bad.fields,
            )
            for bad in rows
        ]

    @property
    def _result(self) -> Any:
        return library().scan_result(self._scan).contents

    @property
    def _tallies(self) -> list[Tally]:
        tallies: list[Tally] = library().scan_tallies(self._scan)[: len(self._files.names)]
        return tallies

    def _check(self) -> None:
        if self.status is Status.FAILED:
            check(self._result.error)


def _reading(reading: Reading | None) -> interface.Reading:
    how = reading or Reading()
    return interface.Reading(
        format=how.format.encode() if how.format else None,
        unit=how.unit.encode() or None,
        decimal=ord(how.decimal),
        thousands=ord(how.thousands) if how.thousands else 0,
    )


def _compose(text: int, size: int, out: int, room: int) -> int:
    """Unicode's composed form of some bytes of UTF-8; called by the scanner for texts that may
    have another."""
    written = ctypes.string_at(text, size).decode(errors="surrogateescape")
    if unicodedata.is_normalized("NFC", written):
        return -1
    composed = unicodedata.normalize("NFC", written).encode(errors="surrogateescape")
    if len(composed) > room:
        return -1
    ctypes.memmove(out, composed, len(composed))
    return len(composed)


_COMPOSE = ComposeText(_compose)


def _answer(tally: Tally, kinds: Sequence[str]) -> Answer:
    places = {kind: KINDS.index(kind) for kind in kinds}
    return Answer(
        present=tally.present,
        fits={kind: tally.fits[at] for kind, at in places.items()},
        first_unlike={kind: tally.first_unlike[at] for kind, at in places.items()},
        unlike_all=tally.unlike_all,
        first_unlike_all=tally.first_unlike_all,
        thousands=tally.thousands,
        commas=tally.commas,
    )
