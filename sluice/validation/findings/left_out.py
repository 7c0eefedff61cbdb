"""Columns that a model will not look at."""

from __future__ import annotations

from sluice.contracts.dataset import Column, Finding, features_of
from sluice.validation.findings.facts import DescribedRows
from sluice.validation.profile.measure import Summary
from sluice.validation.wording import counted, shown


def left_out(rows: DescribedRows) -> list[Finding]:
    """One warning for each column that a model will not look at."""
    target = rows.goal.name if rows.goal else None
    columns = [column for _, column, _ in rows.entries]
    features = features_of(columns, target, rows.task)
    kept = {column.name for column in features}
    return [
        _left_out(column, summary, rows.task)
        for _, column, summary in rows.entries
        if column.name != target
        and column.name not in kept
        and summary.present
        and not column.excluded
    ]


def _left_out(column: Column, summary: Summary, task: str) -> Finding:
    name = shown(column.name)
    if column.type == "identifier":
        return Finding(
            severity="warn",
            code="near-identifier",
            message=f"Column {name} has {summary.distinct:,} different values in "
            f"{counted(summary.present, 'row')}: it names rows and is left out of training.",
            remedy="Nothing, if it is an identifier; else group its values into fewer.",
            column=column.name,
        )
    if column.type == "text":
        return Finding(
            severity="warn",
            code="free-text",
            message=f"Column {name} holds free text ({summary.distinct:,} different values) and "
            "is left out of training.",
            remedy="Learners of tables read no text; turn it into categories or numbers, or write "
            "`task: text` in sluice.yaml.",
            column=column.name,
        )
    return Finding(
        severity="warn",
        code="not-read",
        message=f"Column {name} ({column.type}) is left out of training: the task {task} looks at "
        f"{task}s only.",
        remedy="Nothing, if it is meant; else write `task: auto` in sluice.yaml.",
        column=column.name,
    )
