"""A workbook's zip of XML files, read in pieces under bounds.

Nothing is unpacked to disk, and of the members only those are read that a table needs.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from sluice.validation.formats.compressed import Limits
from sluice.validation.formats.first_bytes import head_of, recognised
from sluice.validation.formats.parts import HEAD_BYTES, Part
from sluice.validation.formats.registry import AS_XLSX
from sluice.validation.refusals import Refused

MAX_DIRECTORY_BYTES: Final = 4 * 1024 * 1024
"""Of the zip: some 40,000 members, where a workbook has dozens."""
MAX_SMALL_BYTES: Final = 32 * 1024 * 1024
"""Largest member that is no sheet and no list of texts."""
MAX_TOKEN_BYTES: Final = 4 * 1024 * 1024
"""Longest single piece of XML; the parser holds it in memory whole."""

MAX_ROW_BYTES: Final = 8 * 1024 * 1024
"""Of XML, between the ends of two rows."""

_CONTENTS = {
    "xl/workbook.bin": "a binary Excel workbook (.xlsb)",
    "xl/vbaProject.bin": "an Excel workbook with macros (.xlsm)",
    "content.xml": "an OpenDocument file (.ods)",
    "word/document.xml": "a Word document",
    "ppt/presentation.xml": "a PowerPoint presentation",
}
"""Members that tell what a zip is, if it is no plain workbook."""
_DEFLATED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_LOCKED = 0x1
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    ValueError,
    OSError,
)
"""What zipfile raises for a damaged zip, depending on where the damage is."""


@dataclass(kw_only=True, slots=True)
class Package:
    """The open zip."""

    part: Part
    zip: zipfile.ZipFile
    limits: Limits
    members: dict[str, str]
    """What each member is called in the zip, by `part_name`."""
    _read: dict[str, int] = field(default_factory=dict)

    def has(self, member: str) -> bool:
        """Whether there is such a member."""
        return part_name(member) in self.members

    def blocks(self, member: str, most: int | None = None) -> Iterator[bytes]:
        """A member's bytes in pieces; `most` bounds it, beside the limits of the book."""
        read = 0
        try:
            with self.zip.open(self.members[part_name(member)]) as file:
                while block := file.read(HEAD_BYTES):
                    read += len(block)
                    self._read[member] = max(read, self._read.get(member, 0))
                    if read > (most or read) or sum(self._read.values()) > self.limits.bytes:
                        raise self.too_large()
                    yield block
        except _UNREADABLE as error:
            raise self.damaged(member, str(error)) from None

    def parse(
        self, member: str, parser: expat.XMLParserType, most: int | None = None
    ) -> Iterator[int]:
        """Feed a member to `parser`; after each piece, how many bytes were fed so far."""
        parser.StartDoctypeDeclHandler = self._no_doctype
        fed = 0
        try:
            for block in self.blocks(member, most):
                parser.Parse(block, False)
                fed += len(block)
                if fed - parser.CurrentByteIndex > MAX_TOKEN_BYTES:
                    raise self.damaged(member, "a tag longer than 4 MiB")
                yield fed
            parser.Parse(b"", True)
            yield fed
        except expat.ExpatError as error:
            raise self.damaged(member, str(error)) from None

    def elements(self, member: str) -> Iterator[tuple[str, str, dict[str, str]]]:
        """Parent, name and attributes of the elements of a small member, prefixes taken off."""
        found: list[tuple[str, str, dict[str, str]]] = []
        above = [""]

        def start(tag: str, attributes: dict[str, str]) -> None:
            name = local(tag)
            found.append((above[-1], name, {local(k): v for k, v in attributes.items()}))
            above.append(name)

        parser = expat.ParserCreate("UTF-8")
        parser.StartElementHandler = start
        parser.EndElementHandler = lambda _: above.pop()
        for _ in self.parse(member, parser, MAX_SMALL_BYTES):
            yield from found
            found.clear()

    def damaged(self, member: str, what: str) -> Refused:
        """The refusal of a member that cannot be read."""
        return Refused(
            "damaged-file",
            f"{self.part.name}: {member} inside of this workbook is damaged ({what}).",
            remedy="Copy it again, or open it in Excel and save it anew.",
        )

    def too_large(self) -> Refused:
        """The refusal of a workbook that expands too far."""
        return Refused(
            "too-large",
            f"{self.part.name}: expanded, this workbook has more than {self.limits.bytes:,} bytes, "
            "or a part of it more than a table needs.",
            remedy="Drop fewer rows or columns, or write Parquet or CSV.",
        )

    def _no_doctype(self, *_: object) -> None:
        raise Refused(
            "damaged-file",
            f"{self.part.name}: XML inside of it declares entities of its own; no workbook does.",
            remedy="Open it in Excel and save it anew.",
        )


