"""What each column is, for schema.json: its type, its range, its values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sluice.contracts.dataset import Column
from sluice.contracts.spec import Spec
from sluice.validation.findings.facts import MeasuredRows
from sluice.validation.findings.stated import stated_type
from sluice.validation.profile.association import Entry
from sluice.validation.profile.measure import Measures
from sluice.validation.profile.schema import column_type, described
from sluice.validation.purpose.target import Counts


@dataclass(frozen=True, kw_only=True, slots=True)
class DescribedColumns:
    """All columns of a drop."""

    entries: tuple[Entry, ...]
    counts: Mapping[str, Counts]
    """How often each value occurs, of columns that have few and of the target's classes; by SQL
    name."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """As `schema.json` has them."""
        return tuple(column for _, column, _ in self.entries)


def describe(
    rows: MeasuredRows, measured: Measures, spec: Spec, *, is_classes: bool
) -> DescribedColumns:
    """Describe each column; `is_classes` tells whether the target is one of classes.

    Raises `Refused` where sluice.yaml states a category of too many values.
    """
    goal, summaries, table = rows.goal, rows.summaries, rows.table
    kinds = {
        column.id: column_type(column, summaries[column.id], is_target=column is goal)
        for column in table.columns
    }
    for column in table.columns:
        if column is not goal:
            summary, found = summaries[column.id], kinds[column.id]
            kinds[column.id] = stated_type(column, summary, found, spec.contract)
    counts = {
        column.id: measured.counts(rows.con, table, column)
        for column in table.columns
        if kinds[column.id] in ("category", "boolean") or (is_classes and column is goal)
    }
    entries = []
    for column in table.columns:
        summary, kind = summaries[column.id], kinds[column.id]
        values = tuple(str(value) for value, _ in counts.get(column.id, ()))
        as_found = described(column, summary, kind, table.rows, values)
        if column.name in spec.exclude:
            as_found = as_found.model_copy(update={"excluded": True})
        entries.append((column, as_found, summary))
    return DescribedColumns(entries=tuple(entries), counts=counts)
