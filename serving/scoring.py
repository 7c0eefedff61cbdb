"""Scores of one model, or of the trivial baseline, on rows whose truth is known; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, get_args

import numpy as np
import numpy.typing as npt

from serving import metrics
from serving.metrics import Statistic
from sluice.contracts.dataset import Schema, Target
from sluice.contracts.evaluation import Metric
from sluice.contracts.prediction import Signature

_FITTING: Final[dict[bool, tuple[Metric, ...]]] = {
    True: ("roc_auc", "balanced_accuracy"),
    False: ("r2",),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Scored:
    """What one scorer did on the rows."""

    metrics: dict[str, float]
    statistic: Statistic
    """The deciding metric, for resampling."""


def choose_metric(wish: str, target: Target) -> Metric:
    """The deciding metric; `ValueError` where the wish does not fit the target."""
    if wish == "auto":
        if target.classes is None:
            return "r2"
        return "roc_auc" if len(target.classes) == 2 else "balanced_accuracy"
    if wish not in get_args(Metric):
        raise ValueError(f"There is no metric {wish!r}; use auto, {', '.join(get_args(Metric))}.")
    if wish not in _FITTING[target.classes is not None]:
        kind = "classes" if target.classes else "numbers"
        raise ValueError(
            f"The metric {wish} does not fit: {target.name!r} holds {kind}. Use gate.metric: auto."
        )
    if wish == "roc_auc" and len(target.classes or ()) != 2:
        raise ValueError(
            f"The metric roc_auc needs two classes; {target.name!r} has "
            f"{len(target.classes or ())}. Use gate.metric: balanced_accuracy."
        )
    return wish


def check_rows(metric: Metric, truth: npt.NDArray[Any]) -> None:
    """`ValueError` where no model could be measured on these rows."""
    if len(truth) < 2:
        raise ValueError(f"The holdout set has {len(truth)} rows; nothing can be measured on it.")
    if metric in ("roc_auc", "r2") and (truth == truth[0]).all():
        raise ValueError(
            f"All {len(truth)} holdout rows have the same target, so {metric} is undefined. "
            "Drop more rows."
        )


def of_answers(
    metric: Metric, truth: npt.NDArray[Any], answers: npt.NDArray[Any], target: Target
) -> Scored:
    """A model's score; `answers` are probabilities [rows, classes] or values [rows]."""
    if target.classes is None:
        return _of_values(truth, answers.astype(np.float64))
    guess = answers.argmax(axis=1)
    scored = _of_guesses(metric, truth, guess, answers[:, -1], len(target.classes))
    scored.metrics["log_loss"] = metrics.log_loss(truth, answers)
    return scored


def of_baseline(metric: Metric, truth: npt.NDArray[Any], target: Target) -> Scored:
    """The score of the constant answer: the majority class, or the mean.

    It has no log_loss: a label without a probability has none.
    """
    if target.classes is None:
        return _of_values(truth, np.full(len(truth), float(target.baseline)))
    guess = np.full(len(truth), target.classes.index(target.baseline))
    return _of_guesses(metric, truth, guess, np.full(len(truth), 0.5), len(target.classes))


def _of_values(truth: metrics.Floats, values: metrics.Floats) -> Scored:
    error = values - truth
    statistic = metrics.r2(truth, values)
    found = {
        "r2": metrics.value_of(statistic, len(truth)),
        "rmse": float(np.sqrt(np.mean(error**2))),
        "mae": float(np.abs(error).mean()),
    }
    return Scored(metrics=found, statistic=statistic)


def _of_guesses(
    metric: Metric,
    truth: npt.NDArray[np.int64],
    guess: npt.NDArray[np.int64],
    last_class: npt.NDArray[Any],
    classes: int,
) -> Scored:
    statistics = {"balanced_accuracy": metrics.balanced_accuracy(truth, guess, classes)}
    positive = truth == classes - 1
    # Of two classes, the area is told only where both occur.
    if classes == 2 and 0 < positive.sum() < len(truth):
        statistics["roc_auc"] = metrics.roc_auc(positive, last_class)
    found = {name: metrics.value_of(each, len(truth)) for name, each in statistics.items()}
    found["accuracy"] = float((truth == guess).mean())
    return Scored(metrics=found, statistic=statistics[metric])


def why_unfit(signature: Signature, schema: Schema) -> str | None:
    """Why a model of `signature` cannot be scored on rows of `schema`; None: it can."""
    target = schema.target
    if target is None or target.name != signature.target:
        name = target.name if target else None
        return f"It predicts {signature.target!r}; the target of these rows is {name!r}."
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


def _listed(classes: tuple[Any, ...] | None) -> str:
    shown = [str(label) for label in classes or ()]
    return ", ".join(shown[:10]) + (", …" if len(shown) > 10 else "")
