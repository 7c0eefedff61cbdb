"""What moved in one column since the last drop: its range, its share of missing values, its
distribution. Each is a finding; none refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sluice.contracts.dataset import Finding, Severity
from sluice.validation.profile.association import Entry
from sluice.validation.profile.measure import QUANTILES
from sluice.validation.profile.shift import MOVED_FAR, Shift
from sluice.validation.wording import number, shown

FAR: Final = 3.0
"""A value lies far outside where it is so many widths of the last range away from it; long-tailed
data brings values one or two widths away by itself."""
MORE_MISSING: Final = 0.1
"""So much larger a share of missing values is a jump, not a trickle."""
FIRST_MISSING: Final = 0.01


def moves(
    old: Mapping[str, Any], old_rows: int, entry: Entry, rows: int, shift: Shift | None
) -> list[Finding]:
    """All that is to be said of a column that both drops have."""
    return [*_missing(old, old_rows, entry, rows), *_range(old, entry), *_shift(old, entry, shift)]


def _missing(old: Mapping[str, Any], old_rows: int, entry: Entry, rows: int) -> list[Finding]:
    _, column, summary = entry
    before, now = old["missing"] / old_rows, 1 - summary.present / rows
    if now - before >= MORE_MISSING:
        severity: Severity = "warn"
    elif not before and now >= FIRST_MISSING:
        severity = "note"
    else:
        return []
    return [
        Finding(
            severity=severity,
            code="more-missing",
            message=f"Column {shown(column.name)} has no value in {now:.1%} of the rows; in the "
            f"last drop in {before:.1%}.",
            remedy="Check how it was exported.",
            column=column.name,
        )
    ]


def _range(old: Mapping[str, Any], entry: Entry) -> list[Finding]:
    _, column, summary = entry
    if not {old["type"], column.type} <= {"integer", "number"} or not summary.present:
        return []
    low, high = old["min"], old["max"]
    if low is None or high is None or low == high:
        return []
    reach = FAR * (float(high) - float(low))
    outside = [
        (edge, value)
        for edge, value, is_far in (
            ("lowest", summary.min, float(summary.min) < float(low) - reach),
            ("highest", summary.max, float(summary.max) > float(high) + reach),
        )
        if is_far
    ]
    if not outside:
        return []
    values = " and ".join(f"its {edge} value is {number(value)}" for edge, value in outside)
    return [
        Finding(
            severity="warn",
            code="far-outside",
            message=f"Column {shown(column.name)} leaves the range of the last drop by far: "
            f"{values}; it went from {number(low)} to {number(high)}.",
            remedy="Check its unit and the outermost rows; `range` under `schema` in sluice.yaml "
            "refuses such values.",
            column=column.name,
        )
    ]


def _shift(old: Mapping[str, Any], entry: Entry, shift: Shift | None) -> list[Finding]:
    if shift is None or not shift.has_moved:
        return []
    _, column, summary = entry
    if shift.values:
        value, before, now = shift.most_moved()
        what = f"{shown(value) if value in shift.values[:-1] else value} {now:.1%} of the values"
        evidence = f"{what}, then {before:.1%}"
    elif summary.quantiles and "quantiles" in old:
        median = summary.quantiles[QUANTILES.index(0.5)]
        evidence = f"median {number(median)}, then {number(old['quantiles']['0.5'])}"
    else:
        evidence = f"from {number(summary.min)} to {number(summary.max)}"
    return [
        Finding(
            severity="warn" if shift.psi >= MOVED_FAR else "note",
            code="shifted-distribution",
            message=f"The values of column {shown(column.name)} are spread otherwise than in the "
            f"last drop: {evidence} (PSI {shift.psi:.2f}).",
            remedy="Nothing, if the world has changed so; else check how it was exported.",
            column=column.name,
        )
    ]
