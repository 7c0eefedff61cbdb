"""What a task asks of its rows, and these do not have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from sluice.contracts import tasks
from sluice.contracts.dataset import Finding, Schema
from sluice.contracts.learnable import no_learner
from sluice.contracts.spec_lines import target_line
from sluice.validation.findings.facts import MeasuredRows
from sluice.validation.profile.measure import Summary
from sluice.validation.purpose.task import TargetChoice
from sluice.validation.rows.columns import TypedColumn
from sluice.validation.wording import shown

_EPISODE: Final = re.compile(r"(episode|eps|trajectory|traj)s?([_.]?(id|index|number|no))?")

FEW_LABELS: Final = 10
"""Different values that a column may have to look like a label."""


def label_first(rows: MeasuredRows, choice: TargetChoice) -> Iterator[Finding]:
    """Without a header, SageMaker's own algorithms take the first column for the label.

    https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-training.html#cdf-csv-format
    """
    first, goal = rows.table.columns[0], rows.goal
    is_guessed = any(finding.code == "target-guessed" for finding in choice.findings)
    if goal is None or goal is first or not is_guessed or rows.source.dialect.get("header", True):
        return
    if _is_label(first, rows.summaries[first.id]) and not _is_label(goal, rows.summaries[goal.id]):
        yield Finding(
            severity="warn",
            code="label-first",
            message=f"There is no header, and the first column, {shown(first.name)}, has few "
            f"different values, as a label has; SageMaker's own CSV convention puts the label "
            f"first, and here the last column, {shown(goal.name)}, is taken as the target.",
            remedy=f"Write {target_line(first.name)} if the label is first, and "
            f"{target_line(goal.name)} if it is last.",
            column=first.name,
        )


def _is_label(column: TypedColumn, summary: Summary) -> bool:
    is_few = 2 <= summary.distinct <= FEW_LABELS
    return is_few and (column.storage != "DOUBLE" or summary.is_whole)


def episodes(task: str, names: Sequence[str]) -> list[Finding]:
    """Rows of one episode lean on one another, and the split does not know it."""
    column = next((name for name in names if _EPISODE.fullmatch(name.casefold())), None)
    if task != tasks.REINFORCEMENT.name or column is None:
        return []
    return [
        Finding(
            severity="note",
            code="episodes-parted",
            message=f"Column {shown(column)} tells which episode a row is of; the split goes by "
            "the rows' content, so rows of one episode stand on both sides.",
            remedy="Nothing; to judge a policy on episodes it never saw, keep some out of the "
            "drop.",
            column=column,
        )
    ]


def untaught(schema: Schema) -> list[Finding]:
    """The drop is good, and nothing will be trained on it."""
    nobody = no_learner(schema)
    if nobody is None:
        return []
    return [
        Finding(severity="warn", code="no-learner", message=nobody.reason, remedy=nobody.remedy)
    ]


def all_labelled(task: str, target: TypedColumn, rows: int) -> list[Finding]:
    """Semi-supervised was asked for, and there is nothing of it in the data."""
    if task != tasks.SEMI_SUPERVISED.name or target.present < rows:
        return []
    return [
        Finding(
            severity="warn",
            code="all-labelled",
            message=f"sluice.yaml asks for semi-supervised learning, and the target "
            f"{shown(target.name)} is there in every row.",
            remedy="Remove `task: semi-supervised`, or drop rows without a target too.",
            column=target.name,
        )
    ]
