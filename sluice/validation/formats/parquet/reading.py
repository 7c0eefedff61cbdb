"""Parquet files: judged by their own footers first, which may lie, then held against the rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from sluice.validation.formats.csv.dialect import MAX_COLUMNS, check_names
from sluice.validation.formats.csv.reading import Source
from sluice.validation.formats.parquet.pages import check_pages
from sluice.validation.formats.parts import Part
from sluice.validation.refusals import Refused, counted, shown
from sluice.validation.rows.candidates import Storage
from sluice.validation.rows.columns import TypedColumn
from sluice.validation.rows.sql import literal

if TYPE_CHECKING:
    import duckdb

SMALL_CELLS: Final = 64_000_000
MAX_CELLS_A_BYTE: Final = 200
"""Values to each byte of a file: equal values compress to a few bits a thousand, but a table has
some that differ."""

STAGED_CELLS: Final = 8_000_000
STAGED_BYTES: Final = 32 * 1024 * 1024
"""Values, and bytes of texts, that are read at a time. A row group is decoded anew each time."""
MAX_TEXT_BYTES: Final = 1024 * 1024
"""Of one text, as of a CSV's record."""
SMALL_TEXTS: Final = 1_000_000_000
MAX_TEXTS_A_BYTE: Final = 2_000
"""Bytes of texts to each byte of a file, where they are more than `SMALL_TEXTS`."""

_WIDE = ("UBIGINT", "HUGEINT", "UHUGEINT")
"""Integers of which some are beyond 64 bits with a sign."""
_REFUSED = ("STRUCT", "MAP", "UNION", "BLOB", "INTERVAL", "VARIANT", "GEOMETRY", "BIT")


def check_footer(part: Part) -> None:
    """Refuse a file that does not begin and end as Parquet does."""
    size = part.path.stat().st_size
    with part.path.open("rb") as file:
        begin = file.read(4)
        file.seek(max(size - 8, 0))
        end = file.read(8)
    if begin == b"PARE" or end[4:] == b"PARE":
        raise Refused(
            "encrypted",
            f"{part.name}: this Parquet file is encrypted.",
            remedy="Write it without encryption; the bucket encrypts what lies in it.",
        )
    if begin != b"PAR1":
        raise Refused(
            "not-parquet",
            f"{part.name}: by its first bytes, {shown(begin.decode('latin-1'))}, this is no "
            "Parquet file.",
            remedy="Check how it was exported, or give it the extension it deserves.",
        )
    length = int.from_bytes(end[:4], "little")
    if end[4:] != b"PAR1" or size < 12 or length > size - 12:
        raise _truncated(part, f"its last bytes (of {size:,}) are no Parquet footer")


def prepare_parquet(con: duckdb.DuckDBPyConnection, parts: list[Part]) -> Source:
    """The parts as one relation; raises `Refused` for broken files and types no model takes."""
    import duckdb

    for part in parts:
        check_footer(part)
    shapes = []
    rows = []
    for part in parts:
        path = literal(str(part.path))
        try:
            described = con.execute(f"DESCRIBE SELECT * FROM read_parquet({path})").fetchall()
            names = con.execute(f"SELECT name, num_children FROM parquet_schema({path})").fetchall()
            footer = con.execute(f"SELECT num_rows FROM parquet_file_metadata({path})").fetchall()
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error as error:
            raise broken(part.name, error) from None
        check_names(part.name, _top_level(names), line=None)
        shapes.append([(name, _plain(part.name, name, kind)) for name, kind, *_ in described])
        rows.append(int(footer[0][0]))
    for part, shape in zip(parts, shapes, strict=True):
        if shape != shapes[0]:
            raise Refused(
                "parts-disagree",
                f"{part.name}: its columns or their types differ from those of {parts[0].name}.",
                remedy="Write all parts of a folder with one schema.",
            )
    if len(shapes[0]) > MAX_COLUMNS:
        raise Refused(
            "too-many-columns",
            f"{parts[0].name}: {counted(len(shapes[0]), 'column')}; at most {MAX_COLUMNS:,} are "
            "taken.",
            remedy="Drop columns that are not needed.",
        )
    if len(shapes[0]) == 1:
        raise Refused(
            "one-column",
            f"{parts[0].name}: there is only one column, {shown(shapes[0][0][0])}; a target and "
            "at least one feature are needed.",
            remedy="Export the other columns too.",
        )
    if sum(rows) == 0:
        raise Refused(
            "header-only",
            f"{parts[0].name}: the file holds columns and no row.",
            remedy="Export it again with its rows; at least 20 are needed.",
        )
    for part in parts:
        _check_chunks(con, part, len(shapes[0]))
        check_pages(con, part)

    def place(row: int) -> tuple[str, int | None]:
        for part, here in zip(parts, rows, strict=True):
            if row <= here:
                return f"{part.name}, row {row}", None
            row -= here
        raise ValueError(f"the drop has no row {row}")

    return Source(
        relation=_relation(parts, len(shapes[0])),
        names=tuple(name for name, _ in shapes[0]),
        sample=(),
        types=tuple(kind for _, kind in shapes[0]),
        rows=sum(rows),
        place=place,
        parts=tuple(parts),
        part_rows=tuple(rows),
        dialect={"format": "parquet", "files": len(parts)},
    )


