"""Parts of a folder without rows: engines write one for each of their tasks, busy or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sluice.contracts.dataset import Finding
from sluice.validation.formats.parts import HEAD_BYTES, Part
from sluice.validation.wording import counted, listed

BLANK: Final = b"\xef\xbb\xbf \t\r\n"
"""What a file may hold that holds nothing."""


def with_content(parts: list[Part]) -> tuple[list[Part], list[str]]:
    """The parts that hold more than blank space, and the names of the others; where none does, all
    of them, for the first to be refused."""
    if len(parts) == 1:
        return parts, []
    full = [part for part in parts if not _is_blank(part)]
    if not full:
        return parts, []
    names = {part.name for part in full}
    return full, [part.name for part in parts if part.name not in names]


def no_rows(names: Sequence[str]) -> Iterator[Finding]:
    """That these parts add nothing to the drop."""
    if names:
        yield Finding(
            severity="note",
            code="empty-parts",
            message=f"{counted(len(names), 'part')} without a row: {listed(list(names))}.",
            remedy="Nothing, if the rows are in the others.",
        )


def _is_blank(part: Part) -> bool:
    if part.path.stat().st_size > HEAD_BYTES:
        return False
    with part.path.open("rb") as file:
        return not file.read(HEAD_BYTES).strip(BLANK)
