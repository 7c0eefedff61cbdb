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
from typing import TYPE_CHECKING, Any, TypeVar

from sluice.validation.bytes import HEAD_BYTES, Part, as_utf8, check_kind, scratch_file
from sluice.validation.dialect import Dialect, dialect_of
from sluice.validation.findings import Refused, counted, shown
from sluice.validation.records import (
    MAX_RECORD_BYTES,
    Records,
    line_of,
    pieces,
    scan,
    too_long,
    with_line_feeds,
)

if TYPE_CHECKING:
    import duckdb

_T = TypeVar("_T")

REJECTS_LISTED = 20
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
    """DuckDB's types; all VARCHAR for CSV."""
    rows: int
    """Counted independently of the parser."""
    place: Callable[[int], tuple[str, int | None]]
    """Row number (from 1) to how a person finds it (`iris.csv, line 7`) and the line."""
    parts: tuple[Part, ...]
    """The files as they are read."""
    dialect: dict[str, Any]
    """For the report."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Prepared:
    part: Part
    dialect: Dialect
    records: Records


def literal(text: str) -> str:
    """`text` as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def batches(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """`items` in runs of `BATCH`."""
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


def prepare_csv(parts: list[Part], scratch: Path) -> Raw:
    """All that can be known of CSV files before a parser runs; see the modules it calls.

    Raises `Refused` where a file is no readable table, or where parts of a folder disagree.
    """
    prepared = [_prepare(part, scratch) for part in parts]
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
        relation=_csv_relation(prepared, "LF" if awkward else first.records.newline),
        names=first.dialect.names,
        sample=first.dialect.sample,
        types=("VARCHAR",) * len(first.dialect.names),
        rows=rows,
        place=lambda row: _place(prepared, headers, row),
        parts=tuple(p.part for p in prepared),
        dialect={
            "format": "csv",
            "encoding": first.part.encoding,
            "delimiter": first.dialect.delimiter,
            "quote": '"',
            "header": first.dialect.header,
            "newline": "/".join(sorted(newlines)),
            "files": len(prepared),
            "blank_lines": sum(p.records.blank for p in prepared),
        },
    )


def _prepare(original: Part, scratch: Path) -> _Prepared:
    head = check_kind(original, "csv")
    part = as_utf8(original, head, scratch)
    if part is not original:
        with part.path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    dialect = dialect_of(part, head)
    return _Prepared(part=part, dialect=dialect, records=scan(part, dialect.delimiter))


def _normalised(prepared: _Prepared, scratch: Path) -> _Prepared:
    """A copy whose records all end in a line feed: the parser takes one kind of line end only."""
    delimiter = prepared.dialect.delimiter
    copy = scratch_file(scratch)
    with copy.open("wb") as out:
        for piece in pieces(prepared.part, delimiter):
            out.write(with_line_feeds(piece, delimiter))
    part = Part(name=prepared.part.name, path=copy, encoding=prepared.part.encoding)
    return _Prepared(part=part, dialect=prepared.dialect, records=prepared.records)


def _csv_relation(prepared: list[_Prepared], newline: str) -> str:
    dialect = prepared[0].dialect
    files = ", ".join(literal(str(p.part.path)) for p in prepared)
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(1, len(dialect.names) + 1))
    # DuckDB 2.0 reads no row at all, and says nothing, when told that lines end in CRLF: it has to
    # find that one out for itself.
    ending = "new_line='\\n', " if newline == "LF" else ""
    return (
        f"read_csv([{files}], auto_detect=false, skip={dialect.blank}, "
        f"header={str(dialect.header).lower()}, "
        f"delim={literal(dialect.delimiter)}, quote='\"', escape='\"', {ending}"
        f"columns={{{columns}}}, nullstr='', strict_mode=true, parallel=false, "
        f"max_line_size={2 * MAX_RECORD_BYTES}, store_rejects=true, rejects_limit=10000)"
    )


def _place(prepared: list[_Prepared], headers: int, row: int) -> tuple[str, int | None]:
    for p in prepared:
        here = p.records.count - headers
        if row <= here:
            line = line_of(p.part, p.dialect.delimiter, row + headers)
            return f"{p.part.name}, line {line}", line
        row -= here
    raise ValueError(f"the drop has no row {row}")


def refuse_rejects(con: duckdb.DuckDBPyConnection, parts: tuple[Part, ...]) -> None:
    """Refuse the drop where the scan just made set records aside, naming the first of them."""
    latest = "(SELECT max(scan_id) FROM reject_scans)"
    found = con.execute(
        "SELECT e.error_type, e.line_byte_position, e.csv_line, e.error_message, s.file_path "
        "FROM reject_errors e JOIN reject_scans s USING (scan_id, file_id) "
        f"WHERE scan_id = {latest} "
        f"ORDER BY s.file_path, e.line_byte_position LIMIT {REJECTS_LISTED}"
    ).fetchall()
    if not found:
        return
    total = con.execute(
        "SELECT count(DISTINCT (file_id, line_byte_position)) FROM reject_errors "
        f"WHERE scan_id = {latest}"
    ).fetchall()[0][0]
    lines = sorted({_reject_line(parts, path, at) for _, at, _, _, path in found})
    kind, at, text, message, path = found[0]
    part = _part_at(parts, path)
    line = _reject_line(parts, path, at)
    if "LINE SIZE" in kind:
        raise too_long(part, line)
    what = str(message).splitlines()[0]
    if kind in ("MISSING COLUMNS", "TOO MANY COLUMNS"):
        numbers = [int(word) for word in what.split() if word.isdigit()]
        what = f"{counted(numbers[1], 'field')} where the header has {numbers[0]}"
    others = ", ".join(map(str, lines[1:6])) + (", …" if total > 6 else "")
    more = f"; {total - 1:,} more such, on lines {others}" if total > 1 else ""
    raise Refused(
        "ragged-row" if "COLUMNS" in kind else "unreadable-row",
        f"{part.name}, line {line}: {what}: {shown(str(text).strip(), 80)}{more}.",
        remedy="Give every row as many fields as the header; quote a field that holds the "
        "delimiter.",
        line=line,
    )


def _part_at(parts: tuple[Part, ...], path: str) -> Part:
    return next(part for part in parts if str(part.path) == path)


def _reject_line(parts: tuple[Part, ...], path: str, position: int) -> int:
    """The physical line of a rejected record: DuckDB's own counts records, not lines."""
    lines, left = 1, position
    with _part_at(parts, path).path.open("rb") as file:
        while left > 0 and (block := file.read(min(left, HEAD_BYTES))):
            lines += block.count(b"\n")
            left -= len(block)
    return lines
