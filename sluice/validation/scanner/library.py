"""The compiled scanner as ctypes sees it: the structures and functions of the headers."""

from __future__ import annotations

import ctypes
import errno
import functools
import os
from pathlib import Path
from typing import Final

from sluice.validation.scanner.build import HERE, library_file

KINDS: Final = (
    "as-is",
    "base64",
    "text",
    "integer",
    "number",
    "decimal-comma",
    "boolean",
    "date",
    "timestamp",
    "instant",
)
"""`enum kind` of scan.h, in its order."""

_INTEGER = ctypes.c_int64
_PER_KIND = _INTEGER * len(KINDS)


class Count(ctypes.Structure):
    """`struct count` of count.h."""

    _fields_ = (
        ("records", _INTEGER),
        ("blank", _INTEGER),
        ("unix_ends", _INTEGER),
        ("dos_ends", _INTEGER),
        ("lines", _INTEGER),
        ("is_ended", ctypes.c_bool),
        ("is_plain", ctypes.c_bool),
    )


class Plan(ctypes.Structure):
    """`struct plan` of scan.h."""

    _fields_ = (("kind", ctypes.c_int32), ("asked", ctypes.c_uint32))


class Reading(ctypes.Structure):
    """`struct reading` of reader.h."""

    _fields_ = (
        ("paths", ctypes.POINTER(ctypes.c_char_p)),
        ("files", _INTEGER),
        ("columns", _INTEGER),
        ("longest", _INTEGER),
        ("most_rejects", _INTEGER),
        ("delimiter", ctypes.c_uint8),
        ("quote", ctypes.c_uint8),
        ("has_header", ctypes.c_bool),
    )


class Request(ctypes.Structure):
    """`struct request` of scan.h."""

    _fields_ = (
        ("reading", Reading),
        ("plans", ctypes.POINTER(Plan)),
        ("missing", ctypes.POINTER(ctypes.c_char_p)),
        ("spellings", _INTEGER),
    )


class Staging(ctypes.Structure):
    """`struct staging` of stage.h."""

    _fields_ = (
        ("path", ctypes.c_char_p),
        ("names", ctypes.POINTER(ctypes.c_uint64)),
        ("columns", _INTEGER),
        ("salt", ctypes.c_uint64),
        ("percent", ctypes.c_uint64),
    )


class Found(ctypes.Structure):
    """`struct found` of scan.h."""

    _fields_ = (
        ("present", _INTEGER),
        ("spelled", _INTEGER),
        ("other", _INTEGER),
        ("fits", _PER_KIND),
        ("first_unlike", _PER_KIND),
        ("unlike_all", _INTEGER),
        ("first_unlike_all", _INTEGER),
        ("thousands", _INTEGER),
        ("commas", _INTEGER),
    )


class Reject(ctypes.Structure):
    """`struct reject` of reader.h."""

    _fields_ = tuple(
        (name, _INTEGER) for name in ("file", "record", "line", "offset", "size", "fields")
    )


class Result(ctypes.Structure):
    """`struct result` of reader.h."""

    _fields_ = tuple(
        (name, _INTEGER) for name in ("status", "error", "file", "line", "rows", "rejects")
    )


class Summary(ctypes.Structure):
    """`struct summary` of measure.h."""

    _fields_ = (
        ("present", _INTEGER),
        ("distinct", _INTEGER),
        ("is_counted", ctypes.c_bool),
        ("is_whole", ctypes.c_bool),
        ("least", _INTEGER),
        ("most", _INTEGER),
        ("lowest", ctypes.c_double),
        ("highest", ctypes.c_double),
        ("mean", ctypes.c_double),
        ("deviation", ctypes.c_double),
        ("spaced", _INTEGER),
        ("letters", _INTEGER),
    )


class Value(ctypes.Structure):
    """`struct value` of measure.h."""

    _fields_ = (
        ("integer", _INTEGER),
        ("number", ctypes.c_double),
        ("text", ctypes.c_void_p),
        ("size", _INTEGER),
        ("count", _INTEGER),
        ("judging", _INTEGER),
    )


class Histogram(ctypes.Structure):
    """`struct histogram` of measure.h."""

    _fields_ = (
        ("column", _INTEGER),
        ("bins", _INTEGER),
        ("edges", ctypes.POINTER(ctypes.c_double)),
        ("counts", ctypes.POINTER(_INTEGER)),
    )


class Moments(ctypes.Structure):
    """`struct moments` of groups.h."""

    _fields_ = (("count", _INTEGER), ("mean", ctypes.c_double), ("variance", ctypes.c_double))


class Correlation(ctypes.Structure):
    """`struct correlation` of groups.h."""

    _fields_ = (("rows", _INTEGER), ("value", ctypes.c_double))


