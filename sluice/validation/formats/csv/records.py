"""An independent count of the records of a CSV file, and the faults that parsers hide.

The count exists to be held against the scanner's: if the two differ, the drop is refused. So it
shares nothing with it.

Three ways, from the fastest to the most exact. The first is scanner/count.c, which takes some
gigabytes a second, and says when it is in doubt. Then the file is read in pieces of some megabytes
that end at a record's end. Splitting at the quote character alternates between what stands outside
and inside of quotes, a doubled quote being an empty piece between. What stands outside is kept with
one mark for each quoted run; every mark must then touch a delimiter or a line's end on either side.
Where one does not (an inch sign, a quote never closed), the slow scanner takes over for the rest of
the file: it knows where a field begins, and tells the one from the other.

The first way says nothing of how quotes stand in their line. The scanner does; where it objects or
counts otherwise, the file is counted again without the first way.
"""

from __future__ import annotations

import codecs
import operator
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from sluice.validation.formats.csv.quotes import MAX_RECORD_BYTES, Quotes
from sluice.validation.formats.first_bytes import nul_byte
from sluice.validation.formats.parts import Part, scratch_file
from sluice.validation.refusals import Refused
from sluice.validation.scanner import scan

_FIRST = operator.itemgetter(slice(0, 1))
_LAST = operator.itemgetter(slice(-1, None))

BLOCK_BYTES = 4 * 1024 * 1024
QUOTE = '"'
"""Unless sluice.yaml states another."""

