"""What stands in an archive's headers, and which of it no drop may hold."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sluice.validation.formats.parts import Part
from sluice.validation.refusals import Refused
from sluice.validation.wording import shown

MAX_MEMBERS: Final = 100_000

FAULTS = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    OverflowError,
    NotImplementedError,
    ValueError,
    RecursionError,
)
"""What the standard library raises for archives that do not hold together."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """One file in an archive."""

    source: str
    """The archive, as the user dropped it."""
    path: tuple[str, ...]
    """The pieces of its name."""
    size: int
    """Bytes, as the header says."""
    content: Callable[[], Iterator[bytes]]
    """Reads them in pieces, and no more."""

    @property
    def name(self) -> str:
        """With slashes."""
        return "/".join(self.path)

    @property
    def place(self) -> str:
        """How a person finds it."""
        return f"{self.source}, member {shown(self.name, 120)}"

    def read(self) -> bytes:
        """Its bytes; raises `Refused` where they are damaged or not there."""
        return b"".join(self.blocks())

    def blocks(self) -> Iterator[bytes]:
        """The same in pieces, for what may be too large for memory."""
        read = 0
        try:
            for block in self.content():
                read += len(block)
                yield block
        except FAULTS as error:
            raise damaged(self.place, error) from None
        if read < self.size:
            raise cut_off(self.place)


@dataclass(frozen=True, kw_only=True, slots=True)
class Contents:
    """What an archive says that it holds, in its order."""

    files: list[Member]
    folders: list[tuple[str, ...]]
    """Named by themselves."""


class BoundedFile(io.BufferedReader):
    """A file that is not read by more at once than an honest header needs."""

    def __init__(self, path: Path, most: int) -> None:
        super().__init__(io.FileIO(path))
        self._most = most

    def read(self, size: int | None = -1, /) -> bytes:
        """As a file does; `ValueError` beyond the bound."""
        if size is not None and size > self._most:
            raise ValueError(f"a header of {size:,} bytes; at most {self._most:,} are read")
        return super().read(size)


def path_of(part: Part, name: str) -> tuple[str, ...]:
    """The pieces of a member's name; refuses names that point out of the archive."""
    pieces = tuple(piece for piece in name.split("/") if piece not in ("", "."))
    if name.startswith("/") or ".." in pieces or "\\" in name:
        raise Refused(
            "unsafe-member",
            f"{part.name}, member {shown(name, 120)}: an absolute name, or one with '..' or a "
            "backslash in it.",
            remedy="Pack the class folders by relative names with forward slashes.",
        )
    if not name.isascii() and any("\ud800" <= letter <= "\udfff" for letter in name):
        raise no_name(part, name)
    return pieces


def check_number(part: Part, number: int) -> None:
    """Refuse an archive of too many members."""
    if number > MAX_MEMBERS:
        raise Refused(
            "too-many-members",
            f"{part.name}: more than {MAX_MEMBERS:,} members, the most that are taken.",
            remedy="Drop fewer files.",
        )


def no_file(place: str, is_link: bool) -> Refused:
    """The refusal of a link, a device, a pipe."""
    return Refused(
        "no-plain-file",
        f"{place}: this is {'a link' if is_link else 'a device or the like'}, no file.",
        remedy="Pack the files themselves (tar: --dereference --hard-dereference).",
    )


def no_name(part: Part, name: str) -> Refused:
    """The refusal of a name in an unknown encoding."""
    return Refused(
        "bad-member-name",
        f"{part.name}, member {shown(name, 120)}: its name is not UTF-8, so its letters would be "
        "guessed.",
        remedy="Pack it with a tool that writes UTF-8 names, or rename it.",
    )


def cut_off(place: str) -> Refused:
    """The refusal of an archive whose end is missing."""
    return Refused(
        "truncated-archive",
        f"{place}: the archive is cut off here.",
        remedy="Copy or pack it again, and compare sizes.",
    )


def damaged(place: str, error: Exception) -> Refused:
    """The refusal of an archive, or a member, that does not hold together."""
    return Refused(
        "damaged-file",
        f"{place}: the archive is damaged ({shown(str(error) or type(error).__name__, 120)}).",
        remedy="Copy or pack it again, and compare sizes.",
    )
