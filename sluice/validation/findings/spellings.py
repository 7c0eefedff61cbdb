"""How values are spelled in the files, and the line of sluice.yaml that takes them as missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sluice.cells import MISSING
from sluice.validation.formats.registry import by_name
from sluice.validation.formats.source import Source


def spellings_in(source: Source, place: int, value: Any) -> list[str]:
    """How the first rows spell a number in the column at `place` (from 0); its own spelling where
    none of them has it."""
    texts = (row[place].strip() for row in source.sample if len(row) == len(source.names))
    return list(dict.fromkeys(text for text in texts if _is(text, value))) or [str(value)]


def as_missing(source: Source, more: Iterable[str]) -> str:
    """What makes these spellings missing values beside those that are so already, to end a
    sentence."""
    if not may_state_missing(source):
        return "write null instead"
    stated = source.dialect.get("missing")
    usual = MISSING if stated is None else tuple(stated)
    return f"write `{missing_line((*usual, *more))}` in sluice.yaml"


def may_state_missing(source: Source) -> bool:
    """Whether sluice.yaml can state spellings of missing values for such files."""
    return "missing" in by_name(source.dialect["format"]).reads


def missing_line(spellings: Sequence[str]) -> str:
    """The line of sluice.yaml that states them."""
    quoted = ", ".join("'" + spelling.replace("'", "''") + "'" for spelling in spellings)
    return f"read: {{missing: [{quoted}]}}"


def _is(text: str, value: Any) -> bool:
    try:
        return bool(float(text) == value)
    except ValueError:
        return False
