"""What stands above the header of delimited text: comments, Excel's `sep=;`, a title.

Comments and `sep=` are read over, and said; a title refuses the file, with the lines to delete.
"""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final

from sluice.contracts.dataset import Finding
from sluice.contracts.spec import Read
from sluice.validation.formats.csv.sample import delimiters, first_rows
from sluice.validation.formats.header import NUMBER, is_data
from sluice.validation.formats.parts import HEAD_BYTES, Part, scratch_file
from sluice.validation.formats.registry import Compression, compression
from sluice.validation.refusals import Refused
from sluice.validation.wording import listed, shown

_UNPACK: Final[dict[Compression, str]] = {"gzip": "gzip -dc", "zstd": "zstd -dc"}
MOST_TITLE_LINES: Final = 10
"""Lines above a header that are looked at."""
_SEP = re.compile(rb'(?:\xef\xbb\xbf)?"?sep=(.)"?[ \t]*\r?', re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Top:
    """The lines at the beginning of a file that are no part of its table."""

    lines: int = 0
    size: int = 0
    """In bytes."""
    delimiter: str | None = None
    """As Excel's line states it."""
    notes: tuple[Finding, ...] = ()


def top_of(part: Part, head: bytes, stated: Read) -> Top:
    """What is to be read over in a UTF-8 file whose beginning is `head`."""
    lines = head.split(b"\n")
    sep = _SEP.fullmatch(lines[0])
    begin = end = 1 if sep else 0
    while end < len(lines) - 1 and lines[end].removeprefix(b"\xef\xbb\xbf").startswith(b"#"):
        end += 1
    if end == len(lines) - 1:
        end = begin  # all that was looked at begins so: these are values
    comments = [line.decode(errors="replace").strip("\ufeff\r") for line in lines[begin:end]]
    rest = b"\n".join(lines[end:]).decode(errors="replace")
    if comments and _is_header(comments[-1], rest, stated):
        comments.pop()
    notes = []
    if sep:
        notes.append(_note(part, 1, 1, f"{shown(lines[0].decode().strip())} is Excel's own line"))
    if comments:
        what = f"{shown(comments[0])} is a comment"
        if len(comments) > 1:
            what = f"{listed(comments, 2)} are comments"
        notes.append(_note(part, begin + 1, begin + len(comments), what))
    count = begin + len(comments)
    return Top(
        lines=count,
        size=sum(len(line) + 1 for line in lines[:count]),
        delimiter=sep[1].decode() if sep else None,
        notes=tuple(notes),
    )


def below(part: Part, top: Top, scratch: Path) -> Part:
    """A copy of the part that begins with its table."""
    copy = scratch_file(scratch)
    with part.path.open("rb") as file, copy.open("wb") as out:
        file.seek(top.size)
        shutil.copyfileobj(file, out, HEAD_BYTES)
    return replace(
        part,
        path=copy,
        first_line=part.first_line + top.lines,
        first_byte=part.first_byte + top.size,
    )


def title_above(
    part: Part, text: str, rows: Sequence[Sequence[str]], stated: Read
) -> Refused | None:
    """The refusal of a title above the header, where the first row looks like one."""
    if sum(map(bool, map(str.strip, rows[0]))) > 2 or (any(rows[0][-1:]) and len(rows[0]) > 1):
        return None
    lines = text.splitlines(keepends=True)
    for at in range(1, min(MOST_TITLE_LINES, len(lines) - 1)):
        rest = "".join(lines[at:])
        delimiter = stated.delimiter or delimiters(rest, stated.quote)[0]
        names, *others = first_rows(rest, delimiter, stated.quote, "") or [[]]
        is_header = all(name.strip() and not NUMBER.fullmatch(name) for name in names)
        is_table = len(names) > 1 and any(len(row) == len(names) for row in others[:2])
        if is_header and is_table and lines[at].strip():
            header = part.first_line + at
            rest_of = _from_line(part, header)
            return Refused(
                "title-line",
                f"{part.name}, line {part.first_line}: {shown(next(filter(None, rows[0]), ''))} "
                f"looks like a title above the table; the header, {listed(names)}, seems to be "
                f"line {header}.",
                remedy=f"Delete the lines above it: `{rest_of} > table.csv`, and drop that.",
                line=part.first_line,
            )
    return None


def _from_line(part: Part, line: int) -> str:
    """The command that writes a file from a line on, expanded."""
    file = shlex.quote(PurePosixPath(part.name).name)
    packed = part.packed or compression(part.name)
    return f"{_UNPACK[packed]} {file} | tail -n +{line}" if packed else f"tail -n +{line} {file}"


def _is_header(comment: str, rest: str, stated: Read) -> bool:
    """Whether a line that begins with # names the columns: it is as wide as the rows below, and the
    first of these is not clearly a header."""
    delimiter = stated.delimiter or delimiters(rest, stated.quote)[0]
    (names, *_) = first_rows(comment, delimiter, stated.quote, "") or [[]]
    rows = first_rows(rest, delimiter, stated.quote, "")
    if not rows or len(names) != len(rows[0]) or len(names) == 1:
        return False
    alike = [row for row in rows[1:] if len(row) == len(names)]
    return is_data(rows) or not alike or not is_data(alike)


def _note(part: Part, first: int, last: int, what: str) -> Finding:
    where = f"line {first}" if first == last else f"lines {first} to {last}"
    return Finding(
        severity="note",
        code="lines-read-over",
        message=f"{part.name}, {where}: {what}, read over.",
        line=first,
    )
