"""The files that a drop is made of, and copies of them in scratch."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sluice.validation.formats import registry
from sluice.validation.refusals import Refused

if TYPE_CHECKING:
    from sluice.validation.formats.registry import Format

HEAD_BYTES: Final = 1024 * 1024
"""How much of a file's beginning is looked at to settle what it is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One file of a drop."""

    name: str
    """As the user dropped it: named in every sentence about it."""
    path: Path
    """Where its bytes are now: the original, or a copy made readable."""
    encoding: str = "utf-8"
    """Of the original."""
    first_line: int = 1
    first_byte: int = 0
    """Where its first byte stands in the file that the user dropped: more than the beginning where
    it is one of several pieces of it."""


def parts_of(source: Path, name: str) -> tuple[Format, list[Part]]:
    """The format and the files of a drop: one file, or a folder's parts sorted by name.

    Files whose names begin with `_` or `.` are markers, no data (Spark's convention).
    Raises `Refused` for an unknown extension, an empty folder, or a folder of mixed formats.
    """
    if not source.is_dir():
        return registry.format_of(name), [Part(name=name, path=source)]
    found = sorted(
        path.relative_to(source)
        for path in source.rglob("*")
        if path.is_file()
        and not any(piece.startswith(("_", ".")) for piece in path.relative_to(source).parts)
    )
    if not found:
        raise Refused(
            "empty-folder",
            f"{name}: the folder holds no data file.",
            remedy=f"Put data files in it: {registry.taken()}; names that begin with _ or . are "
            "skipped.",
        )
    parts = [Part(name=f"{name}/{path.as_posix()}", path=source / path) for path in found]
    formats = {registry.format_of(part.name): part.name for part in reversed(parts)}
    if len(formats) > 1:
        raise Refused(
            "mixed-formats",
            f"{name}: {' and '.join(sorted(formats.values()))} are of different formats.",
            remedy="Keep one format in one folder.",
        )
    return next(iter(formats)), parts


def scratch_file(scratch: Path) -> Path:
    """A new empty file in `scratch`."""
    handle, path = tempfile.mkstemp(dir=scratch, suffix=".csv")
    os.close(handle)
    return Path(path)