def part_name(name: str) -> str:
    """A member's name as all ways to write it come to: case is none of it, nor is a backslash.

    ECMA-376, part 2, 6.2.2: names of parts are equal where they differ in the case of ASCII only.
    """
    return name.replace("\\", "/").removeprefix("/").lower()


def local(tag: str) -> str:
    """A tag's name without its prefix."""
    return tag.rpartition(":")[2]


def whole(text: str | None) -> int | None:
    """A count as XML writes it; None for anything else."""
    return int(text) if text and len(text) < 10 and text.isascii() and text.isdigit() else None


@contextmanager
def open_package(part: Part, limits: Limits | None = None) -> Iterator[Package]:
    """The members of a workbook.

    Raises `Refused` for what is no .xlsx, is locked by a password, or expands beyond `limits`.
    """
    head = head_of(part)
    if not head.startswith(b"PK\x03\x04"):
        raise _not_a_workbook(part, head)
    with _BoundedFile(part.path) as file, _zip(part, file) as opened:
        members = {part_name(name): name for name in opened.namelist()}
        package = Package(part=part, zip=opened, limits=limits or Limits(), members=members)
        _check_members(package)
        yield package


def _zip(part: Part, file: io.FileIO) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except _UNREADABLE as error:
        raise Refused(
            "truncated-archive",
            f"{part.name}: this workbook is cut off or damaged ({error}).",
            remedy="Copy it again, and compare sizes.",
        ) from None


class _BoundedFile(io.FileIO):
    """A file that hands out no large piece at once: `zipfile` reads a zip's directory in one."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > MAX_DIRECTORY_BYTES:
            raise zipfile.BadZipFile("its directory is larger than any workbook's")
        return super().read(size) or b""


def _not_a_workbook(part: Part, head: bytes) -> Refused:
    what = recognised(head)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        what = "a workbook of Excel 2003 or older (.xls)"
        if _ENCRYPTED in part.path.read_bytes():
            what = "a workbook locked by a password"
    sentence = (
        f"this is {what}, no Excel workbook (.xlsx) that can be read"
        if what
        else ("this is no Excel workbook")
    )
    return Refused("not-xlsx", f"{part.name}: by its bytes {sentence}.", remedy=AS_XLSX)


def _check_members(package: Package) -> None:
    infos = package.zip.infolist()
    names = [part_name(info.filename) for info in infos]
    other = next((what for name, what in _CONTENTS.items() if package.has(name)), None)
    if other or not package.has("[Content_Types].xml"):
        what = other or "a ZIP archive"
        raise Refused(
            "not-xlsx",
            f"{package.part.name}: by its contents this is {what}, no plain .xlsx workbook.",
            remedy=AS_XLSX,
        )
    if len(set(names)) < len(names):
        raise package.damaged(next(n for n in names if names.count(n) > 1), "it is there twice")
    for info in infos:
        if info.compress_type not in _DEFLATED or info.flag_bits & _LOCKED:
            raise package.damaged(info.filename, "it is encrypted, or compressed as no workbook is")
    whole, packed = sum(i.file_size for i in infos), sum(i.compress_size for i in infos)
    if whole > package.limits.bytes:
        raise package.too_large()
    if whole > package.limits.small and whole > package.limits.ratio * packed:
        raise Refused(
            "decompression-bomb",
            f"{package.part.name}: its {packed:,} bytes expand to {whole:,}, over "
            f"{package.limits.ratio} times as many; no table compresses like that.",
            remedy="Drop the table as CSV or Parquet, if it is one indeed.",
        )
