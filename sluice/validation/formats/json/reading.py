"""JSON files as a drop that can be queried: flat records, rewritten as CSV that the parser is told.

So all that judges a CSV's values judges these too; what JSON says of their kinds (a number, a
text, true or false) is kept as the types that each column may have.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from sluice.contracts.dataset import Finding
from sluice.validation.formats.compressed import compression_of, expanded
from sluice.validation.formats.csv.quotes import MAX_ROW_BYTES
from sluice.validation.formats.encoding import as_utf8
from sluice.validation.formats.first_bytes import head_of_text
from sluice.validation.formats.header import MAX_COLUMNS, SAMPLE_ROWS, check_names
from sluice.validation.formats.json.objects import Number, Record
from sluice.validation.formats.json.records import (
    Block,
    Layout,
    block_records,
    count_objects,
    json_records,
    line_blocks,
)
from sluice.validation.formats.json.template import Template, template_of
from sluice.validation.formats.parts import HEAD_BYTES, Part, scratch_file
from sluice.validation.formats.scanned import ScannedSource
from sluice.validation.formats.source import Opening, Place
from sluice.validation.refusals import Refused, counted, shown
from sluice.validation.rows.columns import TextColumns
from sluice.validation.scanner.scan import Files

if TYPE_CHECKING:
    from _csv import Writer as CsvWriter

CANDIDATES_OF: Final[dict[type, tuple[str, ...]]] = {
    Number: ("integer", "number"),
    bool: ("boolean",),
    str: ("date", "timestamp", "instant"),
}
"""What a column may be by the kind of its values: "12" in quotes is no number."""
ANY: Final = tuple(dict.fromkeys(itertools.chain(*CANDIDATES_OF.values())))
LISTED: Final = 20
"""Fields that are named one by one in findings of one sort."""

_KINDS = {Number: "a number", bool: "true or false", str: "a text"}


@dataclass(kw_only=True, slots=True)
class _Key:
    """One key, over all records."""

    kinds: dict[type, str] = field(default_factory=dict)
    """Kinds of values, and where each was met first."""
    records: int = 0
    """That have it."""
    empty: str = ""
    """The first place of a text without characters."""
    gap: str = ""
    """The first record without it."""


@dataclass(kw_only=True, slots=True)
class _Survey:
    """What the first pass over all records finds."""

    keys: dict[str, _Key] = field(default_factory=dict)
    begin: str = ""
    """The first record's place."""
    written: list[int] = field(default_factory=list)
    """Records of every part."""
    sample: list[Record] = field(default_factory=list)
    records: int = 0
    template: Template | None = None
    """What JSON Lines are expected to look like from here on."""

    def expect_more_of_the_same(self) -> None:
        """Take the first records for what all others will be, where they are alike."""
        if self.template is None and len(self.keys) == len(self.sample[0] if self.sample else ()):
            self.template = template_of(self.sample)

    def see_lines(self, part: Part, line: int, lines: list[str], count: int) -> None:
        """Take in the `count` of the lines that fit the template; `line` is the first's number."""
        if self.template is None:
            raise ValueError("nothing was expected of the lines")
        self.records += count
        text = "\n".join(lines)
        for name in self.template.names:
            key = self.keys[name]
            key.records += count
            if not key.empty and (at := self.template.first_empty(name, text)) is not None:
                key.empty = f"{part.name}, line {line + at}"
        if len(self.keys) > len(self.template.names):
            for name in self.keys.keys() - set(self.template.names):
                self.keys[name].gap = self.keys[name].gap or f"{part.name}, line {line}"

    def see(self, part: Part, line: int, record: Record) -> None:
        """Take one record in."""
        place = f"{part.name}, line {line}"
        keys = self.keys
        self.records += 1
        self.begin = self.begin or place
        if not record.keys() <= keys.keys():
            gap = self.begin if keys else ""
            keys.update({name: _Key(gap=gap) for name in record if name not in keys})
            _check_keys(part, line, tuple(keys))
        if len(record) < len(keys):
            for name in keys.keys() - record.keys():
                keys[name].gap = keys[name].gap or place
        for name, value in record.items():
            key = keys[name]
            key.records += 1
            if value is not None and type(value) not in key.kinds:
                key.kinds[type(value)] = place
            if value == "" and not key.empty:
                key.empty = place
        if len(self.sample) < SAMPLE_ROWS:
            self.sample.append(record)


