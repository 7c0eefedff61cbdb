"""Whether the column to predict can be learnt at all: it has values, and they differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sluice.contracts import tasks
from sluice.contracts.dataset import Finding
from sluice.contracts.spec import Spec
from sluice.validation.findings.facts import MeasuredRows, StoredRows
from sluice.validation.findings.lookalikes import IN_QUOTES
from sluice.validation.findings.mixed import mixed_target
from sluice.validation.purpose.task import may_lack
from sluice.validation.refusals import Refused
from sluice.validation.remedies import column_line
from sluice.validation.rows.columns import TypedColumn
from sluice.validation.rows.table import first_row
from sluice.validation.wording import shown

FEW_CLASSES: Final = 20
"""Up to so many different values, numbers with some text among them may be classes."""


def require_values(rows: StoredRows, target: TypedColumn, spec: Spec) -> None:
    """Refuse a target that some rows lack, unless they are meant to."""
    con, raw, data = rows.con, rows.source, rows.table
    lacking = data.rows - target.present
    if not lacking or may_lack(target, data.rows, spec):
        return
    row, _ = first_row(con, data, f"{target.id} IS NULL", target)
    where, line = raw.place(row)
    share = "every row" if not target.present else f"{lacking:,} of {data.rows:,} rows"
    raise Refused(
        "missing-target",
        f"{where}: the target {shown(target.name)} is missing here, and in {share} in all."
        if lacking > 1
        else f"{where}: the target {shown(target.name)} is missing here.",
        remedy="Fill it in, remove these rows, write `task: semi-supervised` in sluice.yaml to "
        "learn from them too, or name another target."
        if target.present
        else "Fill it in, or name another target in sluice.yaml.",
        column=target.name,
        line=line,
    )


def require_variety(name: str, rows: MeasuredRows, target: TypedColumn) -> None:
    """Refuse a target that is the same in all rows."""
    if rows.summaries[target.id].distinct > 1:
        return
    every = rows.table.rows
    where = f"all {every:,} rows" if target.present == every else "all rows that have one"
    raise Refused(
        "constant-target",
        f"{name}: the target {shown(target.name)} has the same value in {where}, so there is "
        "nothing to learn.",
        remedy="Drop rows with other values too, or name another target in sluice.yaml.",
        column=target.name,
    )


def refuse_mixed(rows: MeasuredRows, target: TypedColumn, spec: Spec) -> None:
    """Refuse a target of numbers with some text among them, unless it may be one of classes."""
    is_asked_for = spec.task == tasks.CLASSIFICATION.name
    if target.odd and rows.summaries[target.id].distinct > FEW_CLASSES and not is_asked_for:
        raise mixed_target(rows, target, target.odd)


def refuse_quoted(
    rows: MeasuredRows, target: TypedColumn, spec: Spec, findings: Sequence[Finding]
) -> None:
    """Refuse a target of numbers that are written as texts: as classes they would be too many."""
    said = any(f.code == IN_QUOTES and f.column == target.name for f in findings)
    is_asked_for = spec.task == tasks.CLASSIFICATION.name
    if said and rows.summaries[target.id].distinct > FEW_CLASSES and not is_asked_for:
        raise Refused(
            "target-in-quotes",
            f"{rows.source.parts[0].name}: the target {shown(target.name)} holds numbers that are "
            "written as texts.",
            remedy=f"State that they are numbers: {column_line(target.name, type='number')}.",
            column=target.name,
        )
