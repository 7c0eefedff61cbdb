"""One text file of an archive, decoded: UTF-8, UTF-16 by its byte order mark, or as stated."""

from __future__ import annotations

import codecs
from typing import Final

from sluice.validation.formats.first_bytes import recognised
from sluice.validation.refusals import Refused
from sluice.validation.wording import counted

MAX_TEXT_BYTES: Final = 1_000_000
"""Some two hundred thousand words; and twice as many fit the longest row of a CSV."""

_MARKS: Final = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}


def decoded(place: str, data: bytes, stated: str | None = None) -> tuple[str, str]:
    """The text without its byte order mark, and the encoding it had.

    Raises `Refused` naming byte and line where it cannot be read, or holds nothing.
    """
    found = recognised(data)
    if found and not stated:
        raise Refused(
            "not-text",
            f"{place}: by its first bytes this is {found}, no text.",
            remedy="Pack texts only, or images only (.png, .jpg, …).",
        )
    mark = next((mark for mark in _MARKS if data.startswith(mark)), b"")
    encoding = stated or _MARKS.get(mark, "utf-8")
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = 1 + data.count(b"\n", 0, error.start)
        raise Refused(
            "bad-encoding",
            f"{place}, line {line}, byte {error.start}: this is not {encoding.upper()} text.",
            remedy="Save it as UTF-8, or correct `read.encoding` in sluice.yaml."
            if stated
            else "Save it as UTF-8, or state how all of them are written in sluice.yaml, such as "
            "`read: {encoding: latin-1}`.",
        ) from None
    if "\0" in text:
        raise Refused(
            "nul-byte",
            f"{place}, line {1 + text.count(chr(10), 0, text.index(chr(0)))}: a NUL character; "
            "text has none.",
            remedy="Save it as UTF-8 text (UTF-16 is read only with its byte order mark).",
        )
    if not text.strip():
        raise Refused(
            "empty-member",
            f"{place}: the file holds only blank space ({counted(len(data), 'byte')}).",
            remedy="Export it again, or leave it out.",
        )
    return text, encoding
