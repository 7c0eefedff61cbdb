"""One object of a JSON file: flat, and decoded more strictly than `json.loads` does.

That keeps the last of two equal keys, may turn 2**63 + 1 into a float, and takes NaN. Here numbers
stay the text they were written as, so that their types are settled by the same rules as a CSV's,
digit for digit. What is wrong with an object is a `Fault`, not an exception: of an array that is
read in blocks, more text may mend it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from sluice.validation.formats.parts import Part
from sluice.validation.refusals import Refused
from sluice.validation.wording import shown


class Number(str):
    """A number as the file spells it."""

    __slots__ = ()


Value = str | Number | bool | None
Row = dict[str, Value]

_CORRECT: Final = "Correct this record, or export the file again."


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What is wrong with an object."""

    what: str
    line: int
    remedy: str = _CORRECT
    column: str | None = None
    is_syntax: bool = False
    """Whether this is no JSON so far: the end of a block may have cut the object off."""

    def refusal(self, part: Part) -> Refused:
        """The refusal of the drop, naming the line."""
        return Refused(
            "bad-record",
            f"{part.name}, line {self.line}: {self.what}.",
            remedy=self.remedy,
            line=self.line,
            column=self.column,
        )


@dataclass(frozen=True, slots=True)
class _Wrong:
    """Stands in the place of a value that JSON does not have."""

    what: str


def _object(pairs: list[tuple[str, object]]) -> dict[str, object] | _Wrong:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    names = [name for name, _ in pairs]
    twice = next(name for name in names if names.count(name) > 1)
    return _Wrong(f"the key {shown(twice)} stands twice in one object")


def _no_number(spelling: str) -> object:
    return _Wrong(f"{spelling} is no JSON value; write null where a value is missing")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=Number,
    parse_float=Number,
    parse_constant=_no_number,
)


def decoded(text: str, at: int, line: int) -> tuple[Row, int] | Fault:
    """The object that begins at `at`, which stands on `line`, and where it ends."""
    try:
        found, end = _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        what = f"this is no JSON ({error.msg.lower()}): {shown(text[error.pos :][:40])}"
        line += text.count("\n", at, error.pos)
        return Fault(what=what, line=line, is_syntax=True)
    except RecursionError:
        return Fault(what="the record is nested too deeply", line=line)
    if isinstance(found, _Wrong):
        return Fault(what=found.what, line=line)
    if not isinstance(found, dict):
        return Fault(
            what=f"this is no object but {shown(text[at:end])}",
            line=line,
            remedy='Write every record as {"column": value, …}.',
        )
    fault = _fault_of_values(found, line, has_escapes="\\u" in text[at:end])
    return fault or (found, end)


def _fault_of_values(found: dict[str, object], line: int, *, has_escapes: bool) -> Fault | None:
    for name, value in found.items():
        if isinstance(value, _Wrong):
            return Fault(what=value.what, line=line)
        if isinstance(value, dict | list):
            kind = "an object" if isinstance(value, dict) else "an array"
            return Fault(
                what=f"the field {shown(name)} holds {kind}, and a table has no place for it",
                line=line,
                remedy="Flatten it into fields of their own, or leave it out.",
                column=name,
            )
        if has_escapes and not (_is_text(name) and _is_text(value)):
            return Fault(
                what=f"the field {shown(name)} holds a character that no text has",
                line=line,
                remedy="Remove \\u0000 and halves of \\u pairs.",
            )
    return None


def _is_text(value: object) -> bool:
    """Whether it can be stored: half of a surrogate pair has no bytes in UTF-8."""
    if not isinstance(value, str):
        return True
    try:
        return b"\0" not in value.encode()
    except UnicodeEncodeError:
        return False
