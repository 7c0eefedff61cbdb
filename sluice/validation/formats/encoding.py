"""Text made UTF-8 with line feeds, where it is not: by its byte order mark, or as stated."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from sluice.contracts.dataset import Finding
from sluice.validation.formats.first_bytes import UTF16
from sluice.validation.formats.parts import HEAD_BYTES, Part, scratch_file
from sluice.validation.refusals import Refused
from sluice.validation.wording import counted

MAX_RETURNS_BYTES: Final = 64 * HEAD_BYTES
"""A file whose lines end in a bare carriage return is from before 2001, and is held in memory."""

_UTF32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


def as_utf8(
    part: Part, head: bytes, scratch: Path, stated: str | None = None, quote: str = '"'
) -> Part:
    """The part as UTF-8 text with line feeds a parser knows.

    UTF-16 (found by its byte order mark), or what sluice.yaml has `stated`, is decoded into a copy
    in `scratch`, and a file whose lines end in a bare carriage return gets line feeds, outside of
    quotes. All else is passed through untouched.
    Raises `Refused` naming byte and line where the bytes are not what the mark says.
    """
    if stated is None and head.startswith(_UTF32):
        raise Refused(
            "bad-encoding",
            f"{part.name}, line 1: by its byte order mark this is UTF-32 text, which is read only "
            "when stated.",
            remedy="Save it as UTF-8, or write `read: {encoding: utf-32}` in sluice.yaml.",
            line=1,
        )
    encoding = stated or UTF16.get(head[:2])
    if encoding is not None:
        copy = scratch_file(scratch)
        with copy.open("wb") as out:
            for text in _decoded(part, encoding):
                out.write(text.encode())
        part = replace(part, path=copy, encoding=encoding)
    elif b"\x1b" in head:
        line = 1 + head.count(b"\n", 0, head.index(b"\x1b"))
        raise Refused(
            "bad-encoding",
            f"{part.name}, line {line}, byte {head.index(0x1B)}: an escape character; text that "
            "changes its alphabet by escapes (ISO-2022) is read only when stated.",
            remedy="Save the file as UTF-8, or state what it is in sluice.yaml, such as "
            "`read: {encoding: iso-2022-jp}`.",
            line=line,
        )
    return _with_line_feeds(part, scratch, quote)


def stated_wrongly(part: Part, head: bytes, stated: str | None) -> list[Finding]:
    """A warning where the bytes, read as stated, would be UTF-8 as well: then it seldom is not."""
    if stated is None or codecs.lookup(stated).name.startswith("utf") or head.isascii():
        return []
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return []
    return [
        Finding(
            severity="warn",
            code="encoding-doubtful",
            message=f"{part.name} was read as {stated}, as sluice.yaml states; but its bytes are "
            "UTF-8 too, and letters beyond ASCII will look wrong if they are.",
            remedy="Remove `read.encoding` from sluice.yaml if the file is UTF-8.",
        )
    ]


def _with_line_feeds(part: Part, scratch: Path, quote: str) -> Part:
    with part.path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        if b"\r" not in head or b"\n" in head:
            return part
        content = head + file.read(MAX_RETURNS_BYTES)
        if file.read(1):
            raise Refused(
                "lone-carriage-return",
                f"{part.name}, line 1: lines end in a carriage return alone, in more than "
                f"{counted(MAX_RETURNS_BYTES, 'byte')}.",
                remedy="End every line in LF or CRLF.",
                line=1,
            )
    mark = re.escape(quote.encode())
    either = re.compile(mark + rb"[^" + mark + rb"]*+" + mark + rb"|\r")
    copy = scratch_file(scratch)
    copy.write_bytes(either.sub(lambda m: b"\n" if m[0] == b"\r" else m[0], content))
    return replace(part, path=copy)


def _decoded(part: Part, encoding: str) -> Iterator[str]:
    """The text of a file in pieces, without its byte order mark."""
    decoder = codecs.getincrementaldecoder(encoding)()
    read, lines = 0, 1
    with part.path.open("rb") as file:
        while True:
            block = file.read(HEAD_BYTES)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                seen = error.object[: error.start].decode(encoding, errors="replace")
                byte = read + len(block) - len(error.object) + error.start
                line = lines + seen.count("\n")
                raise Refused(
                    "bad-encoding",
                    f"{part.name}, line {line}, near byte {byte}: this is not "
                    f"{encoding.upper()} text.",
                    remedy="Save the file as UTF-8, or correct `read.encoding` in sluice.yaml.",
                    line=line,
                ) from None
            yield text.removeprefix("\ufeff") if read == 0 else text
            if not block:
                return
            read += len(block)
            lines += text.count("\n")
