"""Rows stored in scratch as they lie in memory, and read again as often as there are questions."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from sluice.validation.scanner.interface import ArrowArrayStream, Seeds, WriterOptions
from sluice.validation.scanner.library import (
    StreamError,
    check,
    hash_of,
    library,
    seeds_of,
    texts,
)
from sluice.validation.scanner.stream import Stream, capsule_of

HOLDOUT_PERCENT: Final = 20
"""Of the rows are kept back to judge the model."""


def store_rows(
    streams: Iterable[Stream],
    path: Path,
    *,
    names: Sequence[str],
    salt: str,
    unclean: set[int] | None = None,
) -> int:
    """Write the rows of all streams to a file; how many there are.

    `salt` moves the split between the rows to learn from and the holdout. The places (from 0) of
    columns with texts that `sluice.cells` may read otherwise are added to `unclean`; of what the
    scanner reads there are none. Raises `StreamError` where a stream breaks off.
    """
    flags = (ctypes.c_uint8 * len(names))()
    options = WriterOptions(
        path=os.fsencode(path),
        seeds=(Seeds * len(names))(*map(seeds_of, names)),
        columns=len(names),
        salt=hash_of(salt),
        percent=HOLDOUT_PERCENT,
        unclean=None if unclean is None else flags,
    )
    writer, rows = ctypes.c_void_p(), ctypes.c_int64()
    check(library().writer_new(ctypes.byref(options), ctypes.byref(writer)), path)
    try:
        for stream in streams:
            error = library().writer_add(writer, stream.pointer)
            if error and (said := library().writer_said(writer)):
                raise StreamError(said.decode(errors="replace"))
            check(error, path)
    finally:
        error = library().writer_end(writer, ctypes.byref(rows))
    check(error, path)
    if unclean is not None:
        unclean |= {place for place, flag in enumerate(flags) if flag}
    return rows.value


class StoredRows:
    """Some files of stored rows as one table."""

    def __init__(self, paths: Sequence[Path], count: int) -> None:
        """`count` is the number of the rows."""
        self.paths = tuple(paths)
        self.count = count
        self.handle = ctypes.c_void_p()
        """`struct stored_rows` of stored.h."""
        listed = texts(os.fsencode(path) for path in paths)
        error = library().stored_new(listed, len(paths), ctypes.byref(self.handle))
        check(error, paths[0])

    def __del__(self) -> None:
        if getattr(self, "handle", None):
            library().stored_free(self.handle)


class Relation:
    """Some columns of stored rows for DuckDB, c1, c2, …, and n, h and s: of a wide table it looks
    at the schema of every column that it is told of, in every query."""

    def __init__(self, rows: StoredRows, places: Sequence[int]) -> None:
        """`places` are from 0."""
        self._rows = rows
        self._places = (ctypes.c_int64 * len(places))(*places)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """A capsule with all rows, which may be asked for as often as there are queries."""
        stream = ctypes.POINTER(ArrowArrayStream)()
        error = library().stream_new(
            self._rows.handle, self._places, len(self._places), ctypes.byref(stream)
        )
        check(error)
        return capsule_of(stream)
