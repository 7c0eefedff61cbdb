"""CSV files made ready to be scanned: their dialect known, their rows counted apart.

Nothing is guessed and nothing skipped: rows that do not fit are listed with their place, and
the rows that are read must equal the independent count. Inside of SQL the columns are called c1,
c2, …: a name from the data never becomes part of a query before the dataset is written, where it
is quoted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from sluice.cells import MISSING
from sluice.contracts.spec import Read
from sluice.validation.formats.compressed import compression_of, expanded
from sluice.validation.formats.csv.counted import CountedFile, CsvFile, notes_of
from sluice.validation.formats.csv.dialect import Dialect, dialect_of
from sluice.validation.formats.csv.escapes import found_escape, with_doubled_quotes
from sluice.validation.formats.csv.pieces import cut_file, line_of
from sluice.validation.formats.csv.quotes import MAX_ROW_BYTES
from sluice.validation.formats.csv.row_count import count_rows, recount_rows
from sluice.validation.formats.csv.top import below, top_of
from sluice.validation.formats.empties import with_content
from sluice.validation.formats.encoding import as_utf8, stated_wrongly
from sluice.validation.formats.first_bytes import check_text, head_of
from sluice.validation.formats.parts import HEAD_BYTES, Part
from sluice.validation.formats.scanned import CountedPart, ScannedSource, stated_texts
from sluice.validation.formats.source import Layout, Opening, Place
from sluice.validation.refusals import Refused
from sluice.validation.rows.candidates import CANDIDATES
from sluice.validation.rows.columns import TextColumns
from sluice.validation.scanner.scan import Files

SHARD_BYTES = 256 * 1024 * 1024
"""What one of several processes reads at a time."""


def open_csv(opening: Opening) -> ScannedSource:
    """All that can be known of CSV files before they are scanned; see the modules it calls.

    For several processes, large files are cut.

    Raises `Refused` where a file is no readable table, or where parts of a folder disagree.
    """
    scratch, executor = opening.scratch, opening.executor
    parts, blank = with_content(expanded(opening.parts, scratch))
    opened = [_opened(part, scratch, opening.stated) for part in parts]
    _check_alike(opened)
    pieces = [piece for file in opened for piece in _cut(file, scratch)] if executor else opened
    counted = (
        executor.map(_counted, pieces) if executor and len(pieces) > 1 else map(_counted, pieces)
    )
    prepared = list(counted)
    runs = list(_runs(prepared)) if executor else [prepared]
    return _joined(prepared, parts, opening.stated, tuple(map(_files, runs)), blank)


def _check_alike(files: list[CsvFile]) -> None:
    first = files[0]
    for other in files[1:]:
        if other.dialect != first.dialect:
            raise Refused(
                "parts-disagree",
                f"{other.part.name}, line 1: its columns or delimiter differ from those of "
                f"{first.part.name}.",
                remedy="Give all parts of a folder the same header in the same order; if they have "
                "none, write `read: {header: false}` in sluice.yaml.",
                line=1,
            )


def _joined(
    prepared: list[CountedFile],
    originals: list[Part],
    stated: Read,
    shards: tuple[Files, ...],
    blank: list[str],
) -> ScannedSource:
    """The files as one table; `blank` are parts that hold nothing."""
    first = prepared[0]
    rows = sum(p.rows for p in prepared)
    if rows == 0:
        raise Refused(
            "header-only",
            f"{first.part.name}: the file holds a header and no row.",
            remedy="Export it again with its rows; at least 20 are needed.",
            line=1,
        )
    return ScannedSource(
        shards=shards,
        columns=TextColumns(
            names=first.dialect.names,
            sample=first.dialect.sample,
            candidates=(_candidates(first.dialect, stated.point),) * len(first.dialect.names),
            missing=MISSING if stated.missing is None else stated.missing,
            decimal=stated.point,
            thousands=stated.thousands,
        ),
        rows=rows,
        find=lambda row: _place(prepared, row),
        parts=tuple(p.part for p in prepared),
        counted=tuple(CountedPart(part=p.part, rows=p.rows, headers=p.header) for p in prepared),
        dialect={
            "format": "csv",
            **compression_of(originals),
            "encoding": first.part.encoding,
            "delimiter": first.dialect.delimiter,
            "quote": first.dialect.quote,
            **({"escape": first.dialect.escape} if first.dialect.escape else {}),
            "header": first.dialect.header,
            "newline": "/".join(sorted({p.count.newline for p in prepared})),
            **stated_texts(stated),
            "stated": sorted(stated.model_fields_set),
            "files": len(originals),
            "blank_lines": sum(p.count.blank for p in prepared),
        },
        notes=tuple(notes_of(prepared, blank)),
        left_out=first.dialect.left_out,
        layout=Layout(
            delimiter=first.dialect.delimiter,
            has_header=first.dialect.header,
            fields=len(first.dialect.names),
            quoted_newlines=any(p.count.quoted_newlines for p in prepared),
        ),
        recount=lambda: _joined(
            [_recounted(p) for p in prepared], originals, stated, shards, blank
        ),
    )


def _files(prepared: Sequence[CountedFile]) -> Files:
    dialect = prepared[0].dialect
    return Files(
        paths=tuple(p.part.path for p in prepared),
        names=dialect.names,
        longest=2 * MAX_ROW_BYTES,
        delimiter=dialect.delimiter,
        quote=dialect.quote,
        has_header=dialect.header,
    )


def _runs(files: list[CountedFile]) -> Iterator[list[CountedFile]]:
    """The files in order, in runs of about `SHARD_BYTES` that begin alike."""
    run: list[CountedFile] = []
    size = 0
    for file in files:
        if run and (size >= SHARD_BYTES or file.dialect != run[0].dialect):
            yield run
            run, size = [], 0
        run.append(file)
        size += file.part.path.stat().st_size
    yield run


def _opened(original: Part, scratch: Path, stated: Read) -> CsvFile:
    head = head_of(original)
    _refuse_json(original, head)
    check_text(original, head, "csv", stated.encoding)
    part = as_utf8(original, head, scratch, stated.encoding, stated.quote)
    notes = stated_wrongly(original, head, stated.encoding)
    if part is not original:
        head = _head(part)
    top = top_of(part, head, stated)
    if top.lines:
        part = below(part, top, scratch)
        head = _head(part)
    escape = stated.escape or found_escape(head, stated.quote)
    dialect = dialect_of(part, head, stated, top, escape)
    if escape and escape != stated.quote:
        marks = {"delimiter": dialect.delimiter, "quote": dialect.quote}
        part = with_doubled_quotes(part, scratch, escape=escape, **marks)
    return CsvFile(part=part, dialect=dialect, notes=(*notes, *top.notes, *dialect.notes))


def _head(part: Part) -> bytes:
    with part.path.open("rb") as file:
        return file.read(HEAD_BYTES)


def _refuse_json(part: Part, head: bytes) -> None:
    if head.lstrip()[:2].startswith((b"{", b"[{")):
        raise Refused(
            "not-csv",
            f"{part.name}, line 1: this looks like JSON, not CSV.",
            remedy="Give it the extension .jsonl (one object a line) or .json (an array of them).",
            line=1,
        )


def _cut(file: CsvFile, scratch: Path) -> list[CsvFile]:
    """Pieces of a large file; the first has its header."""
    dialect = file.dialect
    parts = cut_file(file.part, dialect.delimiter, dialect.quote, scratch, SHARD_BYTES)
    rest = replace(dialect, header=False, blank=0)
    first = replace(file, part=parts[0])
    return [first, *(CsvFile(part=part, dialect=rest) for part in parts[1:])]


def _counted(file: CsvFile) -> CountedFile:
    count = count_rows(file.part, file.dialect.delimiter, file.dialect.quote)
    return CountedFile(part=file.part, dialect=file.dialect, notes=file.notes, count=count)


def _recounted(prepared: CountedFile) -> CountedFile:
    dialect = prepared.dialect
    count = recount_rows(prepared.part, dialect.delimiter, dialect.quote)
    return replace(prepared, count=count)


def _candidates(dialect: Dialect, decimal: str | None) -> tuple[str, ...]:
    """Unless stated otherwise, a comma does not part both fields and decimals."""
    comma = dialect.delimiter != "," if decimal is None else decimal == ","
    out = {"number" if decimal == "," else "", "" if comma else "decimal-comma"}
    return tuple(name for name in CANDIDATES if name not in out)


def _place(prepared: list[CountedFile], row: int) -> Place:
    for p in prepared:
        if row <= p.rows:
            line = line_of(p.part, p.dialect.delimiter, row + p.header, p.dialect.quote)
            return Place(f"{p.part.name}, line {line}", line)
        row -= p.rows
    raise ValueError(f"the drop has no row {row}")
