"""The headers of native/ as ctypes sees them: structures, enumerations, functions.

The compiler holds the structures against the headers, and the library says what it was compiled
with; see version.py. `build.py` runs this file by its path, so it imports nothing of Sluice.
"""

from __future__ import annotations

import ctypes
from enum import IntEnum
from typing import Any, Final, Literal

Storage = Literal["BIGINT", "DOUBLE", "BOOLEAN", "DATE", "TIMESTAMP", "VARCHAR", "BLOB"]
"""The types of stored columns, as DuckDB calls them; the dataset's Parquet files use them."""

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
    "figure",
    "duration",
    "written-date",
    "written-timestamp",
)
"""`enum kind` of cells.h, in its order."""


class ValueKind(IntEnum):
    """`enum value_kind` of objects.h: what the values of a field of JSON Lines are."""

    TEXTS = 0
    NUMBERS = 1
    BOOLEANS = 2


class Status(IntEnum):
    """`enum status` of reader.h: how a scan ended."""

    DONE = 0
    BROKEN_QUOTE = 1
    TOO_LONG = 2
    TOO_MANY_BAD_ROWS = 3
    FAILED = 4


_INTEGER = ctypes.c_int64
_PER_KIND = _INTEGER * len(KINDS)


def _fields(*names: str, kind: Any = _INTEGER) -> tuple[tuple[str, Any], ...]:
    return tuple((name, kind) for name in names)


class Count(ctypes.Structure):
    """`struct count` of count.h."""

    _fields_ = (
        *_fields("rows", "blank", "unix_ends", "dos_ends", "lines"),
        *_fields("is_ended", "is_plain", kind=ctypes.c_bool),
    )


class ObjectShape(ctypes.Structure):
    """`struct object_shape` of objects.h."""

    _fields_ = (
        ("keys", ctypes.POINTER(ctypes.c_char_p)),
        ("kinds", ctypes.POINTER(ctypes.c_int32)),
        ("fields", _INTEGER),
    )


class ObjectRows(ctypes.Structure):
    """`struct object_rows` of objects.h."""

    _fields_ = _fields("lines", "read", "size")


class Reading(ctypes.Structure):
    """`struct reading` of reading.h."""

    _fields_ = (
        *_fields("format", "unit", kind=ctypes.c_char_p),
        *_fields("decimal", "thousands", kind=ctypes.c_uint8),
    )


class Plan(ctypes.Structure):
    """`struct plan` of scan.h."""

    _fields_ = (("kind", ctypes.c_int32), ("asked", ctypes.c_uint32), ("reading", Reading))


ComposeText = ctypes.CFUNCTYPE(_INTEGER, ctypes.c_void_p, _INTEGER, ctypes.c_void_p, _INTEGER)
"""`compose_text` of scan.h."""


class ReaderOptions(ctypes.Structure):
    """`struct reader_options` of reader.h."""

    _fields_ = (
        ("paths", ctypes.POINTER(ctypes.c_char_p)),
        *_fields("files", "columns", "longest", "most_bad_rows"),
        ("delimiter", ctypes.c_uint8),
        ("quote", ctypes.c_uint8),
        ("has_header", ctypes.c_bool),
    )


class ScanOptions(ctypes.Structure):
    """`struct scan_options` of scan.h."""

    _fields_ = (
        ("reader", ReaderOptions),
        ("plans", ctypes.POINTER(Plan)),
        ("missing", ctypes.POINTER(ctypes.c_char_p)),
        ("spellings", _INTEGER),
        ("compose", ComposeText),
    )


class Seeds(ctypes.Structure):
    """`struct seeds` of hash.h."""

    _fields_ = _fields("text", "whole", "fraction", kind=ctypes.c_uint64)


class WriterOptions(ctypes.Structure):
    """`struct writer_options` of writer.h."""

    _fields_ = (
        ("path", ctypes.c_char_p),
        ("seeds", ctypes.POINTER(Seeds)),
        ("columns", _INTEGER),
        ("salt", ctypes.c_uint64),
        ("percent", ctypes.c_uint64),
        ("unclean", ctypes.POINTER(ctypes.c_uint8)),
    )


class Tally(ctypes.Structure):
    """`struct tally` of scan.h."""

    _fields_ = (
        *_fields("present", "spelled", "other"),
        *_fields("fits", "first_unlike", kind=_PER_KIND),
        *_fields("unlike_all", "first_unlike_all", "thousands", "commas"),
    )


