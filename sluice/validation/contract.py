"""A drop held against the model's last accepted schema: what changed, as warnings.

Whether a change needs a person is the gate's to decide; this only makes it seen early.
"""

from __future__ import annotations

from sluice.contracts.dataset import Column, Finding, Schema
from sluice.validation.findings import listed, shown


def changes(previous: Schema, current: Schema) -> list[Finding]:
    """One warning for each way in which `current` differs from `previous`."""
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
    return sorted(findings, key=lambda finding: (finding.code, finding.column or ""))


def _column_changes(before: Column, now: Column) -> list[Finding]:
    if before.type != now.type:
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
