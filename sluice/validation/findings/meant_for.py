"""What a task asks of its rows, and these do not have."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from sluice.contracts import tasks
from sluice.contracts.dataset import Finding
from sluice.validation.rows.columns import TypedColumn
from sluice.validation.wording import shown

_EPISODE: Final = re.compile(r"(episode|eps|trajectory|traj)s?([_.]?(id|index|number|no))?")


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