def _relation(parts: Sequence[Part], width: int) -> str:
    """The columns as c1, c2, …; whatever they are called, `file_row_number` is DuckDB's own."""
    files = ", ".join(literal(str(part.path)) for part in parts)
    aliases = ", ".join(f"c{i}" for i in range(1, width + 1))
    return f"read_parquet([{files}], hive_partitioning=false) AS raw({aliases})"


def _check_chunks(con: duckdb.DuckDBPyConnection, part: Part, width: int) -> None:
    """Refuse a file that expands beyond reason, or whose metadata would hide values: a chunk that
    is said to hold none is skipped by the parser, whatever stands in its pages."""
    cells, hidden = con.execute(
        "SELECT sum(num_values), first(path_in_schema) FILTER (stats_null_count = num_values "
        "AND total_uncompressed_size > 200 + num_values // 4) "
        f"FROM parquet_metadata({literal(str(part.path))})"
    ).fetchall()[0]
    size = part.path.stat().st_size
    if cells > SMALL_CELLS and cells > MAX_CELLS_A_BYTE * size:
        raise Refused(
            "decompression-bomb",
            f"{part.name}: its {size:,} bytes are to hold {cells // width:,} rows of {width} "
            "columns; no table compresses like that.",
            remedy="Write the table again, if it is one.",
        )
    if hidden is not None:
        raise Refused(
            "damaged-file",
            f"{part.name}: the file is damaged: its statistics say that {shown(hidden)} holds no "
            "value, and its pages hold some.",
            remedy="Write it again, with another version of the program that wrote it.",
            column=hidden,
        )


def broken(name: str, error: Exception) -> Refused:
    """The refusal of a file whose parts do not fit together."""
    # The parser knows the file by where it lies on our disk, which is nobody's business.
    said = re.sub(r"""(file )?['"]?/\S*['"]?""", "the file", str(error).splitlines()[0])
    return Refused(
        "damaged-file",
        f"{name}: the file is damaged and cannot be read: {shown(said, 160)}.",
        remedy="Write it again, and compare sizes after the copy.",
    )


def _truncated(part: Part, evidence: str) -> Refused:
    return Refused(
        "truncated-parquet",
        f"{part.name}: this Parquet file is cut off: {evidence}.",
        remedy="Copy or write it again, and compare sizes.",
    )


def _top_level(schema: list[tuple[str, int | None]]) -> tuple[str, ...]:
    """Names of the top-level columns of a flattened Parquet schema, doubled ones included."""
    names: list[str] = []
    skip = 0
    for name, children in schema[1:]:
        if skip:
            skip += (children or 0) - 1
            continue
        names.append(name)
        skip = children or 0
    return tuple(names)


def _plain(source: str, name: str, kind: str) -> str:
    if kind.endswith("]") or kind.startswith(_REFUSED):
        raise Refused(
            "nested-column",
            f"{source}: column {shown(name)} is of type {kind.split('(')[0]}, which no table for "
            "training can hold.",
            remedy="Flatten it into plain columns, or leave it out.",
            column=name,
        )
    return kind


