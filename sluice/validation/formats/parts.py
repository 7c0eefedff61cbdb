"""A file of a drop, and copies of it in scratch; `files.py` finds them."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sluice.validation.formats.registry import Compression

HEAD_BYTES: Final = 1024 * 1024
"""How much of a file's beginning is looked at to settle what it is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One file of a drop."""

    name: str
    """As the user dropped it: named in every sentence about it."""
    path: Path
    """Where its bytes are now: the original, or a copy made readable."""
    packed: Compression | None = None
    """What it is compressed with, where its name does not say so."""
    encoding: str = "utf-8"
    """Of the original."""
    first_line: int = 1
    first_byte: int = 0
    """Where its first byte stands in the file that the user dropped: more than the beginning where
    it is one of several pieces of it."""


def scratch_file(scratch: Path) -> Path:
    """A new empty file in `scratch`."""
    handle, path = tempfile.mkstemp(dir=scratch, suffix=".csv")
    os.close(handle)
    return Path(path)
