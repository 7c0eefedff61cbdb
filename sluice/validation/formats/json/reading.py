"""JSON files as a drop that can be queried: flat objects, rewritten as CSV that the scanner reads.

So all that checks a CSV's values checks these too; what JSON says of their kinds (a number, a text,
true or false) is kept as the types that each column may have. Lines that are like the first ones
are rewritten at once, in C; all others are decoded one by one, which says what is wrong with them.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from sluice.cells import MISSING
from sluice.validation.formats.compressed import compression_of, expanded
from sluice.validation.formats.csv.quotes import MAX_ROW_BYTES
from sluice.validation.formats.empties import no_rows, with_content
from sluice.validation.formats.encoding import as_utf8
from sluice.validation.formats.first_bytes import head_of_text
from sluice.validation.formats.json.layouts import (
    Block,
    Layout,
    count_objects,
    line_blocks,
    rows_of,
    rows_of_block,
)
from sluice.validation.formats.json.objects import Row
from sluice.validation.formats.json.observations import Observations, notes_of
from sluice.validation.formats.json.shapes import JsonFile, shaped
from sluice.validation.formats.parts import HEAD_BYTES, Part, scratch_file
from sluice.validation.formats.scanned import ScannedSource, stated_texts
from sluice.validation.formats.source import Opening, Place
from sluice.validation.refusals import Refused
from sluice.validation.rows.columns import TextColumns
from sluice.validation.scanner.scan import Files
from sluice.validation.wording import shown


def open_json(opening: Opening, layout: Layout) -> ScannedSource:
    """All objects of the parts as one table, whatever their layouts; a key that one lacks is a
    missing value.

    Raises `Refused` where one is no flat object, or the independent count differs.
    """
    scratch = opening.scratch
    originals, blank = with_content(expanded(opening.parts, scratch))
    files = [shaped(_as_utf8(part, layout, scratch), layout, scratch) for part in originals]
    parts = [file.part for file in files]
    copy = scratch_file(scratch)
    found = Observations()
    written = _write(files, found, copy)
    names = tuple(found.fields)
    if found.sample and len(found.sample[0]) < len(names):
        # Keys came up after the first object: the rows before them are too short.
        _rewrite(files, names, copy)
    for part, rows in zip(parts, written, strict=True):
        _check_count(part, rows)
    if not found.rows:
        raise Refused(
            "header-only",
            f"{parts[0].name}: the file holds no record.",
            remedy="Export it again with its records; at least 20 are needed.",
        )
    if len(names) < 2:
        only = f"there is only one field, {shown(names[0])}" if names else "there is no field"
        raise Refused(
            "one-column",
            f"{parts[0].name}: {only}; a target and at least one feature are needed.",
            remedy="Export the other columns too.",
        )
    return ScannedSource(
        shards=(Files(paths=(copy,), names=names, longest=2 * MAX_ROW_BYTES),),
        columns=TextColumns(
            names=names,
            sample=tuple(_cells(row, names) for row in found.sample),
            candidates=tuple(one.candidates for one in found.fields.values()),
            missing=MISSING if opening.stated.missing is None else opening.stated.missing,
            decimal=opening.stated.point,
            thousands=opening.stated.thousands,
        ),
        rows=found.rows,
        find=lambda row: _place(files, written, row),
        parts=(replace(parts[0], path=copy),),
        dialect={
            "format": "jsonl" if all(file.layout == "jsonl" for file in files) else "json",
            **compression_of(parts),
            "encoding": parts[0].encoding,
            **stated_texts(opening.stated),
            "files": len(parts),
        },
        notes=(
            *(note for file in files for note in file.notes),
            *notes_of(found),
            *no_rows(
                [*blank, *(part.name for part, n in zip(parts, written, strict=True) if not n)]
            ),
        ),
    )


def _as_utf8(part: Part, layout: Layout, scratch: Path) -> Part:
    return as_utf8(part, head_of_text(part, layout), scratch)


def _write(files: list[JsonFile], found: Observations, copy: Path) -> list[int]:
    """Observe all objects, and write them with the keys met so far; the rows of each part."""
    written = []
    with copy.open("wb", buffering=HEAD_BYTES) as out:
        for file in files:
            part, before = file.part, found.rows
            if file.layout == "jsonl":
                for block in line_blocks(part):
                    _write_block(part, block, found, out)
            else:
                _write_rows(part, rows_of(part, file.layout), found, out)
            written.append(found.rows - before)
    return written


def _write_block(part: Part, block: Block, found: Observations, out: BinaryIO) -> None:
    """Lines of the shape at once, others one by one."""
    if found.shape is None or not _is_utf8(block.data):
        _write_rows(part, rows_of_block(part, block), found, out)
        return
    at, line = 0, block.line
    while True:
        rows = found.shape.rows(block.data, at)
        out.write(rows.text)
        found.add_alike(part, line, found.shape, rows)
        at, line = at + rows.read, line + rows.lines
        if at == len(block.data):
            return
        end = block.data.find(b"\n", at) + 1 or len(block.data)
        other = Block(data=block.data[at:end], line=line, offset=block.offset + at)
        _write_rows(part, rows_of_block(part, other), found, out)
        at, line = end, line + 1


def _is_utf8(data: bytes) -> bool:
    if data.isascii():
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _write_rows(
    part: Part, rows: Iterable[tuple[int, Row]], found: Observations, out: BinaryIO
) -> None:
    def seen() -> Iterator[tuple[str, ...]]:
        for line, row in rows:
            found.add(part, line, row)
            yield _cells(row, found.fields)

    _write_csv(seen(), out)


def _rewrite(files: list[JsonFile], names: tuple[str, ...], copy: Path) -> None:
    with copy.open("wb", buffering=HEAD_BYTES) as out:
        for file in files:
            _write_csv((_cells(row, names) for _, row in rows_of(file.part, file.layout)), out)


def _write_csv(rows: Iterable[tuple[str, ...]], out: BinaryIO) -> None:
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=False)
    # All is quoted, because the csv module leaves a carriage return bare where lines end in \n.
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    text.detach()


def _cells(row: Row, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(
        [
            ("true" if value else "false") if isinstance(value, bool) else value or ""
            for value in map(row.get, names)
        ]
    )


def _check_count(part: Part, parsed: int) -> None:
    """The safeguard: as many objects must have been parsed as the bytes hold."""
    counted_apart = count_objects(part.path)
    if counted_apart != parsed:
        raise Refused(
            "rows-differ",
            f"{part.name}: {parsed:,} records were read where {counted_apart:,} were counted "
            "independently, so some would be lost or made up.",
            remedy="Export the file again, one flat object a record.",
        )


def _place(files: list[JsonFile], written: list[int], row: int) -> Place:
    for file, here in zip(files, written, strict=True):
        if row <= here:
            line, _ = next(itertools.islice(rows_of(file.part, file.layout), row - 1, None))
            return Place(f"{file.part.name}, line {line}", line)
        row -= here
    raise ValueError(f"the drop has no row {row}")
