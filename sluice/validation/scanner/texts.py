"""Texts on their way to C."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from typing import Any

from sluice.validation.scanner.library import library


def texts(items: Iterable[bytes]) -> Any:
    """An array of C strings."""
    listed = list(items)
    return (ctypes.c_char_p * len(listed))(*listed)


def hash_of(text: str) -> int:
    """Of a column's name, or of a salt; see rows.h."""
    data = text.encode()
    return int(library().hash_bytes(data, len(data)))
