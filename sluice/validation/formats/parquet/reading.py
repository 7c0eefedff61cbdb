"""Parquet files opened: judged by their own footers first, which may lie."""

from __future__ import annotations

from sluice.validation.formats.header import MAX_COLUMNS
from sluice.validation.formats.parquet.footer import check_chunks, check_footer, footer_of
from sluice.validation.formats.parquet.pages import check_pages
from sluice.validation.formats.parquet.source import ParquetSource
from sluice.validation.formats.source import Opening
from sluice.validation.refusals import Refused
from sluice.validation.wording import counted, shown


def open_parquet(opening: Opening) -> ParquetSource:
    """The parts as one table; raises `Refused` for broken files and types no model takes."""
    parts = opening.parts
    for part in parts:
        check_footer(part)
    con = opening.connect()
    footers = [footer_of(con, part) for part in parts]
    first, columns = parts[0], footers[0].columns
    for part, footer in zip(parts, footers, strict=True):
        if footer.columns != columns:
            raise Refused(
                "parts-disagree",
                f"{part.name}: its columns or their types differ from those of {first.name}.",
                remedy="Write all parts of a folder with one schema.",
            )
    if len(columns) > MAX_COLUMNS:
        raise Refused(
            "too-many-columns",
            f"{first.name}: {counted(len(columns), 'column')}; at most {MAX_COLUMNS:,} are taken.",
            remedy="Drop columns that are not needed.",
        )
    if len(columns) == 1:
        raise Refused(
            "one-column",
            f"{first.name}: there is only one column, {shown(columns[0][0])}; a target and "
            "at least one feature are needed.",
            remedy="Export the other columns too.",
        )
    if not any(footer.rows for footer in footers):
        raise Refused(
            "header-only",
            f"{first.name}: the file holds columns and no row.",
            remedy="Export it again with its rows; at least 20 are needed.",
        )
    for part in parts:
        check_chunks(con, part, len(columns))
        check_pages(con, part)
    return ParquetSource(
        parts=tuple(parts),
        part_rows=tuple(footer.rows for footer in footers),
        names=tuple(name for name, _ in columns),
        types=tuple(kind for _, kind in columns),
    )
