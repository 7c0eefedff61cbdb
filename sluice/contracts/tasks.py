"""The one table of tasks: every kind of learning that a drop may be for, a row each.

What a task is called, what it is for, what it predicts, how it is measured and who learns it is
stated here and nowhere else: sluice.yaml, validate, train, the gate, the containers and the front
door read these rows. To add a kind of learning, add its row here and its folder in `learners/`.

Plain dataclasses, because every function's cold start imports them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

TargetKind = Literal["classes", "quantity"]
"""What a target holds: labels of a few classes, or numbers."""

InstanceKind = Literal["columns", "text", "image", "series", "observation"]
"""What one prediction is asked about: a row's columns, one text, one image, the past of a series,
or what an agent observes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric:
    """A measure that may decide which of two models is better; more is better for all of them."""

    name: str
    """As sluice.yaml, evaluations and the registry spell it."""
    display: str
    """As sentences for people spell it."""
    target: TargetKind
    """The kind of target that it measures."""
    classes: int | None = None
    """The only number of classes that it is defined for; None where any will do."""
    needs_variety: bool = True
    """Whether it is undefined on rows whose targets are all the same."""


ROC_AUC: Final = Metric(name="roc_auc", display="ROC AUC", target="classes", classes=2)
BALANCED_ACCURACY: Final = Metric(
    name="balanced_accuracy", display="balanced accuracy", target="classes", needs_variety=False
)
R2: Final = Metric(name="r2", display="R²", target="quantity")

METRICS: Final = MappingProxyType({m.name: m for m in (ROC_AUC, BALANCED_ACCURACY, R2)})
"""Every deciding metric by its name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """One kind of learning."""

    name: str
    """As `task:` in sluice.yaml spells it."""
    purpose: str
    """What the data is for, as the end of a sentence: "The data is for …"."""
    targets: tuple[TargetKind, ...]
    """What its target may hold; none where nothing is predicted."""
    instance: InstanceKind = "columns"
    metrics: tuple[Metric, ...] = ()
    """Those that may decide. `auto` takes the first that is defined for the target."""
    baseline: str = ""
    """The answer that looks at nothing, in words, which every model has to beat."""
    answer: tuple[str, ...] = ()
    """The members of one prediction as callers get it."""
    model_files: tuple[str, ...] = ()
    """What a model folder holds, all of it."""
    learner: str | None = None
    """The folder of `learners/` that learns it; None: there is no learner yet."""


_TABLE_FILES: Final = (
    "model.onnx",
    "features.json",
    "signature.json",
    "profile.json",
    "weights.safetensors",
    "training.json",
    "trained_rows.parquet",
    "out_of_fold.parquet",
)

CLASSIFICATION: Final = Task(
    name="classification",
    purpose="telling classes apart",
    targets=("classes",),
    metrics=(ROC_AUC, BALANCED_ACCURACY),
    baseline="the majority class",
    answer=("label", "probabilities"),
    model_files=_TABLE_FILES,
    learner="table",
)
REGRESSION: Final = Task(
    name="regression",
    purpose="predicting a quantity",
    targets=("quantity",),
    metrics=(R2,),
    baseline="the mean",
    answer=("value",),
    model_files=_TABLE_FILES,
    learner="table",
)
TEXT: Final = Task(
    name="text",
    purpose="telling texts apart",
    targets=("classes",),
    instance="text",
)
IMAGE: Final = Task(
    name="image",
    purpose="telling images apart",
    targets=("classes",),
    instance="image",
)
CONTENT: Final = (TEXT.name, IMAGE.name)
"""Tasks that read one column, which is of the type of that name, and no other."""

SEMI_SUPERVISED: Final = Task(
    name="semi-supervised",
    purpose="learning from rows of which only some have a target",
    targets=("classes", "quantity"),
)
FORECASTING: Final = Task(
    name="forecasting", purpose="forecasting", targets=("quantity",), instance="series"
)
UNSUPERVISED: Final = Task(name="unsupervised", purpose="learning without a target", targets=())
REINFORCEMENT: Final = Task(
    name="reinforcement",
    purpose="learning which action pays",
    targets=(),
    instance="observation",
)

TASKS: Final[dict[str, Task]] = {
    task.name: task
    for task in (
        CLASSIFICATION,
        REGRESSION,
        TEXT,
        IMAGE,
        SEMI_SUPERVISED,
        FORECASTING,
        UNSUPERVISED,
        REINFORCEMENT,
    )
}
"""Every task by its name, in the order in which people are shown them."""

AUTO: Final = "auto"
"""The wish that leaves the choice of a task or a metric to the data."""


def known_task(name: str) -> str:
    """`name`, which a row is called by; `ValueError` lists the rows' names."""
    return _one_of(name, TASKS)


def known_metric(name: str) -> str:
    """`name`, which a deciding metric is called by; `ValueError` lists them."""
    return _one_of(name, METRICS)


def task_wish(name: str) -> str:
    """A task's name or `auto`; `ValueError` lists both."""
    return _one_of(name, [AUTO, *TASKS])


def metric_wish(name: str) -> str:
    """A metric's name or `auto`; `ValueError` lists both."""
    return _one_of(name, [AUTO, *METRICS])


def _one_of(name: str, known: Iterable[str]) -> str:
    words = [repr(word) for word in known]
    if repr(name) not in words:
        raise ValueError(f"input should be {', '.join(words[:-1])} or {words[-1]}")
    return name


def supervised(target: TargetKind) -> Task:
    """The task that predicts one column of a table from the others."""
    return CLASSIFICATION if target == "classes" else REGRESSION
