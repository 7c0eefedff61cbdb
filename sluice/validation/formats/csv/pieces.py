"""A CSV file in pieces of whole rows: read some megabytes at a time, each ending where a row does.

Splitting at the quote character alternates between what stands outside and inside of quotes, a
doubled quote being an empty piece between. What stands outside is kept with one mark for each
quoted run; every mark must then touch a delimiter or a line's end on either side. Where one does
not (an inch sign, a quote never closed), `quotes.py` takes over for the rest of the file: it is
slow, but knows where a field begins, and tells the one from the other.
"""

from __future__ import annotations

import codecs
import operator
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from sluice.validation.formats.csv.quotes import MAX_ROW_BYTES, Quotes, too_long
from sluice.validation.formats.parts import Part, scratch_file

BLOCK_BYTES = 4 * 1024 * 1024
"""About how large a piece is."""
QUOTE: Final = '"'
"""The quote character, unless sluice.yaml states another."""

_FIRST = operator.itemgetter(slice(0, 1))
_LAST = operator.itemgetter(slice(-1, None))


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """Some whole rows of a file."""

    data: bytes
    outside: bytes
    """`data` with every quoted run replaced by one quote character."""
    line: int
    """The physical line on which `data` begins, from 1."""
    lines: int
    """Physical lines that end in `data`."""
    offset: int
    """The byte at which `data` begins, from 0."""


def pieces(part: Part, delimiter: str, quote: str = QUOTE) -> Iterator[Piece]:
    """The file in pieces of whole rows, about `BLOCK_BYTES` each."""
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
            elif len(data) > MAX_ROW_BYTES:
                raise too_long(part, line)
            if not block and len(data) - data.rfind(b"\n", 0, -1) > MAX_ROW_BYTES:
                raise too_long(part, line + data.count(b"\n", 0, -1))
            line += lines
            offset += cut
            data = data[cut:] + block


def line_of(part: Part, delimiter: str, row: int, quote: str = QUOTE) -> int:
    """The line on which a row begins, from 1.

    `row` is its number among those that are not blank, the header too, from 1.
    """
    exact = Quotes(delimiter, quote)
    passed = 0
    for piece in pieces(part, delimiter, quote):
        flat = exact.masked(piece.data).replace(b"\r\n", b" \n")
        here = flat.count(b"\n") + (not flat.endswith(b"\n"))
        if passed + here >= row:
            start = 0
            for text in flat.split(b"\n"):
                passed += bool(text.strip(b" "))
                if passed == row:
                    return piece.line + piece.data.count(b"\n", 0, start)
                start += len(text) + 1
        else:
            passed += here - blank_lines(piece.outside.replace(b"\r\n", b"\n"))
    raise ValueError(f"{part.name} has no row {row}")


def cut_file(part: Part, delimiter: str, quote: str, scratch: Path, size: int) -> list[Part]:
    """The file in copies of whole rows, of about `size` bytes each; a small one stays whole."""
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


def blank_lines(outside: bytes) -> int:
    """How many blank lines stand in `Piece.outside`, its lines ended by line feeds alone."""
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
