"""The header of a table: whether its first row is one, and whether its names tell the columns."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from sluice.validation.formats.parts import Part
from sluice.validation.refusals import Refused
from sluice.validation.wording import counted, shown

SAMPLE_ROWS: Final = 200
"""Rows at the beginning of a table by which its header, its dialect and its types are guessed."""
MAX_COLUMNS: Final = 10_000
MAX_NAME_CHARACTERS: Final = 256

NUMBER: Final = re.compile(r"\s*[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?\s*")
"""A number with a decimal point or comma."""
_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ].*)?")


def is_data(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row is no header: it holds a number in every column of numbers.

    Names that are numbers do occur: years, or 0, 1, 2, … as pandas writes them. A first row
    whose numbers rise by one each is therefore taken as a header.
    """
    first, rest = rows[0], [row for row in rows[1:] if len(row) == len(rows[0])]
    if any(
        _DATE.fullmatch(value) and rest and all(_DATE.match(row[i]) for row in rest)
        for i, value in enumerate(first)
    ):
        return True
    if not rest:
        return all(NUMBER.fullmatch(value) for value in first)
    numeric = [
        i
        for i in range(len(first))
        if all(NUMBER.fullmatch(row[i]) or not row[i].strip() for row in rest)
        and any(row[i].strip() for row in rest)
    ]
    if not numeric or not all(NUMBER.fullmatch(first[i]) for i in numeric):
        return False
    whole = [int(first[i]) for i in numeric if re.fullmatch(r"\s*\d+\s*", first[i])]
    rising = all(b == a + 1 for a, b in itertools.pairwise(whole))
    return not (len(whole) == len(numeric) > 1 and rising)


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


def too_many_columns(part: Part, found: int, line: int = 1, unit: str = "line") -> Refused:
    """The refusal of more than `MAX_COLUMNS`."""
    return Refused(
        "too-many-columns",
        f"{part.name}, {unit} {line}: {counted(found, 'column')}; at most {MAX_COLUMNS:,} are "
        "taken.",
        remedy="Drop columns that are not needed, or turn them into rows.",
        line=line,
    )