def native_columns(
    con: duckdb.DuckDBPyConnection, raw: Source
) -> tuple[tuple[TypedColumn, ...], int, int]:
    """The file's own types, floats that are no numbers taken as missing; the rows that were really
    read; and the bytes of texts in one, on average.

    Raises `Refused` for texts that are too long, or too many for such a file.
    """
    plans: list[tuple[str, str, Storage, str, str]] = []
    terms = ["count(*)"]
    for place, (name, kind) in enumerate(zip(raw.names, raw.types, strict=True), start=1):
        i = f"c{place}"
        storage, value = _native(i, kind)
        if kind in _WIDE:
            terms.append(f"coalesce(bool_and(try_cast({i} AS BIGINT) IS NOT NULL), true)")
        else:
            terms.append("true")
        terms += [f"count({i})", f"count({value})"]
        is_text = storage == "VARCHAR"
        terms.append(f"max(strlen({value}))" if is_text else "NULL")
        terms.append(f"coalesce(sum(strlen({value})), 0)::BIGINT" if is_text else "0")
        plans.append((i, name, storage, value, kind))
    found = con.execute(f"SELECT {', '.join(terms)} FROM {raw.relation}").fetchall()[0]
    columns = []
    for at, (i, name, storage, _, kind) in enumerate(plans):
        fits, written, present, longest, _ = found[1 + 5 * at : 6 + 5 * at]
        if longest and longest > MAX_TEXT_BYTES:
            where = _first_long(con, raw, i)
            raise Refused(
                "text-too-long",
                f"{where}: column {shown(name)} holds a text beyond {MAX_TEXT_BYTES:,} bytes, the "
                f"most that are taken; its longest has {longest:,} bytes.",
                remedy="Shorten it, or leave the column out.",
                column=name,
            )
        columns.append(
            TypedColumn(
                id=i,
                name=name,
                storage=storage if fits else "VARCHAR",
                present=present if fits else written,
                spelled=written - present if fits else 0,
                was=kind if kind.startswith("DECIMAL") or kind == "TIMESTAMP_NS" else "",
            )
        )
    rows, texts = int(found[0]), sum(found[5::5])
    size = sum(part.path.stat().st_size for part in raw.parts)
    if texts > max(SMALL_TEXTS, MAX_TEXTS_A_BYTE * size):
        raise Refused(
            "decompression-bomb",
            f"{raw.parts[0].name}: {size:,} bytes are to hold {texts:,} bytes of texts; no table "
            "compresses like that.",
            remedy="Write the table again, if it is one.",
        )
    return tuple(columns), rows, texts // max(rows, 1)


def _first_long(con: duckdb.DuckDBPyConnection, raw: Source, column: str) -> str:
    """Where the first text stands that is too long."""
    before = 0
    for part, rows in zip(raw.parts, raw.part_rows, strict=True):
        (at,) = con.execute(
            f"SELECT min(file_row_number) FROM {_relation([part], len(raw.names))} "
            f"WHERE strlen({column}::VARCHAR) > {MAX_TEXT_BYTES}"
        ).fetchall()[0]
        if at is not None:
            return raw.place(before + at + 1)[0]
        before += rows
    raise ValueError(f"no text of {column} is too long")


def native_rows(
    con: duckdb.DuckDBPyConnection, raw: Source, columns: Sequence[TypedColumn], row_bytes: int
) -> Iterator[duckdb.DuckDBPyRelation]:
    """The rows as they are to be staged, so many at a time that they fit in memory."""
    values = []
    for column, kind in zip(columns, raw.types, strict=True):
        storage, value = _native(column.id, kind)
        values.append(value if storage == column.storage else f"{column.id}::VARCHAR")
    step = max(1, min(STAGED_CELLS // len(columns), STAGED_BYTES // max(row_bytes, 1)))
    for part, rows in zip(raw.parts, raw.part_rows, strict=True):
        relation = _relation([part], len(columns))
        for first in range(0, rows, step):
            yield con.sql(
                f"SELECT {', '.join(values)} FROM {relation} "
                f"WHERE file_row_number BETWEEN {first} AND {first + step - 1}"
            )


def _native(column: str, kind: str) -> tuple[Storage, str]:
    if kind == "BOOLEAN":
        return "BOOLEAN", column
    if kind in ("FLOAT", "DOUBLE"):
        return "DOUBLE", f"(CASE WHEN isfinite({column}) THEN {column}::DOUBLE END)"
    if kind.startswith("DECIMAL"):
        return "DOUBLE", f"{column}::DOUBLE"
    if kind.endswith("INT") or kind == "INTEGER" or kind == "UINTEGER":
        return "BIGINT", f"try_cast({column} AS BIGINT)"
    if kind == "DATE":
        return "DATE", _in_calendar(column)
    if kind.startswith("TIMESTAMP"):
        return "TIMESTAMP", _in_calendar(f"{column}::TIMESTAMP")
    return "VARCHAR", f"{column}::VARCHAR"


def _in_calendar(moment: str) -> str:
    """Years that ISO 8601 writes in four digits; infinity and all beyond is no date to anybody."""
    return f"(CASE WHEN isfinite({moment}) AND year({moment}) BETWEEN 1 AND 9999 THEN {moment} END)"
