"""How good models of tables are, held against the majority class or the mean; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from learners.interface import Agreement, Columns, Scored
from learners.shared import metrics
from learners.shared.resampling import value_of
from learners.table.encoder import encode_target
from sluice.contracts import tasks
from sluice.contracts.dataset import Schema, Target
from sluice.contracts.prediction import Signature


def judge(schema: Schema, metric: str) -> TableJudge:
    """The judge for rows of `schema`, by `metric` or `auto`; `ValueError` where the metric does not
    fit them."""
    if schema.target is None:
        raise ValueError("The schema names no target: there is nothing to measure against.")
    return TableJudge(
        schema=schema,
        target=schema.target,
        metric=_choose(metric, tasks.TASKS[schema.task], schema.target),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class TableJudge:
    """Measures answers that are probabilities [rows, classes] or values [rows]."""

    schema: Schema
    target: Target
    metric: str

    @property
    def truth_columns(self) -> tuple[str, ...]:
        """The target alone."""
        return (self.target.name,)

    def truth(self, columns: Columns) -> npt.NDArray[Any]:
        """Class numbers or values; `ValueError` names what is neither."""
        return encode_target(columns[self.target.name], self.target)

    def require_measurable(self, truth: npt.NDArray[Any]) -> None:
        """`ValueError` where no model could be measured on rows of this truth."""
        if len(truth) < 2:
            raise ValueError(
                f"The holdout set has {len(truth)} rows; nothing can be measured on it."
            )
        if tasks.METRICS[self.metric].needs_variety and (truth == truth[0]).all():
            raise ValueError(
                f"All {len(truth)} holdout rows have the same target, so {self.metric} is "
                "undefined. Drop more rows."
            )

    def score(self, truth: npt.NDArray[Any], answers: npt.NDArray[Any]) -> Scored:
        """How good a model's answers are."""
        if self.target.classes is None:
            return _of_values(truth, answers.astype(np.float64))
        guess = answers.argmax(axis=1)
        scored = self._of_guesses(truth, guess, answers[:, -1])
        scored.metrics["log_loss"] = metrics.log_loss(truth, answers)
        return scored

    def baseline(self, truth: npt.NDArray[Any]) -> Scored:
        """How good the constant answer is: the majority class, or the mean.

        It has no log_loss: a label without a probability has none.
        """
        classes = self.target.classes
        if classes is None:
            return _of_values(truth, np.full(len(truth), float(self.target.baseline)))
        guess = np.full(len(truth), classes.index(self.target.baseline))
        return self._of_guesses(truth, guess, np.full(len(truth), 0.5))

    def agreement(
        self,
        truth: npt.NDArray[Any],
        answers: npt.NDArray[Any],
        groups: npt.NDArray[np.int64] | None = None,
    ) -> Agreement:
        """What the permutation test shuffles: truths move within their group alone."""
        if self.target.classes is None:
            return Agreement(truth=truth[:, None], answers=answers.astype(np.float64)[:, None])
        every = np.eye(len(self.target.classes))
        if self.metric == tasks.ROC_AUC.name:
            # The area is the sum of the positive rows' ranks, but for a constant.
            ranks = metrics.mid_ranks(answers[:, -1], groups)
            return Agreement(truth=every[truth][:, -1:], answers=ranks[:, None])
        shares = every / np.maximum(np.bincount(truth, minlength=len(every)), 1)
        return Agreement(truth=shares[truth], answers=every[answers.argmax(axis=1)])

    def _of_guesses(
        self,
        truth: npt.NDArray[np.int64],
        guess: npt.NDArray[np.int64],
        last_class: npt.NDArray[Any],
    ) -> Scored:
        classes = len(self.target.classes or ())
        statistics = {
            tasks.BALANCED_ACCURACY.name: metrics.balanced_accuracy(truth, guess, classes)
        }
        positive = truth == classes - 1
        # Of two classes, the area is told only where both occur.
        if classes == tasks.ROC_AUC.classes and 0 < positive.sum() < len(truth):
            statistics[tasks.ROC_AUC.name] = metrics.roc_auc(positive, last_class)
        found = {name: value_of(each, len(truth)) for name, each in statistics.items()}
        found["accuracy"] = float((truth == guess).mean())
        return Scored(metrics=found, statistic=statistics[self.metric])

    def why_unfit(self, signature: Signature) -> str | None:
        """Why a model cannot be scored on these rows, in a sentence; None: it can."""
        target, schema = self.target, self.schema
        if target.name != signature.target:
            return f"It predicts {signature.target!r}; the target of these rows is {target.name!r}."
        if signature.task != schema.task:
            return f"It was trained for {signature.task}; these rows are for {schema.task}."
        if signature.classes != target.classes:
            return (
                f"It knows the classes {_listed(signature.classes)}; "
                f"these rows have {_listed(target.classes)}."
            )
        types = {column.name: column.type for column in schema.columns}
        for column in signature.columns:
            now = types.get(column.name)
            if now is None:
                return f"It needs the column {column.name!r}, which these rows do not have."
            numbers = {"integer", "number"}
            if now != column.type and not {now, column.type} <= numbers:
                return f"It needs {column.name!r} as {column.type}; these rows have it as {now}."
        return None


def _choose(wish: str, task: tasks.Task, target: Target) -> str:
    """The deciding metric; `ValueError` where the wish does not fit the target."""
    classes = len(target.classes or ())
    defined = [m for m in task.metrics if m.classes in (None, classes)]
    if wish == tasks.AUTO:
        return defined[0].name
    if wish not in tasks.METRICS:
        raise ValueError(
            f"There is no metric {wish!r}; use {', '.join([tasks.AUTO, *tasks.METRICS])}."
        )
    metric = tasks.METRICS[wish]
    if metric not in task.metrics:
        kind = "classes" if target.classes else "numbers"
        raise ValueError(
            f"The metric {wish} does not fit: {target.name!r} holds {kind}. Use gate.metric: auto."
        )
    if metric not in defined:
        raise ValueError(
            f"The metric {wish} needs two classes; {target.name!r} has {classes}. "
            f"Use gate.metric: {defined[0].name}."
        )
    return wish


def _of_values(truth: metrics.Floats, values: metrics.Floats) -> Scored:
    error = values - truth
    statistic = metrics.r2(truth, values)
    found = {
        tasks.R2.name: value_of(statistic, len(truth)),
        "rmse": float(np.sqrt(np.mean(error**2))),
        "mae": float(np.abs(error).mean()),
    }
    return Scored(metrics=found, statistic=statistic)


def _listed(classes: tuple[Any, ...] | None) -> str:
    shown = [str(label) for label in classes or ()]
    return ", ".join(shown[:10]) + (", …" if len(shown) > 10 else "")
