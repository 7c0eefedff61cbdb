"""What lies in a ZIP or TAR archive, read where it lies: nothing is extracted by its own path.

Headers are claims of whoever packed the archive. So they are read in pieces of bounded size, a
member is read no further than its header says, and what is no plain file under a plain name (a
link, a device, `..`, an absolute path) refuses the drop.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

from sluice.validation.formats.archive.members import (
    FAULTS,
    BoundedFile,
    Contents,
    Member,
    cut_off,
    damaged,
)
from sluice.validation.formats.archive.tar_members import tar_contents
from sluice.validation.formats.archive.zip_members import zip_contents
from sluice.validation.formats.compressed import Limits
from sluice.validation.formats.first_bytes import recognised
from sluice.validation.formats.parts import HEAD_BYTES, Part
from sluice.validation.refusals import Refused

ArchiveKind = Literal["zip", "tar"]

MAX_DIRECTORY_BYTES: Final = 24 * HEAD_BYTES
"""ZIP: of the central directory, which is read whole."""
MAX_HEADER_BYTES: Final = HEAD_BYTES
"""TAR: of one header with its extensions, such as a long name."""

_CUT_OFF = ("not a zip file", "unexpected end of data", "truncated header")
"""What the library says where the end is missing of what begins as an archive."""


@contextmanager
def open_archive(part: Part, kind: ArchiveKind, limits: Limits) -> Iterator[Contents]:
    """The contents of an archive, whose members can be read until the context ends.

    Raises `Refused` for what is no such archive, is cut off, damaged or encrypted, holds more than
    plain files, or expands beyond `limits`.
    """
    with BoundedFile(part.path, MAX_DIRECTORY_BYTES if kind == "zip" else MAX_HEADER_BYTES) as file:
        try:
            contents = zip_contents(part, file) if kind == "zip" else tar_contents(part, file)
        except FAULTS as error:
            raise _unreadable(part, kind, error) from None
        _check_names(contents.files)
        _check_sizes(part, contents.files, limits)
        yield contents


def _check_names(files: list[Member]) -> None:
    seen = set()
    for member in files:
        if member.path in seen:
            raise Refused(
                "duplicate-member",
                f"{member.place}: the archive holds two members of this name.",
                remedy="Pack it afresh instead of adding to it; give each file its own name.",
            )
        seen.add(member.path)


def _check_sizes(part: Part, files: list[Member], limits: Limits) -> None:
    packed = part.path.stat().st_size
    total = 0
    for member in files:
        if member.size < 0:
            raise damaged(member.place, ValueError("its header claims a negative size"))
        total += member.size
    if total > limits.bytes:
        raise Refused(
            "too-large",
            f"{part.name}: its members have {total:,} bytes in all; at most {limits.bytes:,} are "
            "taken.",
            remedy="Drop fewer or smaller files.",
        )
    if total > limits.small and total > limits.ratio * packed:
        raise Refused(
            "decompression-bomb",
            f"{part.name}: its {packed:,} bytes expand to {total:,}, over {limits.ratio} times as "
            "many; no texts or images compress like that.",
            remedy="Drop it as an uncompressed .tar, if these are texts or images indeed.",
        )


def _unreadable(part: Part, kind: ArchiveKind, error: Exception) -> Refused:
    """What is wrong with an archive whose headers cannot be read."""
    with part.path.open("rb") as file:
        head = file.read(512)
    if not head:
        return Refused(
            "empty-file",
            f"{part.name}: the file is empty (0 bytes).",
            remedy="Pack it again, one folder a class.",
        )
    is_zip = head.startswith(b"PK\x03\x04")
    is_tar = head[257:262] == b"ustar"
    if not (is_zip if kind == "zip" else is_tar):
        found = "a TAR archive" if is_tar else None
        found = found or recognised(head)
        what = f", but {found}" if found else ""
        return Refused(
            f"not-{kind}",
            f"{part.name}: by its first bytes this is no {kind.upper()} archive{what}.",
            remedy="Pack it again, or give it the extension it deserves.",
        )
    if any(words in str(error) for words in _CUT_OFF):
        return cut_off(part.name)
    return damaged(part.name, error)
