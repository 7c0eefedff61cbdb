"""What is noticed of the fields of JSON files while their objects are read, one after the other."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from sluice.contracts.dataset import Finding
from sluice.validation.formats.header import MAX_COLUMNS, SAMPLE_ROWS, check_names
from sluice.validation.formats.json.objects import Number, Row
from sluice.validation.formats.parts import Part
from sluice.validation.refusals import Refused
from sluice.validation.scanner.interface import ValueKind
from sluice.validation.scanner.objects import Rows, Shape
from sluice.validation.wording import counted, shown

CANDIDATES_OF: Final[dict[type, tuple[str, ...]]] = {
    Number: ("integer", "number"),
    bool: ("boolean",),
    str: ("date", "timestamp", "instant"),
}
"""What a column may be by the kind of its values: "12" in quotes is no number."""
ANY: Final = tuple(dict.fromkeys(itertools.chain(*CANDIDATES_OF.values())))
LISTED: Final = 20
"""Fields that are named one by one in findings of one sort."""
ALIKE: Final = SAMPLE_ROWS
"""Objects that are looked at before the others are expected to be alike: the whole sample, so that
what is guessed from it does not hang on how the rest is read."""

_WORDS: Final = {Number: "a number", bool: "true or false", str: "a text"}
_KINDS: Final = {
    Number: ValueKind.NUMBERS,
    bool: ValueKind.BOOLEANS,
    str: ValueKind.TEXTS,
}


@dataclass(kw_only=True, slots=True)
class FieldObservations:
    """One field, over all objects."""

    kinds: dict[type, str] = field(default_factory=dict)
    """Kinds of values, and where each was met first."""
    rows: int = 0
    """Objects that have it."""
    empty: str = ""
    """The first place of a text without characters."""
    gap: str = ""
    """The first object without it."""

    @property
    def candidates(self) -> tuple[str, ...]:
        """The types that its column may have. Kinds that differ leave it to the values, as in a
        CSV."""
        return CANDIDATES_OF[next(iter(self.kinds))] if len(self.kinds) == 1 else ANY


@dataclass(kw_only=True, slots=True)
class Observations:
    """What the one pass over all objects notices."""

    fields: dict[str, FieldObservations] = field(default_factory=dict)
    begin: str = ""
    """The first object's place."""
    rows: int = 0
    sample: list[Row] = field(default_factory=list)
    """The first objects."""
    shape: Shape | None = None
    """What JSON Lines are expected to look like from here on."""

    def add(self, part: Part, line: int, row: Row) -> None:
        """Take one object in; raises `Refused` for too many fields, or names that no column has."""
        place = f"{part.name}, line {line}"
        fields = self.fields
        self.rows += 1
        self.begin = self.begin or place
        if not row.keys() <= fields.keys():
            gap = self.begin if fields else ""
            fields.update({n: FieldObservations(gap=gap) for n in row if n not in fields})
            _check_names(part, line, tuple(fields))
        if len(row) < len(fields):
            for name in fields.keys() - row.keys():
                fields[name].gap = fields[name].gap or place
        for name, value in row.items():
            one = fields[name]
            one.rows += 1
            if value is not None and type(value) not in one.kinds:
                one.kinds[type(value)] = place
            if value == "" and not one.empty:
                one.empty = place
        if len(self.sample) < SAMPLE_ROWS:
            self.sample.append(row)
            if len(self.sample) == ALIKE and len(fields) == len(self.sample[0]):
                self.shape = _shape_of(self.sample)

    def add_alike(self, part: Part, line: int, shape: Shape, rows: Rows) -> None:
        """Take in lines of the shape at once; `line` is the first's number."""
        self.rows += rows.lines
        for name in shape.names:
            one = self.fields[name]
            one.rows += rows.lines
            if not one.empty and name in rows.first_empty:
                one.empty = f"{part.name}, line {line + rows.first_empty[name]}"
        for name in self.fields.keys() - set(shape.names):
            self.fields[name].gap = self.fields[name].gap or f"{part.name}, line {line}"


def _check_names(part: Part, line: int, names: tuple[str, ...]) -> None:
    if len(names) > MAX_COLUMNS:
        raise Refused(
            "too-many-columns",
            f"{part.name}, line {line}: {counted(len(names), 'different key')} up to here; at "
            f"most {MAX_COLUMNS:,} are taken.",
            remedy="Drop fields that are not needed, or turn them into records.",
            line=line,
        )
    check_names(part.name, names, line=line)


def _shape_of(rows: list[Row]) -> Shape | None:
    """The shape of all of these objects; None where they differ."""
    names = list(rows[0])
    if any('"' in name or "\\" in name or not name.isprintable() for name in names):
        return None
    kinds: dict[str, type] = {}
    for row in rows:
        if list(row) != names:
            return None
        for name, value in row.items():
            if value is not None and kinds.setdefault(name, type(value)) is not type(value):
                return None
    if len(kinds) < len(names):
        return None
    return Shape({name: _KINDS[kinds[name]] for name in names})


def notes_of(found: Observations) -> Iterator[Finding]:
    """What is to be said of the fields."""
    mixed = [(name, one) for name, one in found.fields.items() if len(one.kinds) > 1]
    for name, one in mixed[:LISTED]:
        kinds = ", ".join(f"{_WORDS[kind]} ({place})" for kind, place in one.kinds.items())
        yield Finding(
            severity="warn",
            code="mixed-kinds",
            message=f"The field {shown(name)} holds values of several kinds: {kinds}; they are "
            "judged by how they are written, as in a CSV.",
            remedy="Write all values of a field as one kind, and null where one is missing.",
            column=name,
        )
    gaps = [(name, one) for name, one in found.fields.items() if one.gap]
    for name, one in gaps[:LISTED]:
        yield Finding(
            severity="warn",
            code="missing-key",
            message=f"{one.gap}: the field {shown(name)} is absent here, and from "
            f"{found.rows - one.rows:,} of {counted(found.rows, 'record')} in all; it is taken "
            "as missing.",
            remedy="Nothing, if it is meant; else write the field in every record.",
            column=name,
        )
    empty = [(name, one) for name, one in found.fields.items() if one.empty]
    for name, one in empty[:LISTED]:
        yield Finding(
            severity="note",
            code="empty-text",
            message=f"{one.empty}: the field {shown(name)} holds a text without characters; such "
            "texts are taken as missing, as null is.",
            column=name,
        )
    listed = (
        ("of several kinds", mixed),
        ("that some records lack", gaps),
        ("with texts without characters", empty),
    )
    for what, all_of_them in listed:
        if (more := len(all_of_them) - LISTED) > 0:
            yield Finding(
                severity="warn",
                code="more-fields",
                message=f"{counted(more, 'more field')} {what}.",
            )
