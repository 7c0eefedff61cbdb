"""Files that write a quote inside of quotes as \\" are rewritten to the doubled quote, once.

So all that follows knows one dialect. The values stay what they are: only \\" and \\\\ are escapes,
any other backslash is itself.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from sluice.validation.formats.csv.quotes import MAX_ROW_BYTES, opening, too_long, unclosed
from sluice.validation.formats.parts import HEAD_BYTES, Part, scratch_file


def found_escape(head: bytes, quote: str) -> str:
    """The backslash, where the beginning of a file has it before a quote that ends no field, and
    has no doubled quote inside of a field; else nothing."""
    mark = re.escape(quote.encode())
    escaped = re.search(rb"\\" + mark + rb"(?=[^,;\t|\x01\r\n])", head)
    doubled = re.search(rb"(?<=[^,;\t|\x01\n])" + mark * 2 + rb"(?=[^,;\t|\x01\r\n])", head)
    return "\\" if escaped and not doubled else ""


def with_doubled_quotes(
    part: Part, scratch: Path, *, delimiter: str, quote: str, escape: str
) -> Part:
    """A copy of the part without escapes. Raises `Refused` for a quote that never closes."""
    rewrite = _Rewrite(delimiter, quote.encode(), escape.encode())
    copy = scratch_file(scratch)
    line, data = 1, b""
    with part.path.open("rb") as file, copy.open("wb") as out:
        while True:
            block = file.read(HEAD_BYTES)
            data += block
            text, rest = rewrite(data, final=not block)
            if len(rest) > (MAX_ROW_BYTES if block else 0):
                at = line + data.count(b"\n", 0, len(data) - len(rest))
                raise too_long(part, at) if block else unclosed(part, at)
            out.write(text)
            line += data.count(b"\n", 0, len(data) - len(rest))
            data = rest
            if not block:
                return replace(part, path=copy)


class _Rewrite:
    """Rewrites whole rows; what may not be whole yet is handed back."""

    def __init__(self, delimiter: str, quote: bytes, escape: bytes) -> None:
        mark, slash = re.escape(quote), re.escape(escape)
        begin = opening(delimiter, quote.decode())
        inner = rb"(?:[^" + mark + slash + rb"]++|" + slash + rb"(?s:.)|" + mark * 2 + rb")*+"
        self.begin = re.compile(begin)
        self.field = re.compile(begin + inner + mark)
        self.pair = re.compile(slash + rb"([" + mark + slash + rb"])")
        self.quote = quote

    def __call__(self, data: bytes, *, final: bool) -> tuple[bytes, bytes]:
        """What is done of `data`, and the rest that needs more."""
        masked = self.field.sub(lambda m: b"x" * len(m[0]), data)
        begun = self.begin.search(masked)
        cut = begun.start() if begun else len(data)
        if not final:
            cut = masked.rfind(b"\n", 0, cut) + 1
        return self._rewritten(data[:cut]), data[cut:]

    def _rewritten(self, data: bytes) -> bytes:
        pieces, at = [], 0
        for field in self.field.finditer(data):
            pieces.append(self.pair.sub(rb"\1", data[at : field.start()]))
            pieces.append(self.pair.sub(self._inside, field[0]))
            at = field.end()
        pieces.append(self.pair.sub(rb"\1", data[at:]))
        return b"".join(pieces)

    def _inside(self, escaped: re.Match[bytes]) -> bytes:
        return self.quote * 2 if escaped[1] == self.quote else escaped[1]
