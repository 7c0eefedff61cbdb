"""Where quoted fields begin and end, told exactly: the slow way behind `pieces.py`."""

from __future__ import annotations

import re
from typing import Final

from sluice.validation.formats.parts import Part
from sluice.validation.refusals import Refused

MAX_ROW_BYTES: Final = 1024 * 1024
"""Longest row, embedded newlines included. A longer one is nearly always an unclosed quote."""


def quoted(delimiter: str, quote: str) -> bytes:
    """The pattern of a quoted field, what is before and behind it left out."""
    mark = re.escape(quote.encode())
    return opening(delimiter, quote) + rb"(?:[^" + mark + rb"]++|" + mark * 2 + rb")*+" + mark


def opening(delimiter: str, quote: str) -> bytes:
    """A quote where a field begins, spaces before it allowed."""
    comma, mark = re.escape(delimiter.encode()), re.escape(quote.encode())
    return rb"(?<![^" + comma + rb"\n\r]) *+" + mark


class Quotes:
    """Finds quoted fields: a quote counts only where a field begins, as the parser has it."""

    def __init__(self, delimiter: str, quote: str) -> None:
        self.mark = quote.encode()
        self.quoted = re.compile(quoted(delimiter, quote))
        self.open = re.compile(opening(delimiter, quote))
        comma = re.escape(delimiter.encode())
        early = rb" *+(?P<early>[^ \r\n" + comma + rb"])?"
        self.field = re.compile(quoted(delimiter, quote) + early)

    def masked(self, data: bytes) -> bytes:
        """`data`, the same length, every quoted field a run of quote characters."""
        if self.mark not in data:
            return data
        return self.quoted.sub(lambda m: self.mark * len(m[0]), data)

    def cut(self, part: Part, data: bytes, line: int, *, final: bool) -> int:
        """Where the last whole row ends."""
        masked = self.masked(data)
        begun = self.open.search(self.quoted.sub(lambda m: b"x" * len(m[0]), data))
        if begun and (final or len(data) - begun.end() > MAX_ROW_BYTES):
            raise unclosed(part, line + data.count(b"\n", 0, begun.end()))
        if final:
            return len(data)
        return masked.rfind(b"\n", 0, begun.start() if begun else len(data)) + 1

    def outside(self, part: Part, data: bytes, line: int) -> bytes:
        """As `Piece.outside`; refuses a quoted field that ends before its field does."""
        for field in self.field.finditer(data):
            if field["early"]:
                begin = field.start() + field[0].index(self.mark)
                raise unclosed(part, line + data.count(b"\n", 0, begin))
        return self.quoted.sub(lambda _: self.mark, data)


def unclosed(part: Part, line: int) -> Refused:
    """The refusal of a quoted field without an end, or with one too early."""
    return Refused(
        "unclosed-quote",
        f"{part.name}, line {line}: the quote that opens a field here is never properly closed, "
        f"so what follows cannot be told apart.",
        remedy="Close it; a quote inside a quoted field is written twice, unless sluice.yaml "
        "states another way under `read.escape`.",
        line=line,
    )


def too_long(part: Part, line: int) -> Refused:
    """The refusal of a row beyond `MAX_ROW_BYTES`."""
    return Refused(
        "line-too-long",
        f"{part.name}, line {line}: the record is longer than {MAX_ROW_BYTES // 1024 // 1024} MiB.",
        remedy="Check for an unclosed quote or missing line ends.",
        line=line,
    )
