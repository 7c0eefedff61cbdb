"""What a Parquet file's footer claims, held against the file and against reason.

A footer may lie: what it says is checked here as far as the bytes around it tell, and against the
rows themselves when they are read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sluice.validation.formats.header import check_names
from sluice.validation.formats.parts import Part
from sluice.validation.refusals import Refused
from sluice.validation.rows.session import unreadable
from sluice.validation.rows.sql import literal
from sluice.validation.wording import shown

if TYPE_CHECKING:
    import duckdb

SMALL_CELLS: Final = 64_000_000
MAX_CELLS_A_BYTE: Final = 200
"""Values to each byte of a file: equal values compress to a few bits a thousand, but a table has
some that differ."""

NAMELESS_INDEX: Final = re.compile(r"__index_level_\d+__")
"""What pandas calls the columns of an index that has no name."""

_REFUSED = ("STRUCT", "MAP", "UNION", "BLOB", "INTERVAL", "VARIANT", "GEOMETRY", "BIT")


@dataclass(frozen=True, kw_only=True, slots=True)
class Footer:
    """What one file says that it holds."""

    columns: tuple[tuple[str, str], ...]
    """Names and DuckDB's types, in order."""
    rows: int
    index: tuple[str, ...] = ()
    """The columns that number or name the rows, as pandas noted when it wrote them."""


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


def footer_of(con: duckdb.DuckDBPyConnection, part: Part) -> Footer:
    """The footer of a file; raises `Refused` where it is damaged, or has columns no model takes."""
    import duckdb

    path = literal(str(part.path))
    try:
        described = con.execute(
            f"DESCRIBE SELECT * FROM read_parquet({path}, hive_partitioning=false)"
        ).fetchall()
        names = con.execute(f"SELECT name, num_children FROM parquet_schema({path})").fetchall()
        footer = con.execute(f"SELECT num_rows FROM parquet_file_metadata({path})").fetchall()
        noted = con.execute(
            f"SELECT value FROM parquet_kv_metadata({path}) WHERE key = 'pandas'"
        ).fetchall()
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        raise unreadable(part.name, error) from None
    check_names(part.name, _top_level(names), line=None)
    return Footer(
        columns=tuple((name, _plain(part.name, name, kind)) for name, kind, *_ in described),
        rows=int(footer[0][0]),
        index=_index_columns([value for (value,) in noted]),
    )


def _index_columns(noted: Sequence[bytes]) -> tuple[str, ...]:
    """The index columns in pandas' own metadata; an index that is a plain count has no column.

    https://pandas.pydata.org/docs/development/developer.html#storing-pandas-dataframe-objects-in-apache-parquet-format
    """
    found: list[str] = []
    for value in noted:
        try:
            document: Any = json.loads(value)
        except (ValueError, RecursionError):
            continue  # a note beside the data, which is read without it
        index = document.get("index_columns") if isinstance(document, Mapping) else None
        found += [name for name in index or () if isinstance(name, str)]
    return tuple(found)


def check_chunks(con: duckdb.DuckDBPyConnection, part: Part, width: int) -> None:
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
