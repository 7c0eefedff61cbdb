"""JSON Lines that are all alike, turned into rows of a CSV at once."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from dataclasses import dataclass

from sluice.validation.scanner.interface import ObjectRows, ObjectShape, ValueKind
from sluice.validation.scanner.library import library, texts


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """What became of some lines."""

    text: bytes
    """The rows, each with its line end."""
    lines: int
    """Lines that were turned into rows."""
    read: int
    """Bytes of those lines; what follows begins with a line of another shape, or is nothing."""
    first_empty: dict[str, int]
    """By field with a text without characters: the line of the first one, from 0."""


class Shape:
    """What every line is expected to look like: a flat object of these fields, in this order."""

    def __init__(self, kinds: Mapping[str, ValueKind]) -> None:
        """`kinds` of values by field; a name holds no quote, no backslash and no NUL."""
        self.names = tuple(kinds)
        self._keys = texts(name.encode() for name in kinds)
        self._kinds = (ctypes.c_int32 * len(kinds))(*kinds.values())
        self._shape = ObjectShape(keys=self._keys, kinds=self._kinds, fields=len(kinds))
        # Kept from call to call: a buffer is cleared when it is made.
        self._room = ctypes.create_string_buffer(0)

    def rows(self, data: bytes, at: int = 0) -> Rows:
        """The lines from byte `at` on as rows, up to the first that looks otherwise."""
        size = len(data) - at
        if len(self._room) <= size:
            self._room = ctypes.create_string_buffer(size + 1)
        first_empty = (ctypes.c_int64 * len(self.names))(*[-1] * len(self.names))
        out = ObjectRows()
        begin = ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p).value or 0
        library().rows_of_objects(
            begin + at, size, ctypes.byref(self._shape), self._room, first_empty, ctypes.byref(out)
        )
        return Rows(
            text=ctypes.string_at(self._room, out.size),
            lines=out.lines,
            read=out.read,
            first_empty={
                n: line for n, line in zip(self.names, first_empty, strict=True) if line >= 0
            },
        )
