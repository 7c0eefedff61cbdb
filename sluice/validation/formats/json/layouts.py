"""The objects of JSON files, in each layout, and an independent count of them."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sluice.validation.formats.csv.quotes import MAX_ROW_BYTES, too_long
from sluice.validation.formats.json.objects import Fault, Row, decoded
from sluice.validation.formats.parts import HEAD_BYTES, Part
from sluice.validation.refusals import Refused
from sluice.validation.wording import shown

_BUT_MARKS = bytes(byte for byte in range(256) if byte not in b'"{')

Layout = Literal["jsonl", "json", "objects"]
"""One object a line, one array of objects, or objects one after another, parted by nothing."""


def rows_of(part: Part, layout: Layout) -> Iterator[tuple[int, Row]]:
    """Every object of a UTF-8 file with the line on which it begins, from 1.

    Raises `Refused` naming the line where something is no JSON, no object of plain values, or no
    text that can be stored.
    """
    if layout == "json":
        return _elements(part)
    if layout == "objects":
        return _objects(part)
    return (found for block in line_blocks(part) for found in rows_of_block(part, block))


def count_objects(path: Path) -> int:
    """Opening braces outside of strings, counted block by block without parsing.

    A flat object has one; so this is held against the records that the parser saw.
    """
    count = 0
    inside = False
    carry = b""
    with path.open("rb") as file:
        while block := file.read(HEAD_BYTES):
            block = carry + block
            carry = b""
            if b"\\" in block:
                block = block.replace(b"\\\\", b"").replace(b'\\"', b"")
                carry = b"\\" if block.endswith(b"\\") else b""
                block = block.removesuffix(carry)
            # Quotes with no brace between them, and all that is neither, decide nothing.
            for run in block.translate(None, _BUT_MARKS).replace(b'""', b"").split(b'"'):
                count += 0 if inside else run.count(b"{")
                inside = not inside
            inside = not inside
    return count


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """Some whole lines of a file."""

    data: bytes
    line: int
    """The number of the first, from 1."""
    offset: int
    """The byte at which it begins, from 0."""


def line_blocks(part: Part) -> Iterator[Block]:
    """The file in blocks of about `HEAD_BYTES`; a line beyond `MAX_ROW_BYTES` is cut off."""
    line, offset = 1, 0
    with part.path.open("rb") as file:
        while data := file.read(HEAD_BYTES):
            if not data.endswith(b"\n"):
                data += file.readline(MAX_ROW_BYTES + 1)
            read = len(data)
            if offset == 0:
                data = data.removeprefix(codecs.BOM_UTF8)
            yield Block(data=data, line=line, offset=offset + read - len(data))
            line += data.count(b"\n")
            offset += read


def rows_of_block(part: Part, block: Block) -> Iterator[tuple[int, Row]]:
    """The objects of a block of lines, as `rows_of`."""
    start = block.offset
    for line, raw in enumerate(block.data.split(b"\n"), start=block.line):
        if len(raw) > MAX_ROW_BYTES:
            raise too_long(part, line)
        try:
            text = raw.decode().strip(" \t\r\n")
        except UnicodeDecodeError as error:
            raise _not_utf8(part, line, start + error.start) from None
        start += len(raw) + 1
        if not text:
            continue
        found = decoded(text, 0, line)
        if isinstance(found, Fault):
            raise found.refusal(part)
        row, end = found
        if rest := text[end:].strip():
            raise Fault(
                what=f"there is more behind the object: {shown(rest)}",
                line=line,
                remedy="Write one object a line.",
            ).refusal(part)
        yield line, row


def _elements(part: Part) -> Iterator[tuple[int, Row]]:
    """The objects of an array, in memory no longer than a few blocks."""
    source = _Source(part)
    if source.next_character() != "[":
        raise source.fault(
            f"the file begins with {source.shown()}, not with an array",
            "Write [{…}, {…}]; one object a line has the extension .jsonl.",
        )
    source.step()
    is_first = True
    while (character := source.next_character()) != "]":
        if not is_first:
            if character != ",":
                raise _unexpected(source) if character else _cut_off(source)
            source.step()
            character = source.next_character()
        if not character:
            raise _cut_off(source)
        is_first = False
        yield source.line, source.row()
    source.step()
    if source.next_character():
        raise _unexpected(source)


def _objects(part: Part) -> Iterator[tuple[int, Row]]:
    """The objects of a file that holds nothing else."""
    source = _Source(part)
    while character := source.next_character():
        if character != "{":
            what = f"{source.shown()} stands where an object or the file's end should"
            raise source.fault(what, "Write objects one after another, or one a line.")
        yield source.line, source.row()


class _Source:
    """The decoded text of a file, read on as it is used."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.text = ""
        self.at = 0
        self.line = part.first_line
        """The line of `at`."""
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._blocks = iter(self._read())

    def _read(self) -> Iterator[str]:
        line, read = 1, 0
        with self.part.path.open("rb") as file:
            while block := file.read(HEAD_BYTES):
                try:
                    text = self._decoder.decode(block, final=len(block) < HEAD_BYTES)
                except UnicodeDecodeError as error:
                    line += block.count(b"\n", 0, error.start)
                    raise _not_utf8(self.part, line, read + error.start) from None
                line += block.count(b"\n")
                read += len(block)
                yield text

    def _more(self) -> bool:
        block = next(self._blocks, "")
        self.text, self.at = self.text[self.at :] + block, 0
        return bool(block)

    def step(self, to: int | None = None) -> None:
        """Go on behind the character at `at`, or to `to`."""
        end = self.at + 1 if to is None else to
        self.line += self.text.count("\n", self.at, end)
        self.at = end

    def next_character(self) -> str:
        """The next one that is no blank space, which `at` then stands on; "" at the end."""
        while True:
            rest = len(self.text)
            end = self.at
            while end < rest and self.text[end] in " \t\r\n":
                end += 1
            self.step(end)
            if end < rest:
                return self.text[end]
            if not self._more():
                return ""

    def row(self) -> Row:
        """The object that begins at `at`."""
        found = decoded(self.text, self.at, self.line)
        while isinstance(found, Fault):
            is_too_long = len(self.text) - self.at > MAX_ROW_BYTES
            if is_too_long or not found.is_syntax or not self._more():
                raise found.refusal(self.part)
            found = decoded(self.text, self.at, self.line)
        row, end = found
        self.step(end)
        return row

    def shown(self) -> str:
        """What stands at `at`, for a sentence."""
        return shown(self.text[self.at :][:20])

    def fault(self, what: str, remedy: str) -> Refused:
        """The refusal of what stands at `at`."""
        return Fault(what=what, line=self.line, remedy=remedy).refusal(self.part)


def _not_utf8(part: Part, line: int, byte: int) -> Refused:
    return Refused(
        "bad-encoding",
        f"{part.name}, line {line}, byte {byte}: this is not UTF-8 text.",
        remedy="Save the file as UTF-8; JSON has no other encoding.",
        line=line,
    )


def _cut_off(source: _Source) -> Refused:
    what = "the file ends in the middle of its array"
    return source.fault(what, "Copy or export it again, and compare sizes.")


def _unexpected(source: _Source) -> Refused:
    what = f"{source.shown()} stands where a comma or the array's end should"
    return source.fault(what, "Write [{…}, {…}] and nothing behind it.")
