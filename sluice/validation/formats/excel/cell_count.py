"""An independent count of a worksheet's rows and cells, made in its bytes.

It exists to be held against what the XML parser gave: if the two differ, the drop is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sluice.validation.formats.excel.book import Book, Sheet
from sluice.validation.formats.excel.package import MAX_ROW_BYTES

_VALUE = re.compile(rb"<(?:[\w.-]+:)?(?:v(?:\s[^<>]*)?(?<!/)>[^<]|is[\s>])")
_ROW = re.compile(rb"<(?:[\w.-]+:)?row[\s/>]")
_END = re.compile(rb"</(?:[\w.-]+:)?sheetData")


def has_values(book: Book, sheet: Sheet) -> bool:
    """Whether a sheet has any value at all."""
    return any(_VALUE.search(piece) for piece in _pieces(book, sheet))


def count_values(book: Book, sheet: Sheet) -> tuple[int, int]:
    """Rows and cells that have a value, empty texts among them."""
    found = [len(_VALUE.findall(piece)) for piece in _pieces(book, sheet)]
    return sum(n > 0 for n in found), sum(found)


def _pieces(book: Book, sheet: Sheet) -> Iterator[bytes]:
    """The XML of a sheet's cells, a row each."""
    kept = b""
    for block in book.package.blocks(sheet.member):
        kept += block
        end = _END.search(kept)
        *whole, kept = _ROW.split(kept[: end.start()] if end else kept)
        yield from whole
        if end:
            break
        if len(kept) > 2 * MAX_ROW_BYTES:
            raise book.package.damaged(sheet.member, "a row has more than 8 MiB of XML")
    yield kept
