"""One 64-bit hash a row, of what is in it: the same in every drop and wherever the row stands.

Each value is hashed with its column's name and the hashes are added up, so that the order of the
columns does not matter. A hash is no secret: it tells equal rows, and hides nothing. numpy only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from learners.interface import Columns, Values

Hashes = npt.NDArray[np.uint64]

_MISSING: Final = np.uint64(0x9AE16A3B2F90404F)
"""Stands for a value that is not there; an arbitrary odd number."""


def row_hashes(columns: Columns, names: Iterable[str]) -> Hashes:
    """The hashes [rows] of the named columns, of which there is at least one."""
    parts = [mixed(_of_values(columns[name]) ^ _of_text(name)) for name in sorted(set(names))]
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return mixed(total)


def mixed(bits: Hashes) -> Hashes:
    """Every bit of the answer hangs on every bit given: the finaliser of SplitMix64.

    https://prng.di.unimi.it/splitmix64.c
    """
    bits = bits + np.uint64(0x9E3779B97F4A7C15)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def _of_values(values: Values) -> Hashes:
    """One column's values as 64 bits each; whole numbers are as their fractions are."""
    if isinstance(values, np.ndarray) and values.dtype.kind in "iuf":
        # A zero has one sign, and what is no number has one spelling.
        numbers = values.astype(np.float64) + 0.0
        return np.where(np.isnan(numbers), _MISSING, numbers.view(np.uint64))
    if isinstance(values, np.ndarray) and values.dtype.kind == "M":
        micros = values.astype("datetime64[us]").astype(np.int64).view(np.uint64)
        return np.where(np.isnat(values), _MISSING, micros)
    listed: list[Any] = list(values)
    known = {value: _MISSING if value is None else _of_text(str(value)) for value in set(listed)}
    return np.array([known[value] for value in listed], dtype=np.uint64)


def _of_text(text: str) -> np.uint64:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))
