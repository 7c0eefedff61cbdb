"""The columns of Parquet files: which type each is stored as, and what SQL makes of its values."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from sluice.contracts.spec import StatedSchema
from sluice.validation.formats.parquet.texts import TextPlan, plans_of
from sluice.validation.formats.parts import Part
from sluice.validation.refusals import Refused
from sluice.validation.rows.columns import TypedColumn
from sluice.validation.rows.sql import literal
from sluice.validation.scanner.interface import Storage
from sluice.validation.wording import shown

if TYPE_CHECKING:
    import duckdb

    from sluice.validation.formats.parquet.source import ParquetSource

STORED_CELLS: Final = 8_000_000
STORED_BYTES: Final = 32 * 1024 * 1024
"""Values, and bytes of texts, that are read at a time. A row group is decoded anew each time."""
MAX_TEXT_BYTES: Final = 1024 * 1024
"""Of one text, as of a CSV's row."""
SMALL_TEXTS: Final = 1_000_000_000
MAX_TEXTS_A_BYTE: Final = 2_000
"""Bytes of texts to each byte of a file, where they are more than `SMALL_TEXTS`."""

_WIDE = ("UBIGINT", "HUGEINT", "UHUGEINT")
"""Integers of which some are beyond 64 bits with a sign."""


def relation_of(parts: Sequence[Part], aliases: Sequence[str]) -> str:
    """The files' columns under other names; whatever they are called, `file_row_number` is DuckDB's
    own."""
    files = ", ".join(literal(str(part.path)) for part in parts)
    return f"read_parquet([{files}], hive_partitioning=false) AS raw({', '.join(aliases)})"


def native_columns(
    con: duckdb.DuckDBPyConnection,
    source: ParquetSource,
    stated: StatedSchema,
    unclean: Collection[int] = (),
) -> tuple[tuple[TypedColumn, ...], tuple[str, ...], int, int]:
    """The file's own types, texts as what they say, floats that are no numbers taken as missing;
    the SQL of their values; the rows that were really read; and the bytes of texts in one, on
    average. Texts of the columns at the places `unclean` (from 0) are cleaned.

    Raises `Refused` for texts that are too long, or too many for such a file.
    """
    plans: list[tuple[str, str, Storage, str, str]] = []
    terms = ["count(*)"]
    relation = relation_of(source.parts, source.aliases)
    for place, (name, kind) in enumerate(zip(source.names, source.types, strict=True), start=1):
        i = f"c{place}"
        storage, value = _native(i, kind)
        if place - 1 in unclean:
            value = _clean(value)
        if kind in _WIDE:
            terms.append(f"coalesce(bool_and(try_cast({i} AS BIGINT) IS NOT NULL), true)")
        else:
            terms.append("true")
        terms += [f"count({i})", f"count({value})"]
        is_text = storage == "VARCHAR"
        terms.append(f"max(strlen({value}))" if is_text else "NULL")
        terms.append(f"coalesce(sum(strlen({value})), 0)::BIGINT" if is_text else "0")
        plans.append((i, name, storage, value, kind))
    found = con.execute(f"SELECT {', '.join(terms)} FROM {relation}").fetchall()[0]
    texts = {i: f"nullif(trim({v}, ' '), '')" for i, _, kept, v, _ in plans if kept == "VARCHAR"}
    read = plans_of(con, relation, texts, {i: name for i, name, *_ in plans}, stated)
    columns = []
    values = []
    for at, (i, name, storage, value, kind) in enumerate(plans):
        fits, written, present, longest, _ = found[1 + 5 * at : 6 + 5 * at]
        if longest and longest > MAX_TEXT_BYTES:
            where = _first_long(con, source, i)
            raise Refused(
                "text-too-long",
                f"{where}: column {shown(name)} holds a text beyond {MAX_TEXT_BYTES:,} bytes, the "
                f"most that are taken; its longest has {longest:,} bytes.",
                remedy="Shorten it, or leave the column out.",
                column=name,
            )
        text = read.get(i, TextPlan())
        values.append(text.value or (value if fits else f"{i}::VARCHAR"))
        columns.append(
            TypedColumn(
                id=i,
                name=name,
                storage=text.storage if text.value else storage if fits else "VARCHAR",
                reading=text.reading,
                doubtful=text.doubtful,
                unstated=text.unstated,
                present=present if fits else written,
                spelled=written - present if fits else 0,
                was=kind if kind.startswith("DECIMAL") or kind == "TIMESTAMP_NS" else "",
            )
        )
    rows, size_of_texts = int(found[0]), sum(found[5::5])
    size = sum(part.path.stat().st_size for part in source.parts)
    if size_of_texts > max(SMALL_TEXTS, MAX_TEXTS_A_BYTE * size):
        raise Refused(
            "decompression-bomb",
            f"{source.parts[0].name}: {size:,} bytes are to hold {size_of_texts:,} bytes of texts; "
            "no table compresses like that.",
            remedy="Write the table again, if it is one.",
        )
    return tuple(columns), tuple(values), rows, size_of_texts // max(rows, 1)


def _first_long(con: duckdb.DuckDBPyConnection, source: ParquetSource, column: str) -> str:
    """Where the first text stands that is too long."""
    before = 0
    for part, rows in zip(source.parts, source.part_rows, strict=True):
        (at,) = con.execute(
            f"SELECT min(file_row_number) FROM {relation_of([part], source.aliases)} "
            f"WHERE strlen({column}::VARCHAR) > {MAX_TEXT_BYTES}"
        ).fetchall()[0]
        if at is not None:
            return source.place(before + at + 1).text
        before += rows
    raise ValueError(f"no text of {column} is too long")


def native_rows(
    con: duckdb.DuckDBPyConnection,
    source: ParquetSource,
    values: Sequence[str],
    row_bytes: int,
) -> Iterator[duckdb.DuckDBPyRelation]:
    """The rows as they are to be stored, so many at a time that they fit in memory."""
    step = max(1, min(STORED_CELLS // len(values), STORED_BYTES // max(row_bytes, 1)))
    for part, rows in zip(source.parts, source.part_rows, strict=True):
        relation = relation_of([part], source.aliases)
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


def _clean(text: str) -> str:
    """A text as cells.py reads it: without the spaces around it, its letters composed."""
    return f"nullif(trim(nfc_normalize({text}), ' '), '')"


def _in_calendar(instant: str) -> str:
    """Years that ISO 8601 writes in four digits; infinity and all beyond is no date to anybody."""
    is_in_it = f"isfinite({instant}) AND year({instant}) BETWEEN 1 AND 9999"
    return f"(CASE WHEN {is_in_it} THEN {instant} END)"
