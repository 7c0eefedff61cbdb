"""The two sides of the split: whether each is enough, to learn from and to judge by."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sluice.contracts.dataset import Column, Finding, Target
from sluice.validation.findings.facts import DescribedRows
from sluice.validation.profile.measure import Measures
from sluice.validation.purpose.target import Counts, check_sides, target_of
from sluice.validation.refusals import Refused
from sluice.validation.rows.columns import TypedColumn
from sluice.validation.wording import shown


@dataclass(frozen=True, kw_only=True, slots=True)
class Split:
    """How the rows are parted, and what the training side says of the target."""

    train_rows: int
    target: Target | None = None
    findings: tuple[Finding, ...] = ()


def split_of(
    name: str, rows: DescribedRows, measured: Measures, counts: Counts, *, is_classes: bool
) -> Split:
    """Count both sides; raises `Refused` where one cannot serve.

    `counts` are those of the target's classes over all rows; none for a quantity.
    """
    goal = rows.goal
    train_rows, mean = _count_train(name, rows, is_quantity=goal is not None and not is_classes)
    if goal is None:
        return Split(train_rows=train_rows)
    if mean is not None and not math.isfinite(mean):
        raise Refused(
            "unfit-target",
            f"{name}: the numbers of the target {shown(goal.name)} are so large that their sum "
            "is beyond what a 64-bit float holds.",
            remedy="Write it in a larger unit.",
            column=goal.name,
        )
    train: Counts = ()
    findings: list[Finding] = []
    if is_classes:
        train = measured.counts(rows.con, rows.table, goal, is_learnt=True)
        findings = check_sides(name, goal.name, train, _rest(counts, train))
    return Split(
        train_rows=train_rows,
        target=target_of(_column(rows, goal), train, mean),
        findings=tuple(findings),
    )


def _count_train(name: str, rows: DescribedRows, *, is_quantity: bool) -> tuple[int, float | None]:
    """The rows to learn from, and the mean of a quantity in them; both sides must have some."""
    goal, every = rows.goal, rows.table.rows
    present = f"count({goal.id})" if goal else "count(*)"
    mean = f"avg({goal.id})" if goal and is_quantity else "NULL"
    train, labelled, mean_of_train = rows.con.execute(
        f"SELECT count(*), {present}, {mean} FROM {rows.table.training}"
    ).fetchall()[0]
    counted = goal.present if goal else every
    if labelled in (0, counted):
        what = "rows" if counted == every else "rows with a target"
        why = ", because most of them are equal" if counted == every else ""
        raise Refused(
            "one-sided-split",
            f"{name}: all {counted:,} {what} fall on one side of the split{why}.",
            remedy="Drop more rows that differ.",
        )
    return train, mean_of_train


def _rest(every: Counts, train: Counts) -> Counts:
    """What the holdout has of each class."""
    of_train = dict(train)
    return [(value, n - of_train.get(value, 0)) for value, n in every if n > of_train.get(value, 0)]


def _column(rows: DescribedRows, goal: TypedColumn) -> Column:
    return next(column for typed, column, _ in rows.entries if typed is goal)
