"""The compiled scanner, loaded, and what goes to it and comes from it."""

from __future__ import annotations

import ctypes
import errno
import functools
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sluice.contracts.errors import Turn, UsageError
from sluice.validation.scanner import interface
from sluice.validation.scanner.build import HERE, library_file
from sluice.validation.scanner.version import version_of

_REMEDY = f"make setup, or python {HERE / 'build.py'}; where pip installed Sluice, install it again"


class StreamError(Turn):
    """A stream of rows broke off; what its reader said of it."""


class VersionError(UsageError, ImportError):
    """The compiled library is of another version than the Python around it."""


def check(error: int, path: Path | None = None) -> None:
    """Raise what an errno stands for: `MemoryError`, or `OSError` with the file it is about."""
    if error == errno.ENOMEM:
        raise MemoryError
    if error:
        raise OSError(error, os.strerror(error), str(path) if path else None)


@functools.cache
def library() -> ctypes.CDLL:
    """The scanner's functions, with their types; loaded once.

    Raises `FileNotFoundError` where it was not compiled, `VersionError` where it was compiled from
    other headers than interface.py describes.
    """
    file = library_file()
    if not file.exists():
        raise FileNotFoundError(
            f"The scanner is not compiled for this machine: there is no {file.name} in "
            f"{HERE}. Compile it: {_REMEDY}."
        )
    return load(file)


def load(file: Path) -> ctypes.CDLL:
    """The functions of a library that lies somewhere; raises `VersionError`."""
    loaded = ctypes.CDLL(str(file))
    expected, found = version_of(vars(interface)), _version(loaded)
    if found != expected:
        raise VersionError(
            f"The compiled scanner does not belong to the Python around it: {file} was built from "
            f"headers of version {found}, and interface.py is of version {expected}. Compile it "
            f"again: {_REMEDY}."
        )
    for name, result, arguments in interface.FUNCTIONS:
        function = getattr(loaded, name)
        function.restype, function.argtypes = result, arguments
    loaded.capsule_pointer_is(ctypes.cast(ctypes.pythonapi.PyCapsule_GetPointer, ctypes.c_void_p))
    return loaded


def _version(loaded: ctypes.CDLL) -> str:
    try:
        function = loaded.scanner_version
    except AttributeError:
        return "none"
    function.restype = ctypes.c_char_p
    return bytes(function()).decode()


def texts(items: Iterable[bytes]) -> Any:
    """An array of C strings."""
    listed = list(items)
    return (ctypes.c_char_p * len(listed))(*listed)


def seeds_of(name: str) -> interface.Seeds:
    """What seeds the hashes of a column's values; see hash.h."""
    data = name.encode()
    seeds: interface.Seeds = library().seeds_of(data, len(data))
    return seeds


def hash_of(text: str) -> int:
    """The hash of a salt; see hash.h."""
    data = text.encode()
    return int(library().hash_bytes(data, len(data)))