class ArrowArrayStream(ctypes.Structure):
    """A stream of Arrow's C interface; only C calls what it holds."""

    _fields_ = tuple(
        (name, ctypes.c_void_p)
        for name in ("get_schema", "get_next", "get_last_error", "release", "private_data")
    )


class StreamError(Exception):
    """A stream of rows broke off; what its reader said of it."""


def check(error: int, path: Path | None = None) -> None:
    """Raise what an errno stands for: `MemoryError`, or `OSError` with the file it is about."""
    if error == errno.ENOMEM:
        raise MemoryError
    if error:
        raise OSError(error, os.strerror(error), str(path) if path else None)


@functools.cache
def library() -> ctypes.CDLL:
    """The scanner's functions, with their types; loaded once.

    Raises `FileNotFoundError` where it was not compiled.
    """
    file = library_file()
    if not file.exists():
        raise FileNotFoundError(
            f"The scanner is not compiled for this machine: there is no {file.name} in "
            f"{HERE}. Compile it: make setup, or python {HERE / 'build.py'}"
        )
    loaded = ctypes.CDLL(str(file))
    for name, result, arguments in _FUNCTIONS:
        function = getattr(loaded, name)
        function.restype, function.argtypes = result, arguments
    return loaded


_TEXTS = ctypes.POINTER(ctypes.c_char_p)
_HANDLE = ctypes.c_void_p
_STREAM = ctypes.POINTER(ArrowArrayStream)
_FLOATS = ctypes.POINTER(ctypes.c_double)
_COLUMNS = (ctypes.POINTER(_INTEGER), _INTEGER)
_COUNT = (ctypes.c_char_p, ctypes.c_uint8, ctypes.c_uint8, _INTEGER, ctypes.POINTER(Count))
_FUNCTIONS: Final = (
    ("count_records", ctypes.c_int, _COUNT),
    ("hash_bytes", ctypes.c_uint64, (ctypes.c_char_p, ctypes.c_size_t)),
    ("scan_new", _HANDLE, (ctypes.POINTER(Request),)),
    ("scan_free", None, (_HANDLE,)),
    ("scan_ask", None, (_HANDLE,)),
    ("scan_stream", None, (_HANDLE, _STREAM)),
    ("scan_result", ctypes.POINTER(Result), (_HANDLE,)),
    ("scan_found", ctypes.POINTER(Found), (_HANDLE,)),
    ("scan_rejects", ctypes.POINTER(Reject), (_HANDLE,)),
    ("writer_new", ctypes.c_int, (ctypes.POINTER(Staging), ctypes.POINTER(_HANDLE))),
    ("writer_add", ctypes.c_int, (_HANDLE, _STREAM)),
    ("writer_said", ctypes.c_char_p, (_HANDLE,)),
    ("writer_end", ctypes.c_int, (_HANDLE, ctypes.POINTER(_INTEGER))),
    ("staged_new", ctypes.c_int, (_TEXTS, _INTEGER, ctypes.POINTER(_HANDLE))),
    ("staged_free", None, (_HANDLE,)),
    ("stream_end", None, (_STREAM,)),
    ("staged_stream", ctypes.c_int, (_HANDLE, *_COLUMNS, _STREAM)),
    ("measure", ctypes.c_int, (_HANDLE, _INTEGER, ctypes.POINTER(_HANDLE))),
    ("measured_free", None, (_HANDLE,)),
    ("measured_summary", ctypes.POINTER(Summary), (_HANDLE, _INTEGER)),
    ("measured_values", ctypes.POINTER(Value), (_HANDLE, _INTEGER, ctypes.POINTER(_INTEGER))),
    (
        "group_moments",
        ctypes.c_int,
        (_HANDLE, _HANDLE, _INTEGER, *_COLUMNS, ctypes.POINTER(Moments)),
    ),
    (
        "group_counts",
        ctypes.c_int,
        (_HANDLE, _HANDLE, _INTEGER, *_COLUMNS, ctypes.POINTER(ctypes.POINTER(_INTEGER))),
    ),
    (
        "quantiles",
        ctypes.c_int,
        (_HANDLE, *[_INTEGER] * 3, _FLOATS, _INTEGER, _FLOATS),
    ),
    (
        "correlate",
        ctypes.c_int,
        (_HANDLE, _INTEGER, *_COLUMNS, ctypes.POINTER(Correlation)),
    ),
    ("measure_histograms", ctypes.c_int, (_HANDLE, ctypes.POINTER(Histogram), _INTEGER)),
    (
        "measure_distinct",
        ctypes.c_int,
        (_HANDLE, *[_INTEGER] * 3, ctypes.c_uint64, ctypes.POINTER(_INTEGER)),
    ),
)