class BadRow(ctypes.Structure):
    """`struct bad_row` of reader.h."""

    _fields_ = _fields("file", "row", "line", "offset", "size", "fields")


class Result(ctypes.Structure):
    """`struct result` of reader.h."""

    _fields_ = _fields("status", "error", "file", "line", "rows", "bad_rows")


class Summary(ctypes.Structure):
    """`struct summary` of measure.h."""

    _fields_ = (
        *_fields("present", "distinct"),
        *_fields("is_counted", "is_whole", kind=ctypes.c_bool),
        *_fields("least", "most"),
        *_fields("lowest", "highest", "mean", "deviation", kind=ctypes.c_double),
        *_fields("spaced", "letters"),
    )


class Value(ctypes.Structure):
    """`struct value` of measure.h."""

    _fields_ = (
        ("integer", _INTEGER),
        ("number", ctypes.c_double),
        ("text", ctypes.c_void_p),
        *_fields("size", "count", "holdout"),
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

    _fields_ = _fields(
        *("get_schema", "get_next", "get_last_error", "release", "private_data"),
        kind=ctypes.c_void_p,
    )


_TEXTS = ctypes.POINTER(ctypes.c_char_p)
_HANDLE = ctypes.c_void_p
_STREAM = ctypes.POINTER(ArrowArrayStream)
_FLOATS = ctypes.POINTER(ctypes.c_double)
_COLUMNS = (ctypes.POINTER(_INTEGER), _INTEGER)
_COUNT = (ctypes.c_char_p, ctypes.c_uint8, ctypes.c_uint8, _INTEGER, ctypes.POINTER(Count))
FUNCTIONS: Final = (
    ("count_rows", ctypes.c_int, _COUNT),
    (
        "rows_of_objects",
        None,
        (
            *(ctypes.c_void_p, _INTEGER, ctypes.POINTER(ObjectShape), ctypes.c_void_p),
            *(ctypes.POINTER(_INTEGER), ctypes.POINTER(ObjectRows)),
        ),
    ),
    ("seeds_of", Seeds, (ctypes.c_char_p, ctypes.c_size_t)),
    ("hash_bytes", ctypes.c_uint64, (ctypes.c_char_p, ctypes.c_size_t)),
    ("scan_new", _HANDLE, (ctypes.POINTER(ScanOptions),)),
    ("scan_free", None, (_HANDLE,)),
    ("scan_ask", None, (_HANDLE,)),
    ("scan_stream", None, (_HANDLE, _STREAM)),
    ("scan_result", ctypes.POINTER(Result), (_HANDLE,)),
    ("scan_tallies", ctypes.POINTER(Tally), (_HANDLE,)),
    ("scan_bad_rows", ctypes.POINTER(BadRow), (_HANDLE,)),
    ("writer_new", ctypes.c_int, (ctypes.POINTER(WriterOptions), ctypes.POINTER(_HANDLE))),
    ("writer_add", ctypes.c_int, (_HANDLE, _STREAM)),
    ("writer_said", ctypes.c_char_p, (_HANDLE,)),
    ("writer_end", ctypes.c_int, (_HANDLE, ctypes.POINTER(_INTEGER))),
    ("stored_new", ctypes.c_int, (_TEXTS, _INTEGER, ctypes.POINTER(_HANDLE))),
    ("stored_free", None, (_HANDLE,)),
    ("stream_new", ctypes.c_int, (_HANDLE, *_COLUMNS, ctypes.POINTER(_STREAM))),
    ("stream_end", None, (_STREAM,)),
    ("stream_free", None, (_STREAM,)),
    ("capsule_pointer_is", None, (_HANDLE,)),
    ("measure", ctypes.c_int, (_HANDLE, _INTEGER, ctypes.POINTER(_HANDLE))),
    ("measures_free", None, (_HANDLE,)),
    ("measures_summary", ctypes.POINTER(Summary), (_HANDLE, _INTEGER)),
    ("measures_values", ctypes.POINTER(Value), (_HANDLE, _INTEGER, ctypes.POINTER(_INTEGER))),
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
"""Name, result and arguments of what Python calls."""

STRUCTURES: Final = (
    *(Count, ObjectShape, ObjectRows),
    *(Reading, Plan, ReaderOptions, ScanOptions, Seeds, WriterOptions, Tally, BadRow, Result),
    *(Summary, Value, Histogram, Moments, Correlation, ArrowArrayStream),
)
