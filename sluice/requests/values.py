"""What the cells of a column are: each read by `sluice.cells`, or a problem that names it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

from sluice.cells import Cell, Misread
from sluice.contracts.dataset import PLAIN
from sluice.contracts.prediction import Signature, SignatureColumn
from sluice.requests.refusing import MAX_PROBLEMS, Problem, has_half_surrogate, shown

_NATIVE: Final[dict[str, frozenset[type]]] = {
    "integer": frozenset({int}),
    "number": frozenset({int, float}),
    "boolean": frozenset({bool}),
}
"""Types whose values are cells already, numbers where they are finite: a glance at them spares a
walk over the rows."""
_WORDS: Final = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "category": "text",
    "date": "a date",
    "timestamp": "a time",
}
_EXAMPLES: Final = {"date": "2026-11-20", "timestamp": "2026-11-20T08:30:00"}


def expected(column: SignatureColumn) -> str:
    """What a column takes, for a sentence: `a whole number`, `a date written as %d/%m/%Y`."""
    if column.type not in _WORDS:
        raise NotImplementedError(
            f"Column {column.name!r}: predictions from {column.type} columns are not there yet."
        )
    words = _WORDS[column.type]
    if column.reading and column.reading.format:
        return f"{words} written as {column.reading.format}"
    if example := _EXAMPLES.get(column.type):
        return f"{words} such as {example}"
    return words


def read_column(
    column: SignatureColumn,
    signature: Signature,
    values: Sequence[Any],
    is_stated: Callable[[int], bool],
) -> tuple[list[Any], list[Problem]]:
    """The values of one column's cells, None where missing, and what is wrong with them.

    `is_stated` tells of a row whether it holds the column at all.
    """
    wanted = expected(column)
    problems: list[Problem] = []
    types = set(map(type, values))
    if types <= _NATIVE.get(column.type, frozenset()) and _all_finite(values):
        return list(values), problems
    cell = Cell(type=column.type, reading=column.reading or PLAIN, missing=signature.missing)
    if types <= {str} and column.type == "category":
        # Few different texts stand in many rows.
        known = {text: cell.of_text(text) for text in set(values)}
        read = [known[text] for text in values]
        if None not in read and not any(map(has_half_surrogate, known)):
            return read, problems
    read = []
    for row, value in enumerate(values):
        found, fault = _read(cell, value, wanted)
        read.append(found)
        if not fault and found is None and not column.nullable and is_stated(row):
            fault = f"The value is missing; training never saw that here. Send {wanted}."
        if fault:
            problems.append({"row": row, "column": column.name, "detail": fault})
            if len(problems) > MAX_PROBLEMS:
                break
    return read, problems


def _read(cell: Cell, value: Any, wanted: str) -> tuple[Any, str]:
    if isinstance(value, str) and has_half_surrogate(value):
        return None, f"{shown(value)} holds half of a surrogate pair, which is no character."
    try:
        return cell.read(value), ""
    except Misread:
        pass
    if isinstance(value, float) and not math.isfinite(value):
        return None, "The number is beyond the range of a double."
    return None, f"{shown(value)} is not {wanted}."


def _all_finite(values: Sequence[Any]) -> bool:
    """Whether all numbers among values of one type are within a double's range."""
    try:
        return all(map(math.isfinite, values))
    except (OverflowError, TypeError):
        return False
