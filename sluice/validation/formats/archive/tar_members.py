"""The members of a TAR file, by its headers up to a proper end."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from typing import Final

from sluice.validation.formats.archive.members import (
    BoundedFile,
    Contents,
    Member,
    check_number,
    cut_off,
    no_file,
    path_of,
)
from sluice.validation.formats.parts import HEAD_BYTES, Part
from sluice.validation.wording import shown

_TAR_BLOCK: Final = 512


def tar_contents(part: Part, file: BoundedFile) -> Contents:
    """All headers; raises `Refused`, or what is in `FAULTS`."""
    contents = Contents(files=[], folders=[])
    number = 0
    with tarfile.open(fileobj=file, mode="r:", encoding="utf-8", errors="surrogateescape") as tar:
        while (info := tar.next()) is not None:
            tar.members.clear()  # type: ignore[attr-defined]  # a kilobyte each
            check_number(part, number := number + 1)
            path = path_of(part, info.name)
            if info.isdir():
                contents.folders.append(path)
                continue
            if not info.isreg() or info.issparse():
                place = f"{part.name}, member {shown(info.name, 120)}"
                raise no_file(place, info.issym() or info.islnk())

            def content(info: tarfile.TarInfo = info) -> Iterator[bytes]:
                left = info.size
                with part.path.open("rb") as plain:
                    plain.seek(info.offset_data)
                    while block := plain.read(min(left, HEAD_BYTES)):
                        left -= len(block)
                        yield block

            contents.files.append(
                Member(source=part.name, path=path, size=info.size, content=content)
            )
        _check_end(part, tar.offset)
    return contents


def _check_end(part: Part, end: int) -> None:
    """Zeros end a TAR; the library takes a header it cannot read for the end, in silence."""
    with part.path.open("rb") as file:
        file.seek(end)
        rest = file.read(_TAR_BLOCK)
        if len(rest) < _TAR_BLOCK:
            raise cut_off(part.name)
        while rest:
            if rest.strip(b"\0"):
                raise tarfile.ReadError(f"no header and no end at byte {end:,}")
            rest = file.read(HEAD_BYTES)
