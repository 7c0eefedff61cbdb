"""The members of a ZIP file, by its central directory."""

from __future__ import annotations

import copy
import io
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sluice.validation.formats.archive.members import (
    BoundedFile,
    Contents,
    Member,
    check_number,
    no_file,
    no_name,
    path_of,
)
from sluice.validation.formats.parts import HEAD_BYTES, Part
from sluice.validation.refusals import Refused
from sluice.validation.wording import shown

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The others have no bound on what one read expands to."""
_UTF8_NAME: Final = 0x800
_ENCRYPTED: Final = 0x2041
"""Flags of a ZIP member: encrypted, strongly so, its header too."""
_ZIP_END: Final = b"PK\x05\x06"


def zip_contents(part: Part, file: BoundedFile) -> Contents:
    """All headers; raises `Refused`, or what is in `FAULTS`. Members are read from `file`."""
    contents = Contents(files=[], folders=[])
    archive = zipfile.ZipFile(file)
    headers = archive.infolist()
    check_number(part, len(headers))
    for info in headers:
        path = path_of(part, _zip_name(part, info))
        kind = info.external_attr >> 16
        if info.is_dir():
            contents.folders.append(path)
            continue
        place = f"{part.name}, member {shown(info.filename, 120)}"
        if stat.S_IFMT(kind) not in (0, stat.S_IFREG):
            raise no_file(place, stat.S_ISLNK(kind))
        if info.flag_bits & _ENCRYPTED:
            raise Refused(
                "encrypted",
                f"{place}: it is encrypted.",
                remedy="Pack it without a password; the bucket encrypts what lies in it.",
            )
        if info.compress_type not in _METHODS:
            raise Refused(
                "unknown-compression",
                f"{place}: its compression is number {info.compress_type}, which is not read.",
                remedy="Pack it with deflate, which tools take unless told otherwise.",
            )

        def content(info: zipfile.ZipInfo = info) -> Iterator[bytes]:
            # The library reads as much as the directory says. One byte more is asked for, so that
            # the data's own end is met, and not a claim that leaves some of it out.
            claimed = copy.copy(info)
            claimed.file_size += 1
            read = 0
            with archive.open(claimed) as member:
                while block := member.read(HEAD_BYTES):
                    read += len(block)
                    if read > info.file_size:
                        raise zipfile.BadZipFile(
                            f"more than the {info.file_size:,} bytes it claims"
                        )
                    yield block

        contents.files.append(
            Member(source=part.name, path=path, size=info.file_size, content=content)
        )
    if (claimed := _claimed(part.path)) not in (len(headers), 0xFFFF):
        raise zipfile.BadZipFile(f"{len(headers):,} members, and its end claims {claimed:,}")
    return contents


def _claimed(path: Path) -> int:
    """How many members the end of a ZIP file says there are; 65,535 where there are more."""
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, io.SEEK_END) - 0xFFFF - 22))
        tail = file.read()
    end = tail[tail.rindex(_ZIP_END) :]
    return int.from_bytes(end[10:12], "little")


def _zip_name(part: Part, info: zipfile.ZipInfo) -> str:
    """Unless flagged as UTF-8, names are taken for DOS's code page 437; macOS writes UTF-8 so."""
    if info.flag_bits & _UTF8_NAME or info.filename.isascii():
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        raise no_name(part, info.filename) from None
