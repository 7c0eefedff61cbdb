"""Whether the column to predict can be learnt at all: it has values, and they differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sluice.cells import MISSING
from sluice.contracts import tasks
from sluice.contracts.dataset import Finding
from sluice.contracts.spec import Spec
from sluice.contracts.spec_lines import column_line
from sluice.validation.findings.facts import MeasuredRows, StoredRows
from sluice.validation.findings.lookalikes import IN_QUOTES
from sluice.validation.findings.mixed import mixed_target
from sluice.validation.findings.spellings import may_state_missing, missing_line
from sluice.validation.findings.units import NEARLY, TOO_LONG, has_unit
from sluice.validation.purpose.task import may_lack
from sluice.validation.refusals import Refused
from sluice.validation.remedies import another_target
from sluice.validation.rows.columns import TypedColumn
from sluice.validation.rows.table import first_row, first_rows
from sluice.validation.wording import listed, shown

_NONE: Final = "None"
"""As Python writes a missing value, and people a class."""
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
        remedy=f"Fill it in{_learn_from_them(target)}, or "
        f"{another_target(raw.names, target.name)}.",
        column=target.name,
        line=line,
    )


def refuse_lost_class(rows: StoredRows, target: TypedColumn, spec: Spec) -> None:
    """Refuse a target whose only missing values are spelled None, which as well is a class: nothing
    tells the one from the other, and the rows of it would be lost, or learnt from as unlabelled."""
    source = rows.source
    lacking = rows.table.rows - target.present
    is_stated = "missing" in source.dialect.get("stated", ())
    is_stated |= spec.task == tasks.SEMI_SUPERVISED.name
    if is_stated or target.storage != "VARCHAR" or not 0 < lacking == target.spelled:
        return
    texts = [row[target.place].strip() for row in source.sample if len(row) == len(source.names)]
    if {text for text in texts if text in ("", *MISSING)} != {_NONE}:
        return
    others = [c for c in rows.table.columns if c is not target and c.spelled]
    without = "if these rows have no target, leave them out"
    if tasks.SEMI_SUPERVISED.learner:
        without = "if these rows have no target, write `task: semi-supervised` in sluice.yaml"
    kept = [spelling for spelling in MISSING if spelling != _NONE] if others else []
    raise Refused(
        "class-or-missing",
        f"{source.place(1).text.rsplit(',', 1)[0]}: {lacking:,} of {rows.table.rows:,} rows have "
        f"the target {shown(target.name)} {_NONE}, which is read as missing, and may be a class.",
        remedy=f"If it is a class, write `{missing_line(kept)}` in sluice.yaml; {without}."
        if may_state_missing(source)
        else f"If it is a class, spell it otherwise; {without}.",
        column=target.name,
    )


def _learn_from_them(target: TypedColumn) -> str:
    if not target.present:
        return ""
    learnt = tasks.SEMI_SUPERVISED.learner is not None
    more = ", write `task: semi-supervised` in sluice.yaml to learn from them too" if learnt else ""
    return f", remove these rows{more}"


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
        remedy="Drop rows with other values too, or "
        f"{another_target(rows.source.names, target.name)}.",
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


def refuse_with_unit(rows: MeasuredRows, target: TypedColumn, spec: Spec) -> None:
    """Refuse a target of numbers that carry a unit, which nothing here reads: 136k, 5 kg, $3 and
    €4 in turn."""
    is_asked_for = spec.task == tasks.CLASSIFICATION.name
    if target.storage != "VARCHAR" or target.kind or is_asked_for:
        return
    if rows.summaries[target.id].distinct <= FEW_CLASSES:
        return
    first = [value for (value,) in first_rows(rows.con, rows.table, [target], 200, TOO_LONG)]
    values = [value for value in first if value is not None]
    if values and sum(map(has_unit, values)) >= NEARLY * len(values):
        raise Refused(
            "target-with-unit",
            f"{rows.source.parts[0].name}: the target {shown(target.name)} holds numbers with a "
            f"unit, such as {listed(sorted(set(values)), 3)}, which are read as text.",
            remedy="Write the numbers alone, all in one unit, and the unit into the column's name.",
            column=target.name,
        )
