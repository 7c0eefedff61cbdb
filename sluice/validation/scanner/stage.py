"""Rows kept in scratch as they lie in memory, and read again as often as there are questions."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from sluice.validation.scanner.library import ArrowArrayStream, Staging, StreamError, check, library
from sluice.validation.scanner.texts import hash_of, texts

HOLDOUT_PERCENT: Final = 20
"""Of the rows judge the model."""

_MOST_STREAMS: Final = 8
"""More than one query has open."""

_CAPSULE: Final = b"arrow_array_stream"
_new_capsule = ctypes.pythonapi.PyCapsule_New
_new_capsule.restype = ctypes.py_object
_new_capsule.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
_in_capsule = ctypes.pythonapi.PyCapsule_GetPointer
_in_capsule.restype = ctypes.c_void_p
_in_capsule.argtypes = (ctypes.py_object, ctypes.c_char_p)


def stage(
    streams: Iterable[ArrowArrayStream], path: Path, *, names: Sequence[str], salt: str
) -> int:
    """Write the rows of all streams to a file; how many there are.

    `salt` moves the split between the rows to learn from and those that judge.
    """
    hashes = (ctypes.c_uint64 * len(names))(*map(hash_of, names))
    how = Staging(
        path=os.fsencode(path),
        names=hashes,
        columns=len(names),
        salt=hash_of(salt),
        percent=HOLDOUT_PERCENT,
    )
    writer, rows = ctypes.c_void_p(), ctypes.c_int64()
    check(library().writer_new(ctypes.byref(how), ctypes.byref(writer)), path)
    try:
        for stream in streams:
            error = library().writer_add(writer, ctypes.byref(stream))
            if error and (said := library().writer_said(writer)):
                raise StreamError(said.decode(errors="replace"))
            check(error, path)
    finally:
        error = library().writer_end(writer, ctypes.byref(rows))
    check(error, path)
    return rows.value


class StagedRows:
    """Some staged files as one table."""

    def __init__(self, paths: Sequence[Path], count: int) -> None:
        """`count` is the number of the rows."""
        self.paths = tuple(paths)
        self.count = count
        self.handle = ctypes.c_void_p()
        """`struct staged` of staged.h."""
        listed = texts(os.fsencode(path) for path in paths)
        error = library().staged_new(listed, len(paths), ctypes.byref(self.handle))
        check(error, paths[0])

    def __del__(self) -> None:
        if getattr(self, "handle", None):
            library().staged_free(self.handle)


class Relation:
    """Some columns of staged rows for DuckDB, c1, c2, …, and n, h and s: of a wide table it looks
    at the schema of every column that it is told of, in every query."""

    def __init__(self, rows: StagedRows, places: Sequence[int]) -> None:
        """`places` are from 0."""
        self._rows = rows
        self._places = (ctypes.c_int64 * len(places))(*places)
        self._streams: list[ArrowArrayStream] = []

    def __del__(self) -> None:
        for stream in getattr(self, "_streams", ()):
            library().stream_end(ctypes.byref(stream))

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """May be asked for as often as there are queries."""
        # DuckDB takes the stream of a query over, and leaves one behind that it asked for the
        # schema only.
        while len(self._streams) > _MOST_STREAMS:
            library().stream_end(ctypes.byref(self._streams.pop(0)))
        stream = ArrowArrayStream()
        self._streams.append(stream)
        error = library().staged_stream(
            self._rows.handle, self._places, len(self._places), ctypes.byref(stream)
        )
        check(error)
        return _new_capsule(ctypes.addressof(stream), _CAPSULE, None)


def stream_of(source: Any) -> ArrowArrayStream:
    """The stream of an object of Arrow's capsule interface, such as a relation of DuckDB; the
    stream is taken over."""
    capsule = source.__arrow_c_stream__()
    theirs = ctypes.cast(_in_capsule(capsule, _CAPSULE), ctypes.POINTER(ArrowArrayStream)).contents
    ours = ArrowArrayStream.from_buffer_copy(theirs)
    theirs.release = None
    return ours
