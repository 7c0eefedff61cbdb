"""One record of a JSON file: a flat object, decoded more strictly than `json.loads` does.

That keeps the last of two equal keys, may turn 2**63 + 1 into a float, and takes NaN. Here numbers
stay the text they were written as, so that their types are settled by the same rules as a CSV's,
digit for digit.
"""

from __future__ import annotations

import json
from typing import Final

from sluice.validation.formats.parts import Part
from sluice.validation.refusals import Refused, shown


class Number(str):
    """A number as the file spells it."""

    __slots__ = ()


Value = str | Number | bool | None
Record = dict[str, Value]


class _FaultError(ValueError):
    """What is wrong inside of one record."""


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _FaultError(f"the key {shown(twice)} stands twice in one object")
    return found


def _no_number(spelling: str) -> object:
    raise _FaultError(f"{spelling} is no JSON value; write null where a value is missing")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=Number,
    parse_float=Number,
    parse_constant=_no_number,
)


def decoded(part: Part, text: str, at: int, line: int) -> tuple[Record, int]:
    """The object that begins at `at`, which stands on `line`, and where it ends."""
    remedy = "Correct this record, or export the file again."
    try:
        record, end = _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        line += text.count("\n", at, error.pos)
        what = f"this is no JSON ({error.msg.lower()}): {shown(text[error.pos :][:40])}"
        raise bad_record(part, line, what, remedy) from None
    except _FaultError as error:
        raise bad_record(part, line, str(error), remedy) from None
    except RecursionError:
        raise bad_record(part, line, "the record is nested too deeply", remedy) from None
    if not isinstance(record, dict):
        raise bad_record(
            part,
            line,
            f"this is no object but {shown(text[at:end])}",
            'Write every record as {"column": value, …}.',
        )
    for name, value in record.items():
        if isinstance(value, dict | list):
            kind = "an object" if isinstance(value, dict) else "an array"
            raise bad_record(
                part,
                line,
                f"the field {shown(name)} holds {kind}, and a table has no place for it",
                "Flatten it into fields of their own, or leave it out.",
                column=name,
            )
    if "\\u" in text[at:end]:
        _check_escapes(part, line, record)
    return record, end


def _check_escapes(part: Part, line: int, record: Record) -> None:
    for name, value in record.items():
        for text in (name, value):
            if isinstance(text, str) and ("\0" in text or not _has_bytes(text)):
                what = f"the field {shown(name)} holds a character that no text has"
                raise bad_record(part, line, what, "Remove \\u0000 and halves of \\u pairs.")


def _has_bytes(text: str) -> bool:
    """Half of a surrogate pair has none in UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def bad_record(part: Part, line: int, what: str, remedy: str, column: str | None = None) -> Refused:
    """The refusal of a record, naming its line."""
    message = f"{part.name}, line {line}: {what}."
    return Refused("bad-record", message, remedy=remedy, line=line, column=column)
