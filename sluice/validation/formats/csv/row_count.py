"""An independent count of the rows of a CSV file, and the faults that parsers hide.

The count exists to be held against the scanner's: if the two differ, the drop is refused. So it
shares nothing with it.

Two ways: the scanner's count.c takes some gigabytes a second, and says when it is in doubt; the
pieces of pieces.py are exact, and name the line of whatever is wrong. The first says nothing of how
quotes stand in their line. The scanner does; where it objects or counts otherwise, the file is
counted again in the second way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sluice.validation.formats.csv.pieces import QUOTE, Piece, blank_lines, pieces
from sluice.validation.formats.csv.quotes import MAX_ROW_BYTES, Quotes
from sluice.validation.formats.first_bytes import nul_byte
from sluice.validation.formats.parts import Part
from sluice.validation.refusals import Refused
from sluice.validation.scanner import scan

Newline = Literal["LF", "CRLF", "mixed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class RowCount:
    """How many rows one file holds, and how its lines end."""

    rows: int
    """Rows that are not blank, the header among them."""
    blank: int
    """Lines that hold nothing, outside of quotes."""
    newline: Newline
    quoted_newlines: bool
    """Whether a quoted field runs over several lines."""
    last_line: int
    """The number of the last line in the dropped file, from 1."""
    is_ended: bool
    """Whether the last line ends as the others do."""


def count_rows(part: Part, delimiter: str, quote: str = QUOTE) -> RowCount:
    """Count the rows of a UTF-8 file in the fastest way that leaves no doubt.

    Raises `Refused` naming the line for bytes that are no UTF-8, NUL bytes, a carriage return
    alone, quotes that never close or close too early, and rows beyond `MAX_ROW_BYTES`.
    """
    found = scan.count(part.path, delimiter, quote, MAX_ROW_BYTES)
    if not found.is_plain:
        return recount_rows(part, delimiter, quote)
    return RowCount(
        rows=found.rows,
        blank=found.blank,
        newline=_newline(found.unix_ends, found.dos_ends),
        quoted_newlines=found.lines > found.unix_ends + found.dos_ends,
        last_line=part.first_line + found.lines - found.is_ended,
        is_ended=found.is_ended,
    )


def recount_rows(part: Part, delimiter: str, quote: str = QUOTE) -> RowCount:
    """The same, exactly and slowly, with the line of whatever is wrong."""
    rows = blank = unix = dos = physical = 0
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
        empty = blank_lines(outside)
        unix += ends
        physical += piece.lines - ends
        blank += empty
        rows += ends - empty + (not outside.endswith(b"\n"))
    return RowCount(
        rows=rows,
        blank=blank,
        newline=_newline(unix, dos),
        quoted_newlines=physical > 0,
        last_line=line - (last == b"\n"),
        is_ended=last == b"\n",
    )


def _newline(unix: int, dos: int) -> Newline:
    return "mixed" if dos and unix else "CRLF" if dos else "LF"


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
