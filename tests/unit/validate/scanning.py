"""Scans of small files, and what they yield."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from sluice.contracts.dataset import Reading
from sluice.validation.scanner.scan import Files, Scan
from sluice.validation.scanner.stored import Relation, StoredRows, store_rows

BUFFER = 1 << 20
"""`READ_BYTES` of reader.c."""

LONGEST = 1 << 24
"""Bytes of a record, where a test does not care."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scanned:
    rows: list[tuple[Any, ...]]
    hashes: list[int]
    scan: Scan


def scanned(
    paths: Sequence[Path],
    kinds: Sequence[str],
    *,
    names: Sequence[str] = (),
    missing: Sequence[str] = (),
    readings: Sequence[Reading | None] = (),
    most_bad_rows: int = 1,
    longest: int = LONGEST,
    salt: str = "",
    **written: Any,
) -> Scanned:
    """Scan the files to their end, or to where the scan ends; `written` goes to `Files`."""
    scan = Scan(
        files_of(paths, len(kinds), names=names, longest=longest, **written),
        missing=missing,
        kinds=kinds,
        readings=readings,
        most_bad_rows=most_bad_rows,
    )
    stored = paths[0].with_name("stored")
    count = store_rows([scan.stream()], stored, names=names or numbered(len(kinds)), salt=salt)
    rows, hashes = stored_rows(stored, len(kinds), count)
    assert count == scan.rows == len(rows)
    return Scanned(rows=rows, hashes=hashes, scan=scan)


def files_of(
    paths: Sequence[Path],
    width: int,
    *,
    names: Sequence[str] = (),
    longest: int = LONGEST,
    **written: Any,
) -> Files:
    return Files(
        paths=tuple(paths), names=tuple(names) or numbered(width), longest=longest, **written
    )


def numbered(width: int) -> tuple[str, ...]:
    return tuple(f"column {i}" for i in range(width))


def relation(path: Path, width: int, count: int) -> Relation:
    """A stored file of `count` rows for DuckDB."""
    return Relation(StoredRows([path], count), range(width))


def stored_rows(path: Path, width: int, count: int) -> tuple[list[tuple[Any, ...]], list[int]]:
    """The columns of the drop, and h."""
    with duckdb.connect() as con:
        con.register("stored_rows", relation(path, width, count))
        found = con.execute("SELECT * EXCLUDE s FROM stored_rows").fetchall()
    assert [n for n, *_ in found] == list(range(1, len(found) + 1))
    return [tuple(row) for _, *row, _ in found], [row[-1] for row in found]


def write_column(path: Path, texts: Sequence[str]) -> None:
    """One column, each text in quotes."""
    doubled = (text.replace('"', '""') for text in texts)
    path.write_text("".join(f'"{text}"\n' for text in doubled), encoding="utf-8", newline="")


def converted(
    folder: Path, kind: str, texts: Sequence[str], reading: Reading | None = None
) -> list[Any]:
    """What one type makes of texts, None of those that are not of it; none may hold a tab."""
    path = folder / "values.csv"
    path.write_text("".join(f"{text}\t{text}\n" for text in texts), encoding="utf-8", newline="")
    found = scanned([path], ["as-is", kind], delimiter="\t", readings=[None, reading])
    assert [text for text, _ in found.rows] == list(texts)
    return [value for _, value in found.rows]
