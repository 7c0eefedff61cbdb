"""The parser, held on a short leash: DuckDB with a fixed dialect, every column as text first.

Nothing is guessed and nothing skipped: columns come as text, so zeros and digits stay; records
that do not fit are listed with their place; and rows read must equal the independent count.
Inside of SQL the columns are called c1, c2, …: a name from the data never becomes part of a query
before the dataset is written, where it is quoted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sluice.contracts.dataset import Finding
from sluice.contracts.spec import Read
from sluice.validation.bytes import HEAD_BYTES, Part, as_utf8, check_kind, scratch_file
from sluice.validation.candidates import CANDIDATES, MISSING
from sluice.validation.compressed import compression_of
from sluice.validation.dialect import Dialect, dialect_of
from sluice.validation.findings import Refused
from sluice.validation.records import (
    MAX_RECORD_BYTES,
    QUOTE,
    Records,
    line_of,
    pieces,
    scan,
    with_line_feeds,
)
from sluice.validation.sql import literal

_T = TypeVar("_T")

BATCH = 64
"""Columns that one query works on, so that wide tables stay within memory."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Raw:
    """A drop that can be queried, and how to find a row of it again."""

    relation: str
    """SQL that yields the columns c1, c2, … in the drop's order."""
    names: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    """The first rows as text; none for Parquet."""
    types: tuple[str, ...]
    """DuckDB's types; all VARCHAR for CSV and JSON."""
    may_be: tuple[tuple[str, ...], ...] = ()
    """VARCHAR: the names of the `CANDIDATES` that each column may have."""
    rows: int
    """Counted independently of the parser."""
    missing: tuple[str, ...] = MISSING
    """Text: spellings of a missing value."""
    place: Callable[[int], tuple[str, int | None]]
    """Row number (from 1) to how a person finds it (`iris.csv, line 7`) and the line."""
    parts: tuple[Part, ...]
    """The files as they are read."""
    dialect: dict[str, Any]
    """For the report."""
    notes: tuple[Finding, ...] = ()
    """What was found while reading."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Prepared:
    part: Part
    dialect: Dialect
    records: Records


def batches(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """`items` in runs of `BATCH`."""
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


def prepare_csv(parts: list[Part], scratch: Path, stated: Read) -> Raw:
    """All that can be known of CSV files before a parser runs; see the modules it calls.

    What sluice.yaml has `stated` is not looked for.

    Raises `Refused` where a file is no readable table, or where parts of a folder disagree.
    """
    prepared = [_prepare(part, scratch, stated) for part in parts]
    first = prepared[0]
    for other in prepared[1:]:
        if other.dialect != first.dialect:
            raise Refused(
                "parts-disagree",
                f"{other.part.name}, line 1: its columns or delimiter differ from those of "
                f"{first.part.name}.",
                remedy="Give all parts of a folder the same header in the same order.",
                line=1,
            )
    headers = int(first.dialect.header)
    rows = sum(p.records.count - headers for p in prepared)
    if rows == 0:
        raise Refused(
            "header-only",
            f"{first.part.name}: the file holds a header and no row.",
            remedy="Export it again with its rows; at least 20 are needed.",
            line=1,
        )
    newlines = {p.records.newline for p in prepared}
    awkward = len(newlines) > 1 or "mixed" in newlines
    awkward = awkward or ("CRLF" in newlines and any(p.records.quoted_newlines for p in prepared))
    if awkward:
        prepared = [_normalised(p, scratch) for p in prepared]
    return Raw(
        relation=csv_relation(
            [p.part.path for p in prepared],
            len(first.dialect.names),
            delimiter=first.dialect.delimiter,
            quote=first.dialect.quote,
            header=first.dialect.header,
            blank=first.dialect.blank,
            newline="LF" if awkward else first.records.newline,
        ),
        names=first.dialect.names,
        sample=first.dialect.sample,
        types=("VARCHAR",) * len(first.dialect.names),
        may_be=(_may_be(first.dialect, stated.decimal),) * len(first.dialect.names),
        missing=MISSING if stated.missing is None else stated.missing,
        rows=rows,
        place=lambda row: _place(prepared, headers, row),
        parts=tuple(p.part for p in prepared),
        dialect={
            "format": "csv",
            **compression_of(parts),
            "encoding": first.part.encoding,
            "delimiter": first.dialect.delimiter,
            "quote": first.dialect.quote,
            "header": first.dialect.header,
            "newline": "/".join(sorted(newlines)),
            **stated.model_dump(mode="json", include={"decimal", "missing"}, exclude_none=True),
            "stated": sorted(stated.model_fields_set),
            "files": len(prepared),
            "blank_lines": sum(p.records.blank for p in prepared),
        },
    )


def _prepare(original: Part, scratch: Path, stated: Read) -> _Prepared:
    head = check_kind(original, "csv", stated.encoding)
    part = as_utf8(original, head, scratch, stated.encoding)
    if part is not original:
        with part.path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    dialect = dialect_of(part, head, stated)
    records = scan(part, dialect.delimiter, dialect.quote)
    return _Prepared(part=part, dialect=dialect, records=records)


def _normalised(prepared: _Prepared, scratch: Path) -> _Prepared:
    """A copy whose records all end in a line feed: the parser takes one kind of line end only."""
    delimiter, quote = prepared.dialect.delimiter, prepared.dialect.quote
    copy = scratch_file(scratch)
    with copy.open("wb") as out:
        for piece in pieces(prepared.part, delimiter, quote):
            out.write(with_line_feeds(piece, delimiter, quote))
    part = Part(name=prepared.part.name, path=copy, encoding=prepared.part.encoding)
    return _Prepared(part=part, dialect=prepared.dialect, records=prepared.records)


def _may_be(dialect: Dialect, decimal: str | None) -> tuple[str, ...]:
    """Unless stated otherwise, a comma does not part both fields and decimals."""
    comma = dialect.delimiter != "," if decimal is None else decimal == ","
    out = {"number" if decimal == "," else "", "" if comma else "decimal-comma"}
    return tuple(name for name in CANDIDATES if name not in out)


def csv_relation(
    paths: list[Path],
    width: int,
    *,
    newline: str,
    delimiter: str = ",",
    quote: str = QUOTE,
    header: bool = False,
    blank: int = 0,
) -> str:
    """SQL that reads CSV files of `width` columns as text; `blank` lines stand before the first."""
    files = ", ".join(literal(str(path)) for path in paths)
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(1, width + 1))
    # DuckDB 2.0 reads no row at all, and says nothing, when told that lines end in CRLF: it has to
    # find that one out for itself.
    ending = "new_line='\\n', " if newline == "LF" else ""
    return (
        f"read_csv([{files}], auto_detect=false, skip={blank}, header={str(header).lower()}, "
        f"delim={literal(delimiter)}, quote={literal(quote)}, escape={literal(quote)}, {ending}"
        f"columns={{{columns}}}, nullstr='', strict_mode=true, parallel=false, "
        f"max_line_size={2 * MAX_RECORD_BYTES}, store_rejects=true, rejects_limit=10000)"
    )


def _place(prepared: list[_Prepared], headers: int, row: int) -> tuple[str, int | None]:
    for p in prepared:
        here = p.records.count - headers
        if row <= here:
            line = line_of(p.part, p.dialect.delimiter, row + headers, p.dialect.quote)
            return f"{p.part.name}, line {line}", line
        row -= here
    raise ValueError(f"the drop has no row {row}")
