"""A drop held against the model's last accepted one: what it adds is warned of, what it breaks is
refused.

A column that is gone, renamed, of another type, or no longer the target takes the predictions away
from whoever calls the model; only `schema: {evolve: true}` says that this is meant. Values that
moved are never refused: the world may change, but somebody should know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sluice.contracts.dataset import Column, Finding, Scalar, Schema
from sluice.contracts.spec import Spec
from sluice.validation.findings.facts import DescribedRows
from sluice.validation.findings.moves import moves
from sluice.validation.profile.association import Entry
from sluice.validation.profile.drop_shift import shifts
from sluice.validation.refusals import Refused
from sluice.validation.rows.table import Table
from sluice.validation.wording import counted, listed, shown

if TYPE_CHECKING:
    import duckdb

BREAKING: Final = ("target-changed", "column-renamed", "column-removed", "column-retyped")
"""Changes that are refused unless sluice.yaml accepts them; the first found is named."""
MOST_RENAMED: Final = 20
"""Beyond so many columns that are gone, or new, it is another table, and not a renamed one."""

_NUMBERS = {"integer", "number"}
"""Whole numbers become others with one more row; no caller minds."""

Counts = Mapping[str, Sequence[tuple[Scalar, int]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Last:
    """The model's last accepted drop."""

    schema: Schema
    profile: Mapping[str, Any] | None = None


def held_against(
    rows: DescribedRows,
    source: str,
    last: Last,
    now: Schema,
    counts: Counts,
    *,
    spec: Spec,
) -> list[Finding]:
    """What differs from the last drop; `counts` are the values of this one's, by SQL name.

    Raises `Refused` where something is `BREAKING`, and sluice.yaml does not say that it is meant:
    by `evolve`, or, of another target, by naming it.
    """
    con, data = rows.con, rows.table
    entries = {entry[1].name: entry for entry in rows.entries}
    before = {column.name: column for column in last.schema.columns}
    known = last.profile["columns"] if last.profile else {}
    renamed = _renamed(con, data, before, entries, known, counts)
    found = _changes(last.schema, now, renamed)
    found += _new_values(before, entries, counts)
    both = [name for name in before if name in entries and name in known]
    moved = shifts(data, [(known[name], entries[name]) for name in both], counts)
    for name, shift in zip(both, moved, strict=True):
        if last.profile:
            found += moves(known[name], last.profile["rows"], entries[name], data.rows, shift)
    found.sort(key=lambda finding: (finding.code, finding.column or ""))
    if not spec.contract.evolve:
        named = {"target-changed"} if spec.target not in ("auto", None) else set()
        _refuse_breaking(source, [f for f in found if f.code not in named])
    return found


def _refuse_breaking(source: str, found: Sequence[Finding]) -> None:
    breaking = sorted(
        (f for f in found if f.code in BREAKING), key=lambda f: BREAKING.index(f.code)
    )
    if not breaking:
        return
    first, more = breaking[0], len(breaking) - 1
    others = f" There {'is' if more == 1 else 'are'} {counted(more, 'more change')} like it."
    raise Refused(
        first.code,
        f"{source}: {first.message[0].lower()}{first.message[1:]}{others if more else ''}",
        remedy="Correct the export; if the change is meant, write `schema: {evolve: true}` in "
        "sluice.yaml.",
        column=first.column,
    )


def _renamed(
    con: duckdb.DuckDBPyConnection,
    data: Table,
    before: Mapping[str, Column],
    now: Mapping[str, Entry],
    known: Mapping[str, Any],
    counts: Counts,
) -> dict[str, str]:
    """Old name -> new name of the columns that go on under another, as far as values can tell.

    Each must be alike to exactly one: two alike columns that were both renamed stay a riddle.
    """
    gone = [name for name in before if name not in now and name in known]
    new = [name for name in now if name not in before]
    if len(gone) > MOST_RENAMED or len(new) > MOST_RENAMED:
        return {}
    tried = [(old, name) for old in gone for name in new]
    found = shifts(data, [(known[old], now[name]) for old, name in tried], counts)
    alike = [pair for pair, s in zip(tried, found, strict=True) if s is not None and s.is_alike]
    olds, news = [old for old, _ in alike], [name for _, name in alike]
    return {old: name for old, name in alike if olds.count(old) == news.count(name) == 1}


def _changes(previous: Schema, current: Schema, renamed: Mapping[str, str]) -> list[Finding]:
    before = {column.name: column for column in previous.columns}
    now = {column.name: column for column in current.columns}
    findings = [
        _changed(
            "column-renamed",
            new,
            f"Column {shown(old)} of the last drop is gone, and {shown(new)}, which is new, holds "
            "values like it: it seems renamed.",
        )
        for old, new in renamed.items()
    ]
    findings += [
        _changed("column-removed", name, f"Column {shown(name)} of the last drop is gone.")
        for name in before.keys() - now.keys() - renamed.keys()
    ]
    findings += [
        _changed("column-added", name, f"Column {shown(name)} was not in the last drop.")
        for name in now.keys() - before.keys() - set(renamed.values())
    ]
    for name in before.keys() & now.keys():
        was, is_now = before[name].type, now[name].type
        if was != is_now and not {was, is_now} <= _NUMBERS:
            what = f"Column {shown(name)} is of type {is_now}; in the last drop {was}."
            findings.append(_changed("column-retyped", name, what))
    old, new = previous.target, current.target
    names = [shown(target.name) if target else "none" for target in (new, old)]
    if names[0] != names[1]:
        what = f"The target is {names[0]}; in the last drop it was {names[1]}."
        findings.append(_changed("target-changed", new.name if new else None, what))
    elif old and new and old.classes != new.classes:
        what = f"The classes of {shown(new.name)} are not those of the last drop."
        findings.append(_changed("classes-changed", new.name, what))
    return findings


def _new_values(
    before: Mapping[str, Column], now: Mapping[str, Entry], counts: Counts
) -> list[Finding]:
    """Categories that the last drop did not have, and how many rows they are in."""
    found = []
    for name, (typed, column, summary) in now.items():
        if name not in before or not column.type == before[name].type == "category":
            continue
        known = set(before[name].allowed or ())
        new = [(str(value), n) for value, n in counts.get(typed.id, ()) if str(value) not in known]
        if new:
            share = sum(n for _, n in new) / summary.present
            what = f"Column {shown(name)} has values the last drop had not, {share:.1%} of all: "
            what += f"{listed([value for value, _ in new])}."
            found.append(_changed("new-categories", name, what))
    return found


def _changed(code: str, column: str | None, message: str) -> Finding:
    return Finding(
        severity="warn",
        code=code,
        message=message,
        remedy="Nothing, if it is meant; else correct the export.",
        column=column,
    )
