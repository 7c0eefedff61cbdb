"""Folders that are a table of a lake format: their data files hold rows that are live no longer.

Which of the files count is said by a log beside them, so read as plain Parquet they bring back what
was deleted or overwritten. They are refused as what they are, with the line that exports the rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sluice.validation.formats.commands import duckdb
from sluice.validation.refusals import Refused
from sluice.validation.rows.sql import literal

_HUDI_COLUMNS: Final = ", ".join(
    f"'_hoodie_{name}'"
    for name in ("commit_time", "commit_seqno", "record_key", "partition_path", "file_name")
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Lake:
    """One lake format."""

    code: str
    words: str
    log: str
    """What says which files count, for a sentence."""


_DELTA = _Lake(code="delta-table", words="a Delta table", log="_delta_log/")
_ICEBERG = _Lake(code="iceberg-table", words="an Iceberg table", log="metadata/")
_HUDI = _Lake(code="hudi-table", words="a Hudi table", log=".hoodie/")


def refuse_lake(name: str, files: Iterable[str], where: str | None = None) -> None:
    """Raise `Refused` where the files of the folder `name`, by their paths in it, are such a table.

    `where` is the folder as a command takes it, if that is not `name`.
    """
    for file in files:
        lake, inner = _lake_of(file.split("/"))
        if lake is not None:
            below = "/".join(inner)
            here = f"{name}/{below}" if below else name
            there = f"{where or name}/{below}" if below else where or name
            raise Refused(
                lake.code,
                f"{here}: {lake.words}: {lake.log} says which of its files still count; read as "
                "plain files, rows that were deleted or overwritten would come back.",
                remedy="Export its live rows, and drop the exported "
                f"{'folder' if lake is _HUDI else 'file'}: {_export(lake, there)}",
            )


def _lake_of(pieces: list[str]) -> tuple[_Lake | None, list[str]]:
    """The lake format that a file gives away, and the folders above the table."""
    *folders, last = pieces
    if "_delta_log" in folders:
        return _DELTA, folders[: folders.index("_delta_log")]
    if ".hoodie" in folders:
        return _HUDI, folders[: folders.index(".hoodie")]
    if folders[-1:] == ["metadata"] and (
        last.endswith(".metadata.json") or last == "version-hint.text"
    ):
        return _ICEBERG, folders[:-1]
    return None, []


def _export(lake: _Lake, table: str) -> str:
    out = f"{table.rstrip('/').rpartition('/')[2]}-rows"
    if lake is _HUDI:
        return (
            f"spark.read.format('hudi').load({table!r}).drop({_HUDI_COLUMNS})"
            f".write.parquet({out!r}) in PySpark."
        )
    source = literal(table)
    scan = (
        f"delta_scan({source})"
        if lake is _DELTA
        else f"iceberg_scan({source}, allow_moved_paths = true)"
    )
    extension = "delta" if lake is _DELTA else "iceberg"
    target = literal(f"{out}.parquet")
    return duckdb(
        f"INSTALL {extension}; LOAD {extension}; COPY (FROM {scan}) TO {target} (FORMAT parquet)"
    )
