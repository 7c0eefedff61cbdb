"""Whether a drop is for a learner of texts or images, and what that learner does not look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sluice.contracts import tasks
from sluice.contracts.dataset import UNREAD, Column, features_of
from sluice.contracts.spec import Spec
from sluice.contracts.spec_lines import columns_line
from sluice.validation.profile.measure import Summary
from sluice.validation.purpose.target import Purpose
from sluice.validation.refusals import Refused
from sluice.validation.rows.columns import TypedColumn
from sluice.validation.wording import listed, shown

LONG_TEXT: Final = 20
"""Mean characters from which a table's only feature is a text to read and no short name."""

Described = Sequence[tuple[TypedColumn, Column, Summary]]


def content_task(
    source: str, decision: Purpose, columns: Described, target: str, spec: Spec
) -> Purpose:
    """The task `text` or `image` in the place of classification, where that is what the data is.

    Raises `Refused` where sluice.yaml asks for one of them and there is nothing of the kind.
    """
    features = [e for e in columns if e[1].name != target and not e[1].excluded]
    if spec.task in tasks.CONTENT:
        if not any(column.type == spec.task for _, column, _ in features):
            what = "free text" if spec.task == tasks.TEXT.name else "images"
            raise Refused(
                "unfit-task",
                f"{source}: sluice.yaml asks for the task {spec.task}, and no column beside the "
                f"target {shown(target)} holds {what}.",
                remedy="Write `task: auto` in sluice.yaml, or drop texts or images in class "
                "folders.",
            )
        return replace(
            decision, task=spec.task, reason=f"sluice.yaml asks for the task {spec.task}."
        )
    if decision.task != tasks.CLASSIFICATION.name or spec.task != tasks.AUTO:
        return decision
    kinds = {typed.kind for typed, _, _ in features}
    if "image" in kinds:
        return replace(
            decision, task=tasks.IMAGE.name, reason="Images in class folders: a folder is a class."
        )
    if "text" in kinds:
        return replace(
            decision, task=tasks.TEXT.name, reason="Texts in class folders: a folder is a class."
        )
    others = [entry for entry in features if entry[1].type != "identifier" and entry[2].present]
    if len(others) == 1 and others[0][1].type == "text" and others[0][2].length >= LONG_TEXT:
        name = shown(others[0][1].name)
        return replace(
            decision,
            task=tasks.TEXT.name,
            reason=f"{decision.reason} All there is to tell them apart is the free text {name}.",
        )
    return decision


def require_features(
    source: str,
    columns: tuple[Column, ...],
    target: str | None,
    task: str,
    in_quotes: Sequence[str] = (),
) -> None:
    """Refuse a drop in which no column is of use to a learner of its task; those `in_quotes` would
    be, as numbers."""
    if features_of(columns, target, task):
        return
    left = [c for c in columns if c.name != target]
    others = ", ".join(f"{shown(c.name)} ({c.type})" for c in left)
    readable = [c.name for c in left if c.name in in_quotes and not c.excluded]
    excluded = [c.name for c in left if c.excluded and c.type not in UNREAD]
    beside = f"beside the target {shown(target)} " if target else ""
    texts = ", or write `task: text` in sluice.yaml" if any(c.type == "text" for c in left) else ""
    raise Refused(
        "no-feature",
        f"{source}: {beside}there is no column a model can look at: {others[:300]}.",
        remedy=f"State that they are numbers: {columns_line(readable, type='number')}."
        if readable
        else f"Take a column out of `exclude` in sluice.yaml, which has {listed(excluded)}."
        if excluded
        else f"Add columns of numbers, categories or dates that describe the rows{texts}.",
    )
