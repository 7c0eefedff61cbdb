"""Holding parsed rows against a signature: every fault with its row and column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from sluice.contracts.prediction import Signature, SignatureColumn
from sluice.requests.parsing import check_count
from sluice.requests.refusing import MAX_PROBLEMS, Problem, printable, refuse_if
from sluice.requests.values import EXPECTED, faults, typed


@dataclass(frozen=True, kw_only=True, slots=True)
class Instances:
    """The rows of one accepted request, by column, as `features.Encoder` takes them.

    None stands for a missing value. Numbers are int or float and finite, categories are str,
    booleans are bool, dates and timestamps are ISO 8601 text.
    """

    rows: int
    columns: dict[str, list[Any]]


def check_objects(instances: list[dict[str, Any]], signature: Signature) -> Instances:
    """JSON rows as `Instances`; an unknown, absent or ill-typed column refuses them."""
    known = {column.name for column in signature.columns}
    problems: list[Problem] = []
    for row, instance in enumerate(instances):
        if instance.keys() == known:
            continue
        problems += [_unknown(row, name, known) for name in _first_not_in(known, instance)]
        for column in signature.columns:
            if column.name not in instance and not column.nullable:
                problems.append(_absent(row, column))
        if len(problems) > MAX_PROBLEMS:
            break
    columns: dict[str, list[Any]] = {}
    for column in signature.columns:
        values = [instance.get(column.name) for instance in instances]
        columns[column.name] = values
        # An absent column is reported above; here only what stands in the row counts.
        problems += faults(column, values, partial(_states, instances, column.name))
    refuse_if(problems)
    return Instances(rows=len(instances), columns=columns)


def _states(instances: list[dict[str, Any]], name: str, row: int) -> bool:
    return name in instances[row]


def check_table(lines: list[list[str]], signature: Signature) -> Instances:
    """A CSV header and its rows as `Instances`; an empty cell is a missing value."""
    header, rows = lines[0], lines[1:]
    check_count(len(rows))
    known = {column.name for column in signature.columns}
    problems: list[Problem] = []
    problems += [_unknown(None, name, known) for name in _first_not_in(known, header)]
    counts = Counter(header)
    for column in signature.columns:
        if counts[column.name] > 1:
            detail = "The header names this column more than once."
            problems.append({"row": None, "column": column.name, "detail": detail})
        elif column.name not in counts and not column.nullable:
            problems.append(_absent(None, column))
    for row, line in enumerate(rows):
        if len(line) != len(header):
            detail = f"The row has {len(line)} values; the header has {len(header)}."
            problems.append({"row": row, "column": None, "detail": detail})
    refuse_if(problems)
    columns: dict[str, list[Any]] = {}
    positions = {name: position for position, name in enumerate(header)}
    for column in signature.columns:
        position = positions.get(column.name)
        if position is not None:
            values = [typed(column, line[position]) for line in rows]
            problems += faults(column, values, lambda _: True)
        else:
            values = [None] * len(rows)
        columns[column.name] = values
    refuse_if(problems)
    return Instances(rows=len(rows), columns=columns)


def _first_not_in(known: Collection[str], names: Iterable[str]) -> Iterator[str]:
    return islice((name for name in names if name not in known), MAX_PROBLEMS)


def _unknown(row: int | None, name: str, known: Collection[str]) -> Problem:
    names = sorted(known)
    listed = ", ".join(names[:10]) + (", …" if len(names) > 10 else "")
    detail = f"The model has no such column; it has {listed}."
    return {"row": row, "column": printable(name[:200]), "detail": detail}


def _absent(row: int | None, column: SignatureColumn) -> Problem:
    expected = EXPECTED[column.type][1] if column.type in EXPECTED else f"an {column.type}"
    detail = f"The column is absent; the model needs {expected}."
    return {"row": row, "column": column.name, "detail": detail}
