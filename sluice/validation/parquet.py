"""Parquet files: judged by their own footers first, which may lie, then held against the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sluice.validation.bytes import Part
from sluice.validation.dialect import MAX_COLUMNS, check_names
from sluice.validation.findings import Refused, counted, shown
from sluice.validation.reading import Raw
from sluice.validation.sql import literal

if TYPE_CHECKING:
    import duckdb

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


def prepare_parquet(con: duckdb.DuckDBPyConnection, parts: list[Part]) -> Raw:
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
    aliases = ", ".join(f"c{i}" for i in range(1, len(shapes[0]) + 1))
    files = ", ".join(literal(str(part.path)) for part in parts)

    def place(row: int) -> tuple[str, int | None]:
        for part, here in zip(parts, rows, strict=True):
            if row <= here:
                return f"{part.name}, row {row}", None
            row -= here
        raise ValueError(f"the drop has no row {row}")

    return Raw(
        relation=f"(FROM read_parquet([{files}], hive_partitioning=false) AS raw({aliases}))",
        names=tuple(name for name, _ in shapes[0]),
        sample=(),
        types=tuple(kind for _, kind in shapes[0]),
        rows=sum(rows),
        place=place,
        parts=tuple(parts),
        dialect={"format": "parquet", "files": len(parts)},
    )


def broken(name: str, error: Exception) -> Refused:
    """The refusal of a file whose parts do not fit together."""
    return Refused(
        "damaged-file",
        f"{name}: the file is damaged and cannot be read: "
        f"{shown(str(error).splitlines()[0], 160)}.",
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
