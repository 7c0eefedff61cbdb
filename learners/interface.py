"""What each module of a learner's folder owes, and how the two containers find it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from sluice.contracts.dataset import Schema
from sluice.contracts.prediction import Signature
from sluice.contracts.tasks import TASKS
from sluice.contracts.training import Job

if TYPE_CHECKING:
    import torch

Values = Sequence[Any] | npt.NDArray[Any]
"""One column of some rows: Python values with None for missing, as JSON and CSV give them, or a
numpy array with NaN or NaT, as Parquet gives them."""

Columns = Mapping[str, Values]
"""Some rows, by column; all columns have the same length."""

Statistic = Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]
"""A metric on resamples of fixed rows: counts [resamples, rows], how often each row was drawn, to
one value a resample, NaN where a resample leaves it undefined."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """How a training went, epoch by epoch; it stands in training.json."""

    epochs: int
    best_epoch: int
    loss: float
    """Validation loss of the best epoch, whose weights the module now has."""
    score: float
    seconds: float
    ended: str
    """Why: epochs, early stopping, budget, stopped."""


class Learner(Protocol):
    """A model in the making, its training rows read."""

    def fit(self, stop: Event) -> Course:
        """Learn until the best epoch is known, the budget is spent, or `stop` is set."""

    def evaluate(self) -> dict[str, float]:
        """What the learner's own validation rows say: `loss` and `score`."""

    def export(self, course: Course) -> None:
        """Write the model folder, after the proof that it answers as what was trained."""


class Learn(Protocol):
    """The module `learn`."""

    def learner(self, job: Job, device: torch.device) -> Learner:
        """The learner of a job; `ValueError` says what its rows cannot be learnt from."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Warned:
    """What is odd about a value that was answered nevertheless."""

    row: int
    """From 0."""
    column: str
    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """The answers to some rows as callers get them."""

    predictions: list[dict[str, Any]]
    """An object a row; numbers are numpy scalars."""
    warnings: tuple[Warned, ...] = ()
    """The first of them, at most `MAX_WARNINGS`."""
    warned: int = 0
    """How many there are in all."""


class Model(Protocol):
    """A model folder, ready to answer in the calling thread."""

    @property
    def signature(self) -> Signature:
        """What it takes and gives."""

    def answer(self, columns: Columns) -> npt.NDArray[Any]:
        """The answers to rows of a dataset, as the judge takes them; the first axis is the rows'.

        Their texts are read by the model's own signature: the dataset may have been read by
        another.
        """

    def respond(self, columns: Columns) -> Answers:
        """The answers to the rows of a request, which `sluice.requests` has read."""

    def warm_up(self) -> None:
        """Answer once, so that no caller waits for what the first answer allocates."""


class Answer(Protocol):
    """The module `answer`."""

    def load(self, folder: Path) -> Model:
        """The model of a folder; `ValueError` names a file that is not there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scored:
    """What one scorer did on the rows that judge."""

    metrics: dict[str, float]
    """Every metric that fits the task, the deciding one among them."""
    statistic: Statistic
    """The deciding metric, ready to be resampled."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreement:
    """Truths and answers [rows, columns] as numbers whose products add up to a value that the
    deciding metric rises with, in whatever order the truths stand."""

    truth: npt.NDArray[np.float64]
    answers: npt.NDArray[np.float64]


class Judge(Protocol):
    """Measures models of one task on rows whose truth is known; decides nothing."""

    @property
    def metric(self) -> str:
        """The name of the metric that decides."""

    @property
    def truth_columns(self) -> tuple[str, ...]:
        """The columns of the rows that hold the truth."""

    def truth(self, columns: Columns) -> npt.NDArray[Any]:
        """The truth of some rows; `ValueError` names a value that is none."""

    def require_measurable(self, truth: npt.NDArray[Any]) -> None:
        """`ValueError` where no model could be measured on rows of this truth."""

    def score(self, truth: npt.NDArray[Any], answers: npt.NDArray[Any]) -> Scored:
        """How good a model's answers are."""

    def baseline(self, truth: npt.NDArray[Any]) -> Scored:
        """How good the answer is that looks at nothing."""

    def agreement(
        self,
        truth: npt.NDArray[Any],
        answers: npt.NDArray[Any],
        groups: npt.NDArray[np.int64] | None = None,
    ) -> Agreement:
        """What the permutation test shuffles: truths move within their group alone."""

    def why_unfit(self, signature: Signature) -> str | None:
        """Why a model cannot be scored on these rows, in a sentence; None: it can."""


class Judging(Protocol):
    """The module `judge`."""

    def judge(self, schema: Schema, metric: str) -> Judge:
        """The judge for rows of `schema`, by `metric` or `auto`; `ValueError` where the metric does
        not fit them."""


class Signing(Protocol):
    """The module `signature`."""

    def signature(self, schema: Schema, *, model: str, version: str) -> Signature:
        """The signature of a model that was trained on `schema`."""


def learn_of(task: str) -> Learn:
    """How the task is learnt; only for the training image."""
    module: Learn = _module(task, "learn")
    return module


def answer_of(task: str) -> Answer:
    """How models of the task answer."""
    module: Answer = _module(task, "answer")
    return module


def judge_of(task: str) -> Judging:
    """How models of the task are measured."""
    module: Judging = _module(task, "judge")
    return module


def signature_of(task: str) -> Signing:
    """What models of the task take and give."""
    module: Signing = _module(task, "signature")
    return module


def signature_in(folder: Path) -> Signature:
    """The signature of a model folder; `ValueError` where it has none."""
    file = folder / "signature.json"
    if not file.is_file():
        raise ValueError(f"The model folder {folder} lacks {file.name}.")
    return Signature.model_validate_json(file.read_bytes())


def load(folder: Path) -> Model:
    """The model of a folder, by the task in its signature; `ValueError` names what it lacks."""
    return answer_of(signature_in(folder).task).load(folder)


def _module(task: str, name: str) -> Any:
    folder = TASKS[task].learner
    if folder is None:
        raise NotImplementedError(f"There is no learner for the task {task!r} yet.")
    return import_module(f"learners.{folder}.{name}")
