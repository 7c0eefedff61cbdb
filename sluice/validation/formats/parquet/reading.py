"""Parquet files opened: judged by their own footers first, which may lie."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sluice.contracts.dataset import Finding
from sluice.validation.formats.empties import no_rows, with_content
from sluice.validation.formats.header import MAX_COLUMNS
from sluice.validation.formats.parquet.footer import (
    NAMELESS_INDEX,
    Footer,
    check_chunks,
    check_footer,
    footer_of,
)
from sluice.validation.formats.parquet.pages import check_pages
from sluice.validation.formats.parquet.source import ParquetSource
from sluice.validation.formats.parts import Part
from sluice.validation.formats.source import Opening
from sluice.validation.refusals import Refused
from sluice.validation.wording import counted, listed, shown


def open_parquet(opening: Opening) -> ParquetSource:
    """The parts as one table; raises `Refused` for broken files and types no model takes."""
    parts, blank = with_content(opening.parts)
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
    kept = [column for column in columns if not NAMELESS_INDEX.fullmatch(column[0])]
    if len(kept) < 2:
        only = f"there is only one column, {shown(kept[0][0])}" if kept else "there is no column"
        raise Refused(
            "one-column",
            f"{first.name}: {only}; a target and at least one feature are needed.",
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
        names=tuple(name for name, _ in kept),
        types=tuple(kind for _, kind in kept),
        aliases=tuple(_aliases(columns, kept)),
        index=tuple(name for name, _ in kept if name in footers[0].index),
        notes=tuple(_notes(parts, footers, blank)),
    )


def _aliases(columns: Sequence[tuple[str, str]], kept: Sequence[tuple[str, str]]) -> Iterator[str]:
    places = {name: place for place, (name, _) in enumerate(kept, start=1)}
    for at, (name, _) in enumerate(columns):
        yield f"c{places[name]}" if name in places else f"left_out_{at}"


def _notes(
    parts: Sequence[Part], footers: Sequence[Footer], blank: Sequence[str]
) -> Iterator[Finding]:
    first = footers[0]
    nameless = [name for name, _ in first.columns if NAMELESS_INDEX.fullmatch(name)]
    if nameless:
        yield Finding(
            severity="note",
            code="index-left-out",
            message=f"{parts[0].name}: {listed(nameless)} is the index of a pandas table, which "
            "only tells its rows apart; it is left out.",
            remedy="If it holds something to learn from, name it: `df.reset_index(names='day')`.",
        )
    named = [name for name, _ in first.columns if name in first.index and name not in nameless]
    if named:
        yield Finding(
            severity="note",
            code="index-column",
            message=f"{parts[0].name}: {listed(named)} was the index of a pandas table; it is a "
            "column like the others, but never taken as the target unless sluice.yaml names it.",
        )
    without = [p.name for p, f in zip(parts, footers, strict=True) if not f.rows]
    yield from no_rows([*blank, *without])
