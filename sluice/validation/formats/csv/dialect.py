"""How a CSV file is written, found in its first bytes: delimiter, header or none, column names.

The parser is then told all of it and guesses nothing: what a parser guesses differs from file to
file, and what it guesses wrongly is seldom seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from sluice.contracts.dataset import Finding
from sluice.contracts.spec import Read
from sluice.validation.formats.csv.sample import delimiters, first_rows
from sluice.validation.formats.csv.top import Top, title_above
from sluice.validation.formats.header import (
    MAX_COLUMNS,
    NUMBER,
    check_names,
    is_data,
    too_many_columns,
)
from sluice.validation.formats.parts import Part
from sluice.validation.refusals import Refused
from sluice.validation.wording import listed, shown

LeftOut = Literal["index", "row names"]
"""What a first column without a name is: it counts the rows, or R wrote their names there."""

_INDEX = re.compile(r"(Unnamed: 0(\.\d+)?)?")
_VALUE = re.compile(r"[+-]?\d+[.,]\d+|\d{4}-\d\d-\d\d([T ].*)?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Dialect:
    """What the parser is told."""

    delimiter: str
    quote: str
    escape: str
    """What stands before a quote inside of quotes; "": a quote is doubled."""
    header: bool
    """False: the first row is data already, and the columns are called c1, c2, …"""
    names: tuple[str, ...]
    """Of all columns; "" for a first one that is left out."""
    left_out: LeftOut | None
    """What the first column is, where it is none of the table's own."""
    blank: int
    """Blank lines before the first row."""
    sample: tuple[tuple[str, ...], ...] = field(compare=False)
    """The first rows as text, the header not among them."""
    notes: tuple[Finding, ...] = field(default=(), compare=False)
    """What is doubtful about it."""


def dialect_of(part: Part, head: bytes, stated: Read, top: Top, escape: str = "") -> Dialect:
    """The dialect of a UTF-8 file whose beginning is `head`: as stated, and found where not. `top`
    is what stood above it.

    Raises `Refused` for too many columns, and for names that are absent, doubled or unusable.
    """
    text = head.removeprefix(b"\xef\xbb\xbf").decode(errors="replace")
    quote = stated.quote
    known = stated.delimiter or top.delimiter
    fitting = [known] if known else delimiters(text, quote)
    delimiter = fitting[0]
    blank = text[: len(text) - len(text.lstrip("\r\n"))].count("\n")
    first = text.lstrip("\r\n").partition("\n")[0]
    if first.count(delimiter) >= MAX_COLUMNS and quote not in first:
        raise too_many_columns(part, first.count(delimiter) + 1)
    rows = first_rows(text, delimiter, quote, escape)
    if not rows:
        raise Refused(
            "no-record",
            f"{part.name}, line 1: no record ends in the first {len(head):,} bytes.",
            remedy="Check for an unclosed quote, or for a file that is no table.",
            line=1,
        )
    if len(rows[0]) > MAX_COLUMNS:
        raise too_many_columns(part, len(rows[0]))
    line = part.first_line + blank
    left_out = _left_out(text, rows, stated)
    _refuse_one_column(part, text, rows, stated, left_out, line)
    header = not is_data(rows) if stated.header is None else stated.header
    if header:
        names = tuple(name.strip() for name in rows[0])
        _refuse_comment(part, rows, line)
        if not all(names) and (titled := title_above(part, text, rows, stated)):
            raise titled
        own = names[1:] if left_out == "index" else names
        check_names(part.name, own, line=line)
        names = ("", *own) if left_out else own
    else:
        left_out = None
        names = tuple(f"c{i}" for i in range(1, len(rows[0]) + 1))
    return Dialect(
        delimiter=delimiter,
        quote=quote,
        escape=escape,
        header=header,
        names=names,
        left_out=left_out,
        blank=blank,
        sample=tuple(map(tuple, rows[header:])),
        notes=tuple(_doubts(part, rows, fitting, stated, header=header, line=line)),
    )


