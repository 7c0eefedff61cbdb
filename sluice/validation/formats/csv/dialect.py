"""How a CSV file is written, found in its first bytes: delimiter, header or none, column names.

The parser is then told all of it and guesses nothing: what a parser guesses differs from file to
file, and what it guesses wrongly is seldom seen.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sluice.contracts.dataset import Finding
from sluice.contracts.spec import Read
from sluice.validation.formats.header import (
    MAX_COLUMNS,
    NUMBER,
    SAMPLE_ROWS,
    check_names,
    is_data,
    too_many_columns,
)
from sluice.validation.formats.parts import Part
from sluice.validation.refusals import Refused
from sluice.validation.wording import listed, shown

DELIMITERS = "\t;|,"

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
    blank: int
    """Blank lines before the first row."""
    sample: tuple[tuple[str, ...], ...] = field(compare=False)
    """The first rows as text, the header not among them."""
    notes: tuple[Finding, ...] = field(default=(), compare=False)
    """What is doubtful about it."""


def dialect_of(part: Part, head: bytes, stated: Read, escape: str = "") -> Dialect:
    """The dialect of a UTF-8 file whose beginning is `head`: as stated, and found where not.

    Raises `Refused` for too many columns, and for names that are absent, doubled or unusable.
    """
    text = head.removeprefix(b"\xef\xbb\xbf").decode(errors="replace")
    quote = stated.quote
    fitting = [stated.delimiter] if stated.delimiter else _delimiters(text, quote)
    delimiter = fitting[0]
    blank = text[: len(text) - len(text.lstrip("\r\n"))].count("\n")
    first = text.lstrip("\r\n").partition("\n")[0]
    if first.count(delimiter) >= MAX_COLUMNS and quote not in first:
        raise too_many_columns(part, first.count(delimiter) + 1)
    rows = _first_rows(text, delimiter, quote, escape)
    if not rows:
        raise Refused(
            "no-record",
            f"{part.name}, line 1: no record ends in the first {len(head):,} bytes.",
            remedy="Check for an unclosed quote, or for a file that is no table.",
            line=1,
        )
    if len(rows[0]) > MAX_COLUMNS:
        raise too_many_columns(part, len(rows[0]))
    if len(rows[0]) == 1:
        raise Refused(
            "one-column",
            f"{part.name}, line 1: there is only one column, {shown(rows[0][0])}; a target "
            "and at least one feature are needed.",
            remedy="Separate columns by a comma, semicolon, tab or |.",
            line=1,
        )
    header = not is_data(rows) if stated.header is None else stated.header
    if header:
        names = tuple(name.strip() for name in rows[0])
        _refuse_comment(part, rows, blank + 1)
        check_names(part.name, names, line=blank + 1)
    else:
        names = tuple(f"c{i}" for i in range(1, len(rows[0]) + 1))
    return Dialect(
        delimiter=delimiter,
        quote=quote,
        escape=escape,
        header=header,
        names=names,
        blank=blank,
        sample=tuple(map(tuple, rows[header:])),
        notes=tuple(_doubts(part, rows, fitting, stated, header=header, line=blank + 1)),
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


def _delimiters(text: str, quote: str) -> list[str]:
    """The candidate that parts most rows into as many fields as the first has, then all others
    that part every record as well. A comma comes last: it stands inside of names and numbers too.
    """
    mark = re.escape(quote)
    plain = re.sub(f"{mark}[^{mark}]*{mark}", "", text[: 256 * 1024])
    lines = [line for line in plain.splitlines() if line.strip()][:SAMPLE_ROWS]
    scores = {}
    for candidate in DELIMITERS.replace(quote, ""):
        counts = [line.count(candidate) for line in lines]
        if counts and counts[0]:
            scores[candidate] = sum(c == counts[0] for c in counts) / len(counts)
    best = max(scores, key=lambda c: scores[c], default=DELIMITERS[-1])
    others = [c for c, score in scores.items() if c != best and score == 1.0 and len(lines) > 1]
    return [best, *others]


def _first_rows(text: str, delimiter: str, quote: str, escape: str) -> list[list[str]]:
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        quotechar=quote,
        escapechar=escape or None,
    )
    rows: list[list[str]] = []
    try:
        rows.extend(itertools.islice((row for row in reader if row), SAMPLE_ROWS))
    except csv.Error:
        # A field beyond the csv module's limit: what stands before it is sample enough, and the
        # count of rows will name its line.
        return rows
    return rows
