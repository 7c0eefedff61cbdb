"""How a CSV file is written, found in its first bytes: delimiter, header or none, column names.

The parser is then told all of it and guesses nothing: what a parser guesses differs from file to
file, and what it guesses wrongly is seldom seen.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from sluice.contracts.dataset import Finding
from sluice.contracts.spec import Read
from sluice.validation.formats.parts import Part
from sluice.validation.refusals import Refused, counted, listed, shown

DELIMITERS = "\t;|,"
SAMPLE_RECORDS = 200
MAX_COLUMNS = 10_000
MAX_NAME_CHARACTERS = 256

_NUMBER = re.compile(r"\s*[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?\s*")
_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ].*)?")
_VALUE = re.compile(r"[+-]?\d+[.,]\d+|\d{4}-\d\d-\d\d([T ].*)?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Dialect:
    """What the parser is told."""

    delimiter: str
    quote: str
    escape: str
    """What stands before a quote inside of quotes; "": a quote is doubled."""
    header: bool
    """False: the first record is data already, and the columns are called c1, c2, …"""
    names: tuple[str, ...]
    blank: int
    """Blank lines before the first record."""
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
        raise too_many(part, first.count(delimiter) + 1)
    records = _records(text, delimiter, quote, escape)
    if not records:
        raise Refused(
            "no-record",
            f"{part.name}, line 1: no record ends in the first {len(head):,} bytes.",
            remedy="Check for an unclosed quote, or for a file that is no table.",
            line=1,
        )
    if len(records[0]) > MAX_COLUMNS:
        raise too_many(part, len(records[0]))
    if len(records[0]) == 1:
        raise Refused(
            "one-column",
            f"{part.name}, line 1: there is only one column, {shown(records[0][0])}; a target "
            "and at least one feature are needed.",
            remedy="Separate columns by a comma, semicolon, tab or |.",
            line=1,
        )
    header = not is_data(records) if stated.header is None else stated.header
    if header:
        names = tuple(name.strip() for name in records[0])
        _refuse_comment(part, records, blank + 1)
        check_names(part.name, names, line=blank + 1)
    else:
        names = tuple(f"c{i}" for i in range(1, len(records[0]) + 1))
    return Dialect(
        delimiter=delimiter,
        quote=quote,
        escape=escape,
        header=header,
        names=names,
        blank=blank,
        sample=tuple(map(tuple, records[header:])),
        notes=tuple(_doubts(part, records, fitting, stated, header=header, line=blank + 1)),
    )


def _doubts(
    part: Part,
    records: list[list[str]],
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
    first, rest = records[0], records[1:]
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
    numbers = any(map(_NUMBER.fullmatch, first))
    if stated.header is None and (again or numbers or any(map(_VALUE.fullmatch, first))):
        yield Finding(
            severity="warn",
            code="header-doubtful",
            message=f"{where}: {listed(first)} are taken as the columns' names, though they look "
            "like values.",
            remedy="If the file has no header, write `read: {header: false}` in sluice.yaml.",
            line=line,
        )


def _refuse_comment(part: Part, records: list[list[str]], line: int) -> None:
    """A comment with as many delimiters as the header would be taken for it."""
    first, *rest = records
    if first[0].lstrip().startswith(("#", "//")) and rest and not is_data([rest[0], *rest[1:]]):
        rows = [row for row in rest[1:] if len(row) == len(first)]
        if rows and is_data([rows[0], *rows]):
            raise Refused(
                "comment-line",
                f"{part.name}, line {line}: {shown(','.join(first))} is a comment, not the "
                "columns' names.",
                remedy="Remove the comment lines.",
                line=line,
            )


def check_names(source: str, names: tuple[str, ...], line: int | None, unit: str = "line") -> None:
    """Refuse names that no column can be told by: empty, doubled, endless or unprintable.

    `unit` is what people call a line of this format.
    """
    where = f"{source}, {unit} {line}" if line else source
    seen: dict[str, int] = {}
    for place, name in enumerate(names, start=1):
        if not name:
            raise Refused(
                "empty-column-name",
                f"{where}: column {place} of {len(names)} has no name.",
                remedy="Name it in the header, or remove the column.",
                line=line,
            )
        if len(name) > MAX_NAME_CHARACTERS or not name.isprintable():
            raise Refused(
                "bad-column-name",
                f"{where}: the name of column {place}, {shown(name)}, is longer than "
                f"{MAX_NAME_CHARACTERS} characters or holds control characters.",
                remedy="Give the column a short printable name.",
                line=line,
            )
        key = unicodedata.normalize("NFC", name).casefold()
        if key in seen:
            other = names[seen[key] - 1]
            same = "are both called" if other == name else f"are called {shown(other)} and"
            raise Refused(
                "duplicate-column-name",
                f"{where}: columns {seen[key]} and {place} {same} {shown(name)}"
                f"{'' if other == name else f', which differ in {_difference(name, other)} only'}.",
                remedy="Rename one of them.",
                column=name,
                line=line,
            )
        seen[key] = place


def _difference(name: str, other: str) -> str:
    return "case" if name.lower() == other.lower() else "how their letters are encoded"


def too_many(part: Part, found: int, line: int = 1, unit: str = "line") -> Refused:
    """The refusal of more than `MAX_COLUMNS`."""
    return Refused(
        "too-many-columns",
        f"{part.name}, {unit} {line}: {counted(found, 'column')}; at most {MAX_COLUMNS:,} are "
        "taken.",
        remedy="Drop columns that are not needed, or turn them into rows.",
        line=line,
    )


def _delimiters(text: str, quote: str) -> list[str]:
    """The candidate that parts most records into as many fields as the first has, then all others
    that part every record as well. A comma comes last: it stands inside of names and numbers too.
    """
    mark = re.escape(quote)
    plain = re.sub(f"{mark}[^{mark}]*{mark}", "", text[: 256 * 1024])
    lines = [line for line in plain.splitlines() if line.strip()][:SAMPLE_RECORDS]
    scores = {}
    for candidate in DELIMITERS.replace(quote, ""):
        counts = [line.count(candidate) for line in lines]
        if counts and counts[0]:
            scores[candidate] = sum(c == counts[0] for c in counts) / len(counts)
    best = max(scores, key=lambda c: scores[c], default=DELIMITERS[-1])
    others = [c for c, score in scores.items() if c != best and score == 1.0 and len(lines) > 1]
    return [best, *others]


def _records(text: str, delimiter: str, quote: str, escape: str) -> list[list[str]]:
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        quotechar=quote,
        escapechar=escape or None,
    )
    rows: list[list[str]] = []
    try:
        rows.extend(itertools.islice((row for row in reader if row), SAMPLE_RECORDS))
    except csv.Error:
        # A field beyond the csv module's limit: what stands before it is sample enough, and the
        # scan of records will name its line.
        return rows
    return rows


def is_data(records: list[list[str]]) -> bool:
    """Whether the first record is no header: it holds a number in every column of numbers.

    Names that are numbers do occur: years, or 0, 1, 2, … as pandas writes them. A first record
    whose numbers rise by one each is therefore taken as a header.
    """
    first, rest = records[0], [row for row in records[1:] if len(row) == len(records[0])]
    if any(
        _DATE.fullmatch(value) and rest and all(_DATE.match(row[i]) for row in rest)
        for i, value in enumerate(first)
    ):
        return True
    if not rest:
        return all(_NUMBER.fullmatch(value) for value in first)
    numeric = [
        i
        for i in range(len(first))
        if all(_NUMBER.fullmatch(row[i]) or not row[i].strip() for row in rest)
        and any(row[i].strip() for row in rest)
    ]
    if not numeric or not all(_NUMBER.fullmatch(first[i]) for i in numeric):
        return False
    whole = [int(first[i]) for i in numeric if re.fullmatch(r"\s*\d+\s*", first[i])]
    rising = all(b == a + 1 for a, b in itertools.pairwise(whole))
    return not (len(whole) == len(numeric) > 1 and rising)
