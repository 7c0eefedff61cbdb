"""JSON Lines as programs write them: every line the same keys in the same order, of the same kinds.

Then a block of lines becomes rows of a CSV in one search, many times faster than record by record.
Lines with escapes, and blocks with any line that differs, are for the decoder, which says why.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from sluice.validation.formats.header import SAMPLE_ROWS
from sluice.validation.formats.json.objects import Number, Record

KNOWN: Final = SAMPLE_ROWS
"""Records to look at before it is assumed that all are alike: the whole sample, so that what is
guessed from it does not hang on how the rest is read."""

_SPACE = r"[ \t]*+"
# A text without escapes and quotes is the same in JSON and in a CSV; a null leaves its group empty.
_TOKENS: Final[Mapping[type, str]] = {
    str: r'(?:("[^"\\\x00-\x1f]*+")|null)',
    Number: r"(?:(-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?)|null)",
    bool: r"(?:(true|false)|null)",
}


class Template:
    """What every line is expected to look like."""

    def __init__(self, kinds: Mapping[str, type]) -> None:
        self.names = tuple(kinds)
        fields = f"{_SPACE},{_SPACE}".join(
            f'"{re.escape(name)}"{_SPACE}:{_SPACE}{_TOKENS[kind]}' for name, kind in kinds.items()
        )
        line = rf"^{_SPACE}\{{{_SPACE}{fields}{_SPACE}\}}{_SPACE}\r?$"
        self._line = re.compile(line, re.MULTILINE)
        self._empty = {
            name: re.compile(f'"{re.escape(name)}"{_SPACE}:{_SPACE}""')
            for name, kind in kinds.items()
            if kind is str
        }

    def rows(self, lines: Sequence[str]) -> list[str] | None:
        """The lines as rows of a CSV; None where one of them looks otherwise."""
        found = self._line.findall("\n".join(lines))
        return list(map(",".join, found)) if len(found) == len(lines) else None

    def first_empty(self, name: str, lines: str) -> int | None:
        """The first of the lines, from 0, in which this field holds a text without characters."""
        found = name in self._empty and '""' in lines and self._empty[name].search(lines)
        return lines.count("\n", 0, found.start()) if found else None


def template_of(records: list[Record]) -> Template | None:
    """The one that fits all of these records; None where they differ, or are too few to tell."""
    if len(records) < KNOWN:
        return None
    names = list(records[0])
    if any('"' in name or "\\" in name or not name.isprintable() for name in names):
        return None
    kinds: dict[str, type] = {}
    for record in records:
        if list(record) != names:
            return None
        for name, value in record.items():
            if value is not None and kinds.setdefault(name, type(value)) is not type(value):
                return None
    if len(kinds) < len(names):
        return None
    return Template({name: kinds[name] for name in names})