Newline = Literal["LF", "CRLF", "mixed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """Some whole records of a file."""

    data: bytes
    outside: bytes
    """`data` with every quoted run replaced by one quote character."""
    line: int
    """The physical line on which `data` begins, from 1."""
    lines: int
    """Physical lines that end in `data`."""
    offset: int
    """The byte at which `data` begins, from 0."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Records:
    """What the scan found in one file."""

    count: int
    """Records that are not blank, the header among them."""
    blank: int
    newline: Newline
    quoted_newlines: bool
    """Whether a quoted field runs over several lines."""
    last_line: int
    is_ended: bool
    """Whether the last line ends as the others do."""


def count(part: Part, delimiter: str, quote: str = QUOTE) -> Records:
    """Count the records of a UTF-8 file in the fastest way that leaves no doubt.

    Raises `Refused` naming the line for bytes that are no UTF-8, NUL bytes, a carriage return
    alone, quotes that never close or close too early, and records beyond `MAX_RECORD_BYTES`.
    """
    found = scan.count(part.path, delimiter, quote, MAX_RECORD_BYTES)
    if not found.is_plain:
        return recount(part, delimiter, quote)
    return Records(
        count=found.records,
        blank=found.blank,
        newline=_newline(found.unix_ends, found.dos_ends),
        quoted_newlines=found.lines > found.unix_ends + found.dos_ends,
        last_line=part.first_line + found.lines - found.is_ended,
        is_ended=found.is_ended,
    )


def recount(part: Part, delimiter: str, quote: str = QUOTE) -> Records:
    """The same, exactly and slowly, with the line of whatever is wrong."""
    records = blank = unix = dos = physical = 0
    last = b""
    line = part.first_line
    for piece in pieces(part, delimiter, quote):
        _check_text(part, piece)
        last, line = piece.data[-1:], piece.line + piece.lines
        outside = piece.outside
        if b"\r" in outside:
            returns = outside.count(b"\r\n")
            outside = outside.replace(b"\r\n", b"\n")
            if b"\r" in outside:
                raise _lone_return(part, piece, delimiter, quote)
            dos += returns
            unix -= returns
        ends = outside.count(b"\n")
        empty = _blank_lines(outside)
        unix += ends
        physical += piece.lines - ends
        blank += empty
        records += ends - empty + (not outside.endswith(b"\n"))
    return Records(
        count=records,
        blank=blank,
        newline=_newline(unix, dos),
        quoted_newlines=physical > 0,
        last_line=line - (last == b"\n"),
        is_ended=last == b"\n",
    )


def _newline(unix: int, dos: int) -> Newline:
    return "mixed" if dos and unix else "CRLF" if dos else "LF"


def pieces(part: Part, delimiter: str, quote: str = QUOTE) -> Iterator[Piece]:
    """The file in pieces of whole records, about `BLOCK_BYTES` each."""
    exact = Quotes(delimiter, quote)
    is_exact = False
    line = part.first_line
    with part.path.open("rb") as file:
        block = file.read(BLOCK_BYTES)
        data = block.removeprefix(codecs.BOM_UTF8)
        offset = len(block) - len(data)
        while data:
            block = file.read(BLOCK_BYTES)
            outside: bytes | None = None
            cut = 0
            if not is_exact:
                cut = len(data) if not block else _even_cut(data, quote.encode())
                outside = _alternate(data[:cut], delimiter.encode(), quote.encode())
                is_exact = outside is None
            if outside is None:
                cut = exact.cut(part, data, line, final=not block)
                outside = exact.outside(part, data[:cut], line)
            lines = data.count(b"\n", 0, cut)
            if cut:
                yield Piece(data=data[:cut], outside=outside, line=line, lines=lines, offset=offset)
            elif len(data) > MAX_RECORD_BYTES:
                raise too_long(part, line)
            if not block and len(data) - data.rfind(b"\n", 0, -1) > MAX_RECORD_BYTES:
                raise too_long(part, line + data.count(b"\n", 0, -1))
            line += lines
            offset += cut
            data = data[cut:] + block


def line_of(part: Part, delimiter: str, record: int, quote: str = QUOTE) -> int:
    """The physical line on which the `record`-th record that is not blank begins, both from 1."""
    exact = Quotes(delimiter, quote)
    passed = 0
    for piece in pieces(part, delimiter, quote):
        flat = exact.masked(piece.data).replace(b"\r\n", b" \n")
        here = flat.count(b"\n") + (not flat.endswith(b"\n"))
        if passed + here >= record:
            start = 0
            for row in flat.split(b"\n"):
                passed += bool(row.strip(b" "))
                if passed == record:
                    return piece.line + piece.data.count(b"\n", 0, start)
                start += len(row) + 1
        else:
            passed += here - _blank_lines(piece.outside.replace(b"\r\n", b"\n"))
    raise ValueError(f"{part.name} has no record {record}.")


def cut(part: Part, delimiter: str, quote: str, scratch: Path, size: int) -> list[Part]:
    """The file in copies of whole records, of about `size` bytes each; a small one stays whole."""
    if part.path.stat().st_size < 1.5 * size:
        return [part]
    parts: list[Part] = []
    room = 0
    with ExitStack() as opened:
        for piece in pieces(part, delimiter, quote):
            if room <= 0:
                copy = scratch_file(scratch)
                opened.close()
                out = opened.enter_context(copy.open("wb"))
                parts.append(
                    replace(part, path=copy, first_line=piece.line, first_byte=piece.offset)
                )
                room = size
            out.write(piece.data)
            room -= len(piece.data)
    return parts


def _blank_lines(outside: bytes) -> int:
    blank = int(outside.startswith(b"\n"))
    return blank + (len(re.findall(rb"\n(?=\n)", outside)) if b"\n\n" in outside else 0)


def _even_cut(data: bytes, quote: bytes) -> int:
    """End of the last line that has an even number of quotes before it; 0 where there is none."""
    quotes = data.count(quote)
    end = len(data)
    while (newline := data.rfind(b"\n", 0, end)) >= 0:
        quotes -= data.count(quote, newline, end)
        if quotes % 2 == 0:
            return newline + 1
        end = newline
    return 0


def _alternate(data: bytes, comma: bytes, quote: bytes) -> bytes | None:
    """What stands outside of quotes, each quoted run as one mark; None where quotes are odd."""
    if quote not in data:
        return data
    runs = data.split(quote)
    if len(runs) % 2 == 0:
        return None
    outside = runs[0::2]
    before = set(map(_LAST, outside[:-1]))
    after = set(map(_FIRST, outside[1:]))
    whole = before <= {b"", comma, b"\n"} and after <= {b"", comma, b"\n", b"\r"}
    return quote.join(outside) if whole else None


def too_long(part: Part, line: int) -> Refused:
    """The refusal of a record beyond `MAX_RECORD_BYTES`."""
    return Refused(
        "line-too-long",
        f"{part.name}, line {line}: the record is longer than "
        f"{MAX_RECORD_BYTES // 1024 // 1024} MiB.",
        remedy="Check for an unclosed quote or missing line ends.",
        line=line,
    )


def _lone_return(part: Part, piece: Piece, delimiter: str, quote: str) -> Refused:
    flat = Quotes(delimiter, quote).masked(piece.data).replace(b"\r\n", b"  ")
    line = piece.line + piece.data.count(b"\n", 0, flat.index(b"\r"))
    return Refused(
        "lone-carriage-return",
        f"{part.name}, line {line}: a carriage return stands alone in the line.",
        remedy="End every line the same way (LF or CRLF), or quote the field that holds it.",
        line=line,
    )


def _check_text(part: Part, piece: Piece) -> None:
    nul = piece.data.find(b"\0")
    if nul >= 0:
        line = piece.line + piece.data.count(b"\n", 0, nul)
        raise nul_byte(part, part.first_byte + piece.offset + nul, line)
    if piece.data.isascii():
        return
    try:
        piece.data.decode()
    except UnicodeDecodeError as error:
        line = piece.line + piece.data.count(b"\n", 0, error.start)
        raise Refused(
            "bad-encoding",
            f"{part.name}, line {line}, "
            f"byte {part.first_byte + piece.offset + error.start}: the byte "
            f"0x{piece.data[error.start]:02X} is not UTF-8 text.",
            remedy="Save the file as UTF-8, or state what it is in sluice.yaml, such as "
            "`read: {encoding: latin-1}`.",
            line=line,
        ) from None
