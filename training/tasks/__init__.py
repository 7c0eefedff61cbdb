"""One file a kind of learning, behind one interface."""

from __future__ import annotations

from threading import Event
from typing import Protocol

import torch

from training.job import Job
from training.loop import Course
from training.tasks.table import Table


class Task(Protocol):
    """Something that can be learnt from a job's rows."""

    def fit(self, stop: Event) -> Course:
        """Learn until the best epoch is known, the budget is spent, or `stop` is set."""

    def evaluate(self) -> dict[str, float]:
        """What the learner's own validation rows say."""

    def export(self, course: Course) -> None:
        """Write the model folder, after the proof that it answers as what was trained."""


def build(job: Job, device: torch.device) -> Task:
    """The task of `job`, its rows read; `NotImplementedError` names what is not there."""
    if job.hyperparameters.precision != "fp32":
        raise NotImplementedError(
            f"Training in {job.hyperparameters.precision} is not there yet; use fp32."
        )
    if job.schema.task not in ("classification", "regression"):
        raise NotImplementedError(f"There is no learner for the task {job.schema.task!r} yet.")
    return Table(job, device)
