"""The checksums of a Parquet file's pages, which its parser does not look at.

https://parquet.apache.org/docs/file-format/data-pages/checksumming/: the CRC-32 of a page as it is
stored, in its header, which is a struct of Thrift's compact protocol. Writers may leave it out.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from sluice.validation.formats.parts import HEAD_BYTES, Part
from sluice.validation.refusals import Refused
from sluice.validation.rows.sql import literal
from sluice.validation.wording import shown

if TYPE_CHECKING:
    import duckdb

HEADER_BYTES: Final = 64 * 1024
"""Longest header that is looked at; most have some 30 bytes, and statistics may add a text."""
_COMPRESSED_SIZE, _CRC = 3, 4
_I32, _I64, _BINARY, _LIST, _SET, _STRUCT = 5, 6, 8, 9, 10, 12


def check_pages(con: duckdb.DuckDBPyConnection, part: Part) -> None:
    """Refuse a file in which a page is not what its checksum says."""
    first = "coalesce(nullif(dictionary_page_offset, 0), data_page_offset)"
    chunks = con.execute(
        f"SELECT path_in_schema, least(data_page_offset, {first}), total_compressed_size "
        f"FROM parquet_metadata({literal(str(part.path))})"
    ).fetchall()
    with part.path.open("rb") as file:
        for column, begin, size in chunks:
            for page in _pages(file, begin, begin + size):
                if _crc(file, page.begin, page.size) != page.crc:
                    raise Refused(
                        "damaged-file",
                        f"{part.name}: the file is damaged: the checksum of a page of column "
                        f"{shown(column)}, at byte {page.begin}, is not that of its bytes.",
                        remedy="Write it again, and compare sizes after the copy.",
                        column=column,
                    )


def _crc(file: BinaryIO, begin: int, size: int) -> int:
    file.seek(begin)
    crc = 0
    while size > 0 and (block := file.read(min(size, HEAD_BYTES))):
        crc = zlib.crc32(block, crc)
        size -= len(block)
    return crc


@dataclass(frozen=True, kw_only=True, slots=True)
class _Page:
    begin: int
    """Byte behind its header."""
    size: int
    crc: int


def _pages(file: BinaryIO, at: int, end: int) -> Iterator[_Page]:
    """The pages of a column chunk, up to the first without a checksum or a sound header: what is
    wrong with that is the parser's to say."""
    while 0 <= at < end:
        file.seek(at)
        header = _Struct(file.read(min(HEADER_BYTES, end - at)))
        try:
            fields = header.fields()
        except (IndexError, KeyError, ValueError, RecursionError):
            return
        size, crc = fields.get(_COMPRESSED_SIZE, -1), fields.get(_CRC)
        begin = at + header.at
        if crc is None or size < 0 or begin + size > end:
            return
        yield _Page(begin=begin, size=size, crc=crc & 0xFFFFFFFF)
        at = begin + size


class _Struct:
    """Reads one struct; `at` is then behind it."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def fields(self) -> dict[int, int]:
        """Its 32-bit integers by field number; all else is passed over."""
        found: dict[int, int] = {}
        number = 0
        while kind := self._byte():
            number = number + (kind >> 4) if kind >> 4 else self._integer()
            if kind & 15 == _I32:
                found[number] = self._integer()
            else:
                self._skip(kind & 15)
        return found

    def _byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def _unsigned(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
            if shift > 63:
                raise ValueError("a number beyond 64 bits")

    def _integer(self) -> int:
        value = self._unsigned()
        return value >> 1 ^ -(value & 1)

    def _skip(self, kind: int) -> None:
        if kind in (1, 2):
            return
        if kind in (4, _I32, _I64):
            self._unsigned()
        elif kind == _BINARY:
            length = self._unsigned()
            self.at += length
        elif kind == _STRUCT:
            self.fields()
        elif kind in (_LIST, _SET):
            head = self._byte()
            for _ in range(head >> 4 if head >> 4 < 15 else self._unsigned()):
                # A truth stands alone in a list; in a struct its field's head says it.
                self._skip(3 if head & 15 in (1, 2) else head & 15)
        else:
            self.at += {3: 1, 7: 8}[kind]