def open_json(opening: Opening, layout: Layout) -> ScannedSource:
    """All records of the parts as one table; a key that a record lacks is a missing value.

    Raises `Refused` where a record is no flat object, or the independent count differs.
    """
    scratch = opening.scratch
    parts = [_as_utf8(part, layout, scratch) for part in expanded(opening.parts, scratch)]
    copy = scratch_file(scratch)
    survey = _Survey()
    _write(parts, layout, survey, copy)
    names = tuple(survey.keys)
    if survey.sample and len(survey.sample[0]) < len(names):
        # Keys came up after the first record: the rows before them are too short.
        _rewrite(parts, layout, names, copy)
    for part, written in zip(parts, survey.written, strict=True):
        _check_count(part, written)
    if not sum(survey.written):
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
            sample=tuple(_row(record, names) for record in survey.sample),
            candidates=tuple(_may_be(key) for key in survey.keys.values()),
        ),
        rows=sum(survey.written),
        find=lambda row: _place(parts, survey.written, layout, row),
        parts=(replace(parts[0], path=copy),),
        dialect={
            "format": layout,
            **compression_of(parts),
            "encoding": parts[0].encoding,
            "files": len(parts),
        },
        notes=tuple(_notes(survey)),
    )


def _as_utf8(part: Part, layout: Layout, scratch: Path) -> Part:
    return as_utf8(part, head_of_text(part, layout), scratch)


def _write(parts: list[Part], layout: Layout, survey: _Survey, copy: Path) -> None:
    """Survey all records, and write them with the keys met so far."""
    with copy.open("w", encoding="utf-8", newline="", buffering=HEAD_BYTES) as out:
        for part in parts:
            before = survey.records
            if layout == "jsonl":
                for block in line_blocks(part):
                    _write_block(part, block, survey, out)
            else:
                _write_records(part, json_records(part, layout), survey, out)
            survey.written.append(survey.records - before)


def _write_block(part: Part, block: Block, survey: _Survey, out: TextIO) -> None:
    """Lines that are as the first records let expect all at once, others one by one."""
    if survey.template is None or not _write_alike(part, block, survey, out):
        _write_records(part, block_records(part, block), survey, out)
        survey.expect_more_of_the_same()


def _write_alike(part: Part, block: Block, survey: _Survey, out: TextIO) -> bool:
    """Write the lines of a block by the template, those with escapes apart; False: it fits not."""
    template = survey.template
    try:
        lines = block.data.decode().removesuffix("\n").split("\n")
    except UnicodeDecodeError:
        return False
    plain = [line for line in lines if "\\" not in line]
    rows = template.rows(plain) if template else None
    if rows is None:
        return False
    survey.see_lines(part, block.line, lines, len(plain))
    if len(plain) == len(lines):
        out.write("\n".join(rows) + "\n")
        return True
    ready = iter(rows)
    offset = block.offset
    for number, line in enumerate(lines, start=block.line):
        data = line.encode()
        if "\\" in line:
            apart = Block(data=data, line=number, offset=offset)
            _write_records(part, block_records(part, apart), survey, out)
        else:
            out.write(next(ready) + "\n")
        offset += len(data) + 1
    return True


def _write_records(
    part: Part, records: Iterable[tuple[int, Record]], survey: _Survey, out: TextIO
) -> None:
    writer = _writer(out)
    for line, record in records:
        survey.see(part, line, record)
        writer.writerow(_row(record, survey.keys))