def _left_out(text: str, rows: list[list[str]], stated: Read) -> LeftOut | None:
    """What the first column is, if the rows below the header say that it is no column.

    R quotes the names of rows as it does the header. Without quotes, a field more in every row may
    be anything.
    """
    first, rest = rows[0], rows[1:]
    if stated.header is False:
        return None
    if rest and all(len(row) == len(first) + 1 for row in rest) and not is_data(rows):
        lines = text.split("\n")[: len(rows)]
        is_quoted = all(line.startswith(stated.quote) for line in lines if line.strip())
        return "row names" if is_quoted else None
    if not _INDEX.fullmatch(first[0].strip()):
        return None
    counted = [row[0].strip() for row in rest]
    if not all(value.isascii() and value.isdigit() and len(value) < 18 for value in counted):
        return None
    numbers = [int(value) for value in counted]
    return "index" if all(b == a + 1 for a, b in pairwise(numbers)) else None


def _refuse_one_column(
    part: Part,
    text: str,
    rows: list[list[str]],
    stated: Read,
    left_out: LeftOut | None,
    line: int,
) -> None:
    """Refuse a file of which one column is left, or none: there is a target and no feature."""
    own = rows[0][1:] if left_out == "index" else rows[0]
    if len(own) > 1:
        return
    raise title_above(part, text, rows, stated) or Refused(
        "one-column",
        f"{part.name}, line {line}: there is only one column, {shown(own[0] if own else '')}; a "
        "target and at least one feature are needed.",
        remedy="Separate columns by a comma, semicolon, tab or |"
        + ("; in R, `write.csv(d, path, row.names = FALSE)` does." if '" "' in text[:999] else "."),
        line=line,
    )


def _doubts(
    part: Part,
    rows: list[list[str]],
    fitting: list[str],
    stated: Read,
    *,
    header: bool,
    line: int,
) -> Iterator[Finding]:
    """What could be read in another way as well."""
    where = f"{part.name}, line {line}"
    if len(fitting) > 1:
        yield Finding(
            severity="warn",
            code="delimiter-doubtful",
            message=f"{where}: {' and '.join(map(shown, fitting))} part every line alike; the "
            f"delimiter is taken to be {shown(fitting[0])}.",
            remedy="State it in sluice.yaml, such as `read: {delimiter: ';'}`.",
            line=line,
        )
    if not header:
        return
    first, rest = rows[0], rows[1:]
    spaced = [name for name in first if name != name.strip()]
    if spaced:
        yield Finding(
            severity="note",
            code="names-trimmed",
            message=f"{where}: spaces around names are left out: {listed(spaced)}.",
            line=line,
        )
    below = [{row[i] for row in rest if len(row) == len(first)} for i in range(len(first))]
    again = all(name in values for name, values in zip(first, below, strict=True))
    numbers = any(map(NUMBER.fullmatch, first))
    if stated.header is None and (again or numbers or any(map(_VALUE.fullmatch, first))):
        yield Finding(
            severity="warn",
            code="header-doubtful",
            message=f"{where}: {listed(first)} are taken as the columns' names, though they look "
            "like values.",
            remedy="If the file has no header, write `read: {header: false}` in sluice.yaml.",
            line=line,
        )


def _refuse_comment(part: Part, rows: list[list[str]], line: int) -> None:
    """A comment with as many delimiters as the header would be taken for it."""
    first, *rest = rows
    if first[0].lstrip().startswith(("#", "//")) and rest and not is_data([rest[0], *rest[1:]]):
        alike = [row for row in rest[1:] if len(row) == len(first)]
        if alike and is_data([alike[0], *alike]):
            raise Refused(
                "comment-line",
                f"{part.name}, line {line}: {shown(','.join(first))} is a comment, not the "
                "columns' names.",
                remedy="Remove the comment lines.",
                line=line,
            )
