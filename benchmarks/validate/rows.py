"""The rows of the inputs, a block at a time: each block from a seed of its own.

So one block is held in memory, and any block comes out the same whatever stood before it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_SEED: Final = 20_261_121
_CITIES: Final = pa.array(["Berlin", "Paris", "New York", "Rome", "Oslo", "São Paulo", "Tokyo"])
_SYLLABLES: Final = ("ka", "lo", "mi", "ne", "ru", "sta", "ver", "tion")
_WORDS: Final = pa.array([a + b + c for a in _SYLLABLES for b in _SYLLABLES for c in _SYLLABLES])


def mixed_rows(block: int, first: int, rows: int, columns: int, repeats: int) -> pa.Table:
    """Twelve columns: what users have, and what engines get wrong (zeros, 64 bits, gaps)."""
    rng = np.random.default_rng([_SEED, block])
    table = pa.table(
        {
            "id": np.arange(first, first + rows),
            "zip": _digits(rng.integers(1_000, 99_999, rows)),
            "city": _absent(_CITIES.take(pa.array(rng.integers(0, len(_CITIES), rows))), rng, 0.01),
            "amount": np.round(rng.lognormal(3, 1, rows), 2),
            "score": _absent(pa.array(rng.normal(size=rows)), rng, 0.02),
            "count": rng.poisson(4, rows),
            "big": rng.integers(1, 2**60, rows),
            "flag": rng.random(rows) < 0.3,
            "day": _days(rng, rows),
            "at": np.datetime64("2020-01-01T00:00:00", "s") + rng.integers(0, 10**8, rows),
            "note": _absent(_notes(rng, rows), rng, 0.01),
            "label": _label(rng, rows),
        }
    )
    return _repeated(table, rng, repeats)


def wide_rows(block: int, first: int, rows: int, columns: int, repeats: int) -> pa.Table:
    """Integers, numbers, categories, flags and dates in turn, then the label."""
    rng = np.random.default_rng([_SEED, columns, block])
    kinds = (
        lambda: rng.integers(0, 10**6, rows),
        lambda: np.round(rng.normal(100, 25, rows), 3),
        lambda: _CITIES.take(pa.array(rng.integers(0, len(_CITIES), rows))),
        lambda: rng.random(rows) < 0.3,
        lambda: _days(rng, rows),
    )
    made = {f"c{n:05d}": kinds[n % len(kinds)]() for n in range(1, columns)}
    return _repeated(pa.table(made | {"label": _label(rng, rows)}), rng, repeats)


def _digits(numbers: np.ndarray) -> pa.Array:
    """Five digits, zeros in front."""
    return pc.utf8_lpad(pa.array(numbers).cast(pa.string()), 5, "0")


def _days(rng: np.random.Generator, rows: int) -> pa.Array:
    return pa.array(np.datetime64("2020-01-01", "D") + rng.integers(0, 1_500, rows))


def _label(rng: np.random.Generator, rows: int) -> pa.Array:
    return pa.array(["no", "yes"]).take(pa.array((rng.random(rows) < 0.4).astype(int)))


def _notes(rng: np.random.Generator, rows: int) -> pa.Array:
    """One to six words, in one row of ten with a comma and quotes, which CSV then has to escape."""
    ends = np.concatenate([[0], np.cumsum(rng.integers(1, 7, rows))]).astype(np.int32)
    words = _WORDS.take(pa.array(rng.integers(0, len(_WORDS), ends[-1])))
    plain = pc.binary_join(pa.ListArray.from_arrays(pa.array(ends), words), " ")
    spoken = pc.binary_join_element_wise(plain, 'said "no", twice', " ")
    return pc.if_else(pa.array(rng.random(rows) < 0.1), spoken, plain)


def _absent(values: pa.Array, rng: np.random.Generator, share: float) -> pa.Array:
    """Some values taken away."""
    return pc.if_else(pa.array(rng.random(len(values)) < share), None, values)


def _repeated(table: pa.Table, rng: np.random.Generator, repeats: int) -> pa.Table:
    """Exactly so many rows of the second half become equal to rows of the first."""
    rows = table.num_rows
    order = np.arange(rows)
    later = rows // 2 + rng.choice(rows - rows // 2, repeats, replace=False)
    order[later] = rng.integers(0, rows // 2, repeats) if repeats else []
    return table.take(pa.array(order))