def _rewrite(parts: list[Part], layout: Layout, names: tuple[str, ...], copy: Path) -> None:
    with copy.open("w", encoding="utf-8", newline="", buffering=HEAD_BYTES) as out:
        writer = _writer(out)
        for part in parts:
            writer.writerows(_row(record, names) for _, record in json_records(part, layout))


def _writer(out: TextIO) -> CsvWriter:
    # All is quoted, because the csv module leaves a carriage return bare where lines end in \n.
    return csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)


def _row(record: Record, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(
        [
            ("true" if value else "false") if isinstance(value, bool) else value or ""
            for value in map(record.get, names)
        ]
    )


def _check_keys(part: Part, line: int, names: tuple[str, ...]) -> None:
    if len(names) > MAX_COLUMNS:
        raise Refused(
            "too-many-columns",
            f"{part.name}, line {line}: {counted(len(names), 'different key')} up to here; at "
            f"most {MAX_COLUMNS:,} are taken.",
            remedy="Drop fields that are not needed, or turn them into records.",
            line=line,
        )
    check_names(part.name, names, line=line)


def _check_count(part: Part, parsed: int) -> None:
    """The safeguard: as many records must have been parsed as the bytes hold."""
    counted_apart = count_objects(part.path)
    if counted_apart != parsed:
        raise Refused(
            "rows-differ",
            f"{part.name}: {parsed:,} records were read where {counted_apart:,} were counted "
            "independently, so some would be lost or made up.",
            remedy="Export the file again, one flat object a record.",
        )


def _may_be(key: _Key) -> tuple[str, ...]:
    """Kinds that differ leave it to the values, as in a CSV."""
    return CANDIDATES_OF[next(iter(key.kinds))] if len(key.kinds) == 1 else ANY


def _place(parts: list[Part], written: list[int], layout: Layout, row: int) -> Place:
    for part, here in zip(parts, written, strict=True):
        if row <= here:
            line, _ = next(itertools.islice(json_records(part, layout), row - 1, None))
            return Place(f"{part.name}, line {line}", line)
        row -= here
    raise ValueError(f"the drop has no row {row}")


def _notes(survey: _Survey) -> Iterator[Finding]:
    rows = sum(survey.written)
    mixed = [(name, key) for name, key in survey.keys.items() if len(key.kinds) > 1]
    for name, key in mixed[:LISTED]:
        kinds = ", ".join(f"{_KINDS[kind]} ({place})" for kind, place in key.kinds.items())
        yield Finding(
            severity="warn",
            code="mixed-kinds",
            message=f"The field {shown(name)} holds values of several kinds: {kinds}; they are "
            "judged by how they are written, as in a CSV.",
            remedy="Write all values of a field as one kind, and null where one is missing.",
            column=name,
        )
    gaps = [(name, key) for name, key in survey.keys.items() if key.gap]
    for name, key in gaps[:LISTED]:
        yield Finding(
            severity="warn",
            code="missing-key",
            message=f"{key.gap}: the field {shown(name)} is absent here, and from "
            f"{rows - key.records:,} of {counted(rows, 'record')} in all; it is taken as missing.",
            remedy="Nothing, if it is meant; else write the field in every record.",
            column=name,
        )
    empty = [(name, key) for name, key in survey.keys.items() if key.empty]
    for name, key in empty[:LISTED]:
        yield Finding(
            severity="note",
            code="empty-text",
            message=f"{key.empty}: the field {shown(name)} holds a text without characters; such "
            "texts are taken as missing, as null is.",
            column=name,
        )
    listed = (
        ("of several kinds", mixed),
        ("that some records lack", gaps),
        ("with texts without characters", empty),
    )
    for what, all_of_them in listed:
        if (more := len(all_of_them) - LISTED) > 0:
            yield Finding(
                severity="warn",
                code="more-fields",
                message=f"{counted(more, 'more field')} {what}.",
            )
