"""Which values a column of each type takes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Final

from sluice.contracts.prediction import SignatureColumn
from sluice.requests.refusing import MAX_PROBLEMS, SHOWN, Problem, shown

EXPECTED: Final[dict[str, tuple[frozenset[type], str]]] = {
    "integer": (frozenset({int}), "a whole number"),
    "number": (frozenset({int, float}), "a number"),
    "boolean": (frozenset({bool}), "true or false"),
    "category": (frozenset({str}), "text"),
    "date": (frozenset(), "a date such as 2026-11-20"),
    "timestamp": (frozenset(), "a time such as 2026-11-20T08:30:00"),
}


def typed(column: SignatureColumn, text: str) -> Any:
    """The value that a CSV cell stands for; the text itself where it is none of the type."""
    if text == "":
        return None
    if column.type in ("integer", "number"):
        try:
            return int(text) if column.type == "integer" and text.isdecimal() else _float(text)
        except ValueError:
            return text
    if column.type == "boolean":
        return {"true": True, "false": False}.get(text.strip().lower(), text)
    return text


def _float(text: str) -> float:
    if "_" in text:
        raise ValueError(text)
    return float(text)


def faults(
    column: SignatureColumn, values: Sequence[Any], stated: Callable[[int], bool]
) -> list[Problem]:
    """What is wrong with one column's values; a glance at their types spares most the walk."""
    if column.type not in EXPECTED:
        raise NotImplementedError(
            f"Column {column.name!r}: predictions from {column.type} columns are not there yet."
        )
    good, expected = EXPECTED[column.type]
    if set(map(type, values)) <= good and _all_finite(values):
        return []
    problems: list[Problem] = []
    for row, value in enumerate(values):
        if value is None:
            if column.nullable or not stated(row):
                continue
            detail = f"The value is missing; training never saw that here. Send {expected}."
        elif _fits(column.type, value):
            continue
        else:
            detail = f"{shown(value)} is not {expected}."
        problems.append({"row": row, "column": column.name, "detail": detail})
        if len(problems) > MAX_PROBLEMS:
            break
    return problems


def _all_finite(values: Sequence[Any]) -> bool:
    """Whether all numbers among values of one type are within a double's range."""
    if isinstance(values[0], str):
        return True
    try:
        return all(map(math.isfinite, values))
    except OverflowError:
        return False


def _fits(kind: str, value: Any) -> bool:
    """Whether `value`, not None, is a value of the column type `kind`."""
    if kind in ("integer", "number"):
        if type(value) is float:
            return math.isfinite(value) and (kind == "number" or value.is_integer())
        # Beyond a double's range an integer cannot be a feature.
        return type(value) is int and value.bit_length() < 1024
    if kind in ("date", "timestamp"):
        return type(value) is str and _is_iso(kind, value)
    return type(value) in EXPECTED[kind][0]


def _is_iso(kind: str, text: str) -> bool:
    if len(text) > SHOWN:
        return False
    try:
        if kind == "date":
            date.fromisoformat(text)
        else:
            datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
