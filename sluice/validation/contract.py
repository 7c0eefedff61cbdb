"""A drop held against the model's last accepted schema: what it adds is warned of, what it breaks
is refused.

A column that is gone, of another type, or no longer the target takes the predictions away from
whoever calls the model; only `schema: {evolve: true}` says that this is meant.
"""

from __future__ import annotations

from typing import Final

from sluice.contracts.dataset import Column, Finding, Schema
from sluice.validation.findings import Refused, counted, listed, shown

BREAKING: Final = ("target-changed", "column-removed", "column-retyped")
"""Changes that are refused unless sluice.yaml accepts them; the first found is named."""

_NUMBERS = {"integer", "number"}
"""Whole numbers become others with one more row; no caller minds."""


def changes(source: str, previous: Schema, current: Schema, *, evolve: bool) -> list[Finding]:
    """One warning for each way in which `current` differs from `previous`.

    Raises `Refused` where one of them is `BREAKING` and not to `evolve`.
    """
    found = sorted(_changes(previous, current), key=lambda f: (f.code, f.column or ""))
    breaking = sorted(
        (f for f in found if f.code in BREAKING), key=lambda f: BREAKING.index(f.code)
    )
    if evolve or not breaking:
        return found
    first, more = breaking[0], len(breaking) - 1
    others = f" There {'is' if more == 1 else 'are'} {counted(more, 'more change')} like it."
    raise Refused(
        first.code,
        f"{source}: {first.message[0].lower()}{first.message[1:]}{others if more else ''}",
        remedy="Correct the export; if the change is meant, write `schema: {evolve: true}` in "
        "sluice.yaml.",
        column=first.column,
    )


def _changes(previous: Schema, current: Schema) -> list[Finding]:
    before = {column.name: column for column in previous.columns}
    now = {column.name: column for column in current.columns}
    findings = [
        _changed("column-removed", name, f"Column {shown(name)} of the last drop is gone.")
        for name in before.keys() - now.keys()
    ]
    findings += [
        _changed("column-added", name, f"Column {shown(name)} was not in the last drop.")
        for name in now.keys() - before.keys()
    ]
    for name in before.keys() & now.keys():
        findings += _column_changes(before[name], now[name])
    old, new = previous.target, current.target
    if old and new and old.name != new.name:
        what = f"The target is {shown(new.name)}; in the last drop it was {shown(old.name)}."
        findings.append(_changed("target-changed", new.name, what))
    elif old and new and old.classes != new.classes:
        what = f"The classes of {shown(new.name)} are not those of the last drop."
        findings.append(_changed("classes-changed", new.name, what))
    return findings


def _column_changes(before: Column, now: Column) -> list[Finding]:
    if before.type != now.type and not {before.type, now.type} <= _NUMBERS:
        what = f"Column {shown(now.name)} is of type {now.type}; in the last drop {before.type}."
        return [_changed("column-retyped", now.name, what)]
    new = [value for value in now.allowed or () if value not in set(before.allowed or ())]
    if new:
        what = f"Column {shown(now.name)} has values the last drop had not: {listed(new)}."
        return [_changed("new-categories", now.name, what)]
    return []


def _changed(code: str, column: str, message: str) -> Finding:
    return Finding(
        severity="warn",
        code=code,
        message=message,
        remedy="Nothing, if it is meant; else correct the export.",
        column=column,
    )
