"""The texts of a workbook: the cells of all sheets refer to them by their number."""

from __future__ import annotations

import re
from typing import Final
from xml.parsers import expat

from sluice.validation.formats.excel.book import Book
from sluice.validation.formats.excel.package import local

MAX_STRINGS: Final = 4_000_000
MAX_STRINGS_BYTES: Final = 256 * 1024 * 1024
NO_TEXT: Final = "\0"
"""Stands for a text that holds what no text does; it is refused where a cell has it."""

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def shared_strings(book: Book) -> list[str]:
    """All of them, in their order."""
    if book.strings_member is None:
        return []
    strings: list[str] = []
    text: list[str] = []
    inside: list[str] = []

    def start(tag: str, _: dict[str, str]) -> None:
        inside.append(local(tag))

    def characters(piece: str) -> None:
        if inside[-1] == "t" and "rPh" not in inside:
            text.append(piece)

    def end(tag: str) -> None:
        if inside.pop() == "si":
            strings.append(unescaped("".join(text)))
            text.clear()

    parser = expat.ParserCreate("UTF-8")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.CharacterDataHandler = characters
    parser.EndElementHandler = end
    for _ in book.package.parse(book.strings_member, parser, MAX_STRINGS_BYTES):
        if len(strings) > MAX_STRINGS:
            raise book.package.too_large()
    return strings


def unescaped(text: str) -> str:
    """A text as it was typed: the file writes some characters as `_x000D_`.

    Half a surrogate pair makes it `NO_TEXT`.
    """
    if "_x" not in text:
        return text
    text = _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)
    try:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:
        return NO_TEXT
