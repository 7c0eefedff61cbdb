"""Whether a dataset is learnt from: validate promises it, and train holds to it."""

from __future__ import annotations

from dataclasses import dataclass

from sluice.contracts.dataset import Schema, features_of
from sluice.contracts.tasks import SEMI_SUPERVISED, TASKS, supervised


@dataclass(frozen=True, kw_only=True, slots=True)
class NoLearner:
    """Why nothing is trained on a dataset, for its owner, and what to do."""

    reason: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.reason} {self.remedy}"


def no_learner(schema: Schema) -> NoLearner | None:
    """None where there is a learner for the dataset's task."""
    task = TASKS[schema.task]
    if task.learner:
        return None
    reason = f"The data is for {task.purpose}, and this version trains tables only."
    return NoLearner(reason=reason, remedy=_remedy(schema))


def _remedy(schema: Schema) -> str:
    target = schema.target
    if target is None:
        return (
            "If a column is to be predicted, name it under `target` in sluice.yaml and drop the "
            "data again."
        )
    if schema.task == SEMI_SUPERVISED.name:
        return "Leave out the rows without a target, and drop the others."
    instead = supervised("classes" if target.classes else "quantity").name
    if features_of(schema.columns, target.name, instead):
        return (
            f"Write `task: {instead}` in sluice.yaml to train on the columns of a table among it, "
            "and drop it again."
        )
    return "The dataset is kept; drop it again once there is a learner for it."
