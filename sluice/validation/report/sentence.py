"""The verdict on an accepted drop, in one sentence for whoever dropped it."""

from __future__ import annotations

from sluice.contracts import tasks
from sluice.contracts.dataset import Schema
from sluice.validation.purpose.target import Purpose
from sluice.validation.wording import counted, shown


def accepted_sentence(
    name: str, schema: Schema, decision: Purpose, *, train: int, holdout: int, warnings: int
) -> str:
    """What the drop holds, what for, and how it was parted."""
    also = f" {counted(warnings, 'warning')} in the report." if warnings else ""
    return (
        f"{name}: {counted(train + holdout, 'row')} with "
        f"{counted(len(schema.features), 'feature')} {_purpose(schema, decision)}; "
        f"{counted(train, 'row')} to learn from and {holdout:,} to judge by.{also}"
    )


def _purpose(schema: Schema, decision: Purpose) -> str:
    target = schema.target
    if target is None:
        return (
            "to learn a policy from"
            if schema.task == tasks.REINFORCEMENT.name
            else "and no target, to be grouped or searched for what is unusual"
        )
    what = (
        f"{counted(len(target.classes), 'class', 'classes')} of {shown(target.name)}"
        if target.classes
        else f"the quantity {shown(target.name)}"
    )
    if schema.task == tasks.FORECASTING.name:
        return f"to forecast {what} over {decision.over}"
    if schema.task == tasks.SEMI_SUPERVISED.name:
        return f"to predict {what}, which only some rows have"
    return f"to predict {what}"
