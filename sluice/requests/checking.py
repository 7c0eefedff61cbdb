"""Holding parsed rows against a signature: every fault with its row and column."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, Final

from sluice.cells import trimmed
from sluice.contracts.errors import RequestRefused
from sluice.contracts.prediction import Signature, SignatureColumn
from sluice.requests.parsing import check_count
from sluice.requests.refusing import MAX_PROBLEMS, Problem, printable, refuse_if
from sluice.requests.values import expected, read_column

_LONGEST_LINE: Final = 4000
"""Characters of a header that a refusal shows: to be copied, it has to be whole."""
_OTHER_DELIMITERS: Final = (";", "\t", "|")


@dataclass(frozen=True, kw_only=True, slots=True)
class Instances:
    """The rows of one accepted request, by column, as models take them.

    None stands for a missing value. Numbers are int or float and finite, categories are str,
    booleans are bool, dates and timestamps are ISO 8601 text.
    """

    rows: int
    columns: dict[str, list[Any]]
    read_past: tuple[str, ...] = ()
    """Columns that the request holds, the data had, and the model does not look at."""


def check_objects(instances: list[dict[str, Any]], signature: Signature) -> Instances:
    """JSON rows as `Instances`; an unknown, absent or ill-typed column refuses them."""
    columns = {column.name: column for column in signature.columns}
    expecting = columns.keys()
    problems: list[Problem] = []
    past: dict[str, None] = {}
    forms = _forms(signature)
    for row, instance in enumerate(instances):
        if instance.keys() == expecting:
            continue
        if forms and not all(map(str.isascii, instance)):
            instance = {_known_as(name, forms): value for name, value in instance.items()}
            instances[row] = instance
        problems += _strangers(row, instance, signature, columns, past)
        for column in signature.columns:
            if column.name not in instance and not column.nullable:
                problems.append(_absent(row, column))
        if len(problems) > MAX_PROBLEMS:
            break
    read: dict[str, list[Any]] = {}
    for name, column in columns.items():
        values = [instance.get(name) for instance in instances]
        # An absent column is reported above; here only what stands in the row counts.
        is_stated = partial(_states, instances, name)
        read[name], found = read_column(column, signature, values, is_stated)
        problems += found
    refuse_if(problems)
    return Instances(rows=len(instances), columns=read, read_past=tuple(past))


def _forms(signature: Signature) -> dict[str, str]:
    """The names that are not plain ASCII, by their composed letters: a caller may write the same
    name in others."""
    names = [*(c.name for c in signature.columns), *signature.read_past, signature.target]
    return {trimmed(name): name for name in names if not name.isascii()}


def _known_as(name: str, forms: Mapping[str, str]) -> str:
    return name if name.isascii() else forms.get(trimmed(name), name)


def _states(instances: list[dict[str, Any]], name: str, row: int) -> bool:
    return name in instances[row]


def check_table(lines: list[list[str]], signature: Signature) -> Instances:
    """A CSV header and its rows as `Instances`; an empty cell is a missing value."""
    forms = _forms(signature)
    header, rows = [_known_as(name, forms) for name in lines[0]], lines[1:]
    columns = {column.name: column for column in signature.columns}
    _require_header(header, signature)
    check_count(len(rows))
    past: dict[str, None] = {}
    problems = _strangers(None, header, signature, columns, past)
    counts = Counter(header)
    for name, column in columns.items():
        if counts[name] > 1:
            detail = "The header names this column more than once."
            problems.append({"row": None, "column": name, "detail": detail})
        elif name not in counts and not column.nullable:
            problems.append(_absent(None, column))
    for row, line in enumerate(rows):
        if len(line) != len(header):
            detail = f"The row has {len(line)} values; the header has {len(header)}."
            problems.append({"row": row, "column": None, "detail": detail})
    refuse_if(problems)
    read: dict[str, list[Any]] = {}
    positions = {name: position for position, name in enumerate(header)}
    for name, column in columns.items():
        position = positions.get(name)
        if position is None:
            read[name] = [None] * len(rows)
            continue
        values = [line[position] for line in rows]
        read[name], found = read_column(column, signature, values, lambda _: True)
        problems += found
    refuse_if(problems)
    return Instances(rows=len(rows), columns=read, read_past=tuple(past))


def _require_header(header: list[str], signature: Signature) -> None:
    """Refuse a first line that is no header of this model: rows without one, other delimiters."""
    names = [column.name for column in signature.columns]
    known = {*names, *signature.read_past, signature.target}
    folded = {name.casefold() for name in known}
    if not names or any(name.strip().casefold() in folded for name in header):
        return
    for other in _OTHER_DELIMITERS:
        if len(header) == 1 and set(header[0].split(other)) & set(names):
            mark = "tabs" if other == "\t" else f"`{other}`"
            raise RequestRefused(
                422,
                f"The values are separated by {mark}; a CSV request has commas.",
                remedy=f"Begin with the line {_line(names)}",
            )
    raise RequestRefused(
        422,
        "The first line is read as the header, and this one names no column of the model.",
        remedy=f"Begin with the line {_line(names)}",
    )


def _line(names: list[str]) -> str:
    """The header that is wanted, as CSV writes it."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(names)
    line = out.getvalue()
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}…"


def _strangers(
    row: int | None,
    names: Iterable[str],
    signature: Signature,
    columns: Mapping[str, SignatureColumn],
    past: dict[str, None],
) -> list[Problem]:
    """Problems with names that are no columns of the model; those that are read past go to
    `past`, each once."""

    def found() -> Iterator[Problem]:
        for name in names:
            if name in columns:
                continue
            if name in signature.read_past:
                past[name] = None
            elif name == signature.target:
                detail = f"`{name}` is the target; leave it out."
                yield {"row": row, "column": name, "detail": detail}
            else:
                yield _unknown(row, name, sorted(columns))

    return list(islice(found(), MAX_PROBLEMS))


def _unknown(row: int | None, name: str, known: list[str]) -> Problem:
    listed = ", ".join(known[:10]) + (", …" if len(known) > 10 else "")
    detail = f"The model has no such column; it has {listed}."
    return {"row": row, "column": printable(name[:200]), "detail": detail}


def _absent(row: int | None, column: SignatureColumn) -> Problem:
    detail = f"The column is absent; the model needs {expected(column)}."
    return {"row": row, "column": column.name, "detail": detail}
