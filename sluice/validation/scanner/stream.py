"""Arrow streams between C, DuckDB and Python; each has one owner, who releases it."""

from __future__ import annotations

import ctypes
from typing import Any, Final

from sluice.validation.scanner.interface import ArrowArrayStream
from sluice.validation.scanner.library import library

_NAME: Final = b"arrow_array_stream"
"""Of capsules that hold a stream, by Arrow's PyCapsule interface."""

_new_capsule = ctypes.pythonapi.PyCapsule_New
_new_capsule.restype = ctypes.py_object
_new_capsule.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
_in_capsule = ctypes.pythonapi.PyCapsule_GetPointer
_in_capsule.restype = ctypes.c_void_p
_in_capsule.argtypes = (ctypes.py_object, ctypes.c_char_p)


class Stream:
    """A stream that this process reads, released with this object unless C has done so before."""

    def __init__(self, source: object = None) -> None:
        """The stream is still to be filled in; `source` is what must outlive it."""
        self._source = source
        self.pointer = ctypes.pointer(ArrowArrayStream())
        self._release = library().stream_end

    def __del__(self) -> None:
        self._release(self.pointer)


def stream_of(source: Any) -> Stream:
    """The stream of an object of Arrow's capsule interface, such as a relation of DuckDB; the
    stream is taken over."""
    capsule = source.__arrow_c_stream__()
    theirs = ctypes.cast(_in_capsule(capsule, _NAME), ctypes.POINTER(ArrowArrayStream))
    stream = Stream()
    stream.pointer[0] = theirs.contents
    theirs.contents.release = None
    return stream


def capsule_of(stream: ctypes._Pointer[ArrowArrayStream]) -> object:
    """A capsule that owns a stream from `stream_new`.

    DuckDB asks an object for its stream twice a query: the first it looks at for the schema and
    leaves behind, the second it takes over. The capsule frees what is left in it when DuckDB drops
    it.
    """
    destructor = ctypes.cast(library().capsule_end, ctypes.c_void_p)
    return _new_capsule(stream, _NAME, destructor)
